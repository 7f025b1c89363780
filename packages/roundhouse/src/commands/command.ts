/** What a command is, and the words all of them share. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Environment } from "@roundhouse/kernel";

/** Where words come from that are typed while a command runs. */
export interface Keyboard {
  /** Whether a person sits there. */
  readonly isPerson: boolean;
  /** One line that is not shown while it is typed; undefined when the person gives up. */
  secret(prompt: string): Promise<string | undefined>;
  /** All that a program sends. */
  all(): Promise<string>;
}

/** What a command may touch of the process: tests lend another. */
export type Terminal = {
  readonly environment: Environment;
  readonly keyboard: Keyboard;
  out(line: string): void;
  err(line: string): void;
};

export interface Command {
  readonly name: string;
  /** How it is typed, after `roundhouse`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` adds. */
  readonly details: string;
  /** Resolves to the exit code once the command is done. */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}

export const FINE = 0;
export const FAILED = 1;
export const MISUSED = 2;

/** Says all problems, each on a line of its own. */
export function tell(terminal: Terminal, head: string, problems: readonly string[]): void {
  terminal.err(head);
  for (const problem of problems) terminal.err(`  - ${problem}`);
}

type Parsing<Options> = { options: Options; allowPositionals: true; strict: true };

/** Node's own parser, strict; undefined and a sentence when the words are wrong. */
export function parseWords<Options extends NonNullable<ParseArgsConfig["options"]>>(
  words: readonly string[],
  options: Options,
  { terminal, usage }: { readonly terminal: Terminal; readonly usage: string },
): ReturnType<typeof parseArgs<Parsing<Options>>> | undefined {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message : String(cause);
    terminal.err(`${sentence}\nUsage: roundhouse ${usage}`);
    return undefined;
  }
}
