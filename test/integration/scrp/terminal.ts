/** A person at a terminal who types what stands in the README of SCRP. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { Conditions } from "../condition.ts";

const page = new URL("../../../packages/protocol-scrp/README.md", import.meta.url);

/** What is typed and what is shown in the blocks of "Talk to it by hand", in their order. */
export const blocks = (readFileSync(page, "utf8").split("## Talk to it by hand")[1] ?? "")
  .split("\n## ")[0]
  ?.split(/\n\n(?! {4})/)
  .map((block) =>
    block
      .split("\n")
      .filter((line) => line.startsWith("    {"))
      .map((line) => line.trim()),
  )
  .filter((lines) => lines.length > 0) as readonly (readonly string[])[];
export const command = /\$ nc localhost (\d+) +\(or: (openssl [^)]+)\)/.exec(
  readFileSync(page, "utf8"),
);

/** A person at a terminal. */
class Terminal {
  readonly shown: string[] = [];
  readonly #child: ChildProcess;
  readonly #conditions = new Conditions();
  #rest = "";

  constructor(typed: string) {
    const [program = "", ...words] = typed.trim().split(/ +/);
    this.#child = spawn(program, words, { stdio: ["pipe", "pipe", "ignore"] });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      this.shown.push(...lines);
      this.#conditions.changed();
    });
  }

  /** Types what is to be typed, and sees what is to be seen, but for numbers that are never the same. */
  async follow(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      if (line.includes('"req_id"')) {
        this.#child.stdin?.write(`${line}\n`);
        continue;
      }
      const all = this.shown;
      const next = await this.#conditions.until(
        () => all[this.#read],
        () => all.join("\n"),
      );
      this.#read++;
      expect(plain(next)).toBe(plain(line));
    }
  }

  leave(): void {
    this.#child.kill();
  }

  #read = 0;
}

const plain = (line: string): string => {
  return line.replace(/"message_id":\d+/, '"message_id":0').replace(/"time":\d+/, '"time":0');
};

/** Signs up, logs in, makes a room, talks; somebody else enters it, and the first one sees it. */
export async function talk(typed: string): Promise<void> {
  const [first = [], second = [], seen = []] = blocks;
  const [ana, ben] = [new Terminal(typed), new Terminal(typed)];
  try {
    await ana.follow(first);
    await ben.follow(second);
    await ana.follow(seen);
  } finally {
    for (const terminal of [ana, ben]) terminal.leave();
  }
}
