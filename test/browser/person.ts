/** Somebody at the playground: a tab of their own, what they do there and what they see. */
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect } from "vitest";

export type Place = { readonly line: string; readonly reach: number };

export type Person = {
  readonly page: Page;
  /** Console errors, page errors and refused resources: there should be none. */
  readonly complaints: string[];
  /** Opens the page and signs in. */
  arrive(): Promise<void>;
  /** Opens the page and gives a password: for a new account, or for the one it has. */
  signUp(password: string): Promise<void>;
  signIn(password: string): Promise<void>;
  signOut(): Promise<void>;
  /** Says something to whom the talk is turned: `in pit`, `to ben`. */
  say(where: string, text: string): Promise<void>;
  /** What was said, one line each: `ben in pit: hello`. */
  talk(): Promise<readonly string[]>;
  befriend(name: string): Promise<void>;
  enter(channel: string): Promise<void>;
  /** How a friend is, in words. */
  sees(friend: string): Promise<string>;
  friend(name: string): Locator;
  engine(name: string): Promise<Place | undefined>;
  engines(): Promise<readonly string[]>;
  /** The track at the bridge's head end. */
  bridge(): Promise<string | null>;
  /** Holds a key until something is the case, then lets it go. */
  hold(key: string, until: () => Promise<boolean>): Promise<void>;
  tapTrack(track: number): Promise<void>;
};

export type Visit = BrowserContextOptions & { readonly url: string; readonly name: string };

export async function openPerson(browser: Browser, visit: Visit): Promise<Person> {
  const { url, name, ...options } = visit;
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(WAIT_MS_MAX);
  const complaints = watch(page);
  const board = page.locator("#board");

  async function engine(of: string): Promise<Place | undefined> {
    const shape = page.locator(`[data-engine="${of}"]`);
    if ((await shape.count()) === 0) return undefined;
    const line = (await shape.getAttribute("data-line")) ?? "";
    return { line, reach: Number(await shape.getAttribute("data-reach")) };
  }

  const isLive = () => eventually(() => page.locator("#link-state").textContent()).toBe("live");
  async function give(password: string, button: "Sign in" | "Sign up"): Promise<void> {
    await page.goto(`${url}/?name=${encodeURIComponent(name)}`);
    if (password !== "") await page.getByLabel(/^Password/).fill(password);
    await page.getByRole("button", { name: button }).click();
  }

  return {
    page,
    complaints,
    async arrive() {
      await give("", "Sign in");
      await isLive();
    },
    async signUp(password) {
      await give(password, "Sign up");
      await isLive();
    },
    async signIn(password) {
      await give(password, "Sign in");
      await isLive();
    },
    async signOut() {
      await page.getByRole("button", { name: "Sign out" }).click();
    },
    async say(where, text) {
      await page.getByLabel("To whom").selectOption({ label: where });
      await page.getByLabel("Your words").fill(text);
      await page.getByRole("button", { name: "Say" }).click();
    },
    talk: () =>
      page.locator("#lines > p").evaluateAll((all) =>
        all.map((it) => {
          const [head, , words] = [...it.children].map((part) => part.textContent);
          return `${head}: ${words}`;
        }),
      ),
    async befriend(friend) {
      await page.getByLabel("A friend’s name").fill(friend);
      await page.getByRole("button", { name: "Add", exact: true }).click();
    },
    async enter(channel) {
      await page.getByLabel("Room", { exact: true }).fill(channel);
      await page.locator("#join-room").getByRole("button", { name: "Join" }).click();
      await eventually(() => engine(name)).toBeDefined();
    },
    sees: async (friend) =>
      (await page.locator(`[data-friend="${friend}"] .word`).textContent()) ?? "",
    friend: (friend) => page.locator(`[data-friend="${friend}"]`),
    engine,
    engines: () =>
      page
        .locator("[data-engine]")
        .evaluateAll((all) => all.map((it) => it.getAttribute("data-engine") ?? "").sort()),
    bridge: () => page.locator(".bridge").getAttribute("data-step"),
    async hold(key, until) {
      await board.focus();
      await page.keyboard.down(key);
      await eventually(until, 10).toBe(true);
      await page.keyboard.up(key);
    },
    async tapTrack(track) {
      const box = await board.boundingBox();
      if (box === null) throw new Error("The board is not shown");
      const radians = (track * Math.PI) / 8;
      const [x, y] = [Math.sin(radians) * 0.38, -Math.cos(radians) * 0.38];
      await board.click({ position: { x: box.width * (0.5 + x), y: box.height * (0.5 + y) } });
    },
  };
}

const WAIT_MS_MAX = 12_000;

/** Waits for a condition of the page instead of for time to pass. */
export const eventually = <T>(look: () => Promise<T>, interval = 40) =>
  expect.poll(look, { timeout: WAIT_MS_MAX, interval });

function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error.stack)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return complaints;
}
