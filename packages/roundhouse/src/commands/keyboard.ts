/** The person or the program on standard input; what is secret is not shown while it is typed. */
import type { ReadStream } from "node:tty";
import type { Keyboard } from "./command.ts";

type Screen = { write(text: string): unknown };

/** Standard input is not touched before somebody wants to hear from it. */
export function openKeyboard(input: () => ReadStream, screen: Screen): Keyboard {
  return {
    get isPerson() {
      return input().isTTY === true;
    },
    secret: (prompt) => secretOf(input(), screen, prompt),
    all: async () => {
      const parts: Buffer[] = [];
      for await (const part of input()) parts.push(Buffer.from(part as Buffer));
      return Buffer.concat(parts).toString("utf8");
    },
  };
}

/** Key by key: only so does the terminal not show them. The prompt goes where errors go. */
function secretOf(input: ReadStream, screen: Screen, prompt: string): Promise<string | undefined> {
  screen.write(prompt);
  input.setRawMode(true);
  input.setEncoding("utf8");
  input.resume();
  return new Promise((resolve) => {
    let typed = "";
    const finish = (told: string | undefined): void => {
      input.off("data", take);
      input.off("end", giveUp);
      input.setRawMode(false);
      input.pause();
      screen.write("\n");
      resolve(told);
    };
    const giveUp = (): void => finish(undefined);
    const take = (keys: string): void => {
      for (const key of keys) {
        if (ENTER.has(key)) return finish(typed);
        if (GIVE_UP.has(key)) return finish(undefined);
        typed = ERASE.has(key) ? [...typed].slice(0, -1).join("") : typed + key;
      }
    };
    input.on("data", take);
    input.once("end", giveUp);
  });
}

const ENTER: ReadonlySet<string> = new Set(["\r", "\n"]);
/** Ctrl-C and Ctrl-D. */
const GIVE_UP: ReadonlySet<string> = new Set(["\u0003", "\u0004"]);
const ERASE: ReadonlySet<string> = new Set(["\u0008", "\u007f"]);
