/** The real browser that the tests look through, and the people who sit before it. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { openPerson, type Person, type Visit } from "./person.ts";

/** Wherever `npm test` found or installed it. */
const CHROMIUM = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "chromium"))
  .find((file) => existsSync(file));
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a finger must be able to hit, and what it is held in. */
export const TARGETS = ["button", "input:not([type=checkbox])", "summary", ".check", ".button"]
  .map((kind) => `${kind}:visible`)
  .join(", ");
export const PHONE = {
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
} as const;

export const openBrowser = (): Promise<Browser> => {
  return chromium.launch({ executablePath: CHROMIUM ?? "chromium", args: FLAGS });
};

/** Everybody who is present in one test. */
export type Company = {
  /** Somebody with a browser context of their own. */
  person(visit: Visit): Promise<Person>;
  readonly present: readonly Person[];
  /** All go; what any page complained about is told. */
  leave(): Promise<readonly string[]>;
};

export function openCompany(browser: () => Browser): Company {
  let present: Person[] = [];
  return {
    async person(visit) {
      const opened = await openPerson(browser(), visit);
      present.push(opened);
      return opened;
    },
    get present() {
      return present;
    },
    async leave() {
      const complaints = present.flatMap((person) => person.complaints);
      await Promise.all(present.map((person) => person.page.context().close()));
      present = [];
      return complaints;
    },
  };
}
