import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { describe, expect, it } from "vitest";
import { openKeyboard } from "./keyboard.ts";

/** A terminal as far as a keyboard needs one: what is set, typed and shown. */
function terminal() {
  const modes: boolean[] = [];
  const shown: string[] = [];
  const stream = new PassThrough();
  const setRawMode = (mode: boolean): void => void modes.push(mode);
  const input = Object.assign(stream, { isTTY: true, setRawMode }) as unknown as ReadStream;
  const keyboard = openKeyboard(() => input, { write: (text) => shown.push(text) });
  return { keyboard, stream, modes, shown };
}

describe("a secret at a terminal", () => {
  it.each([
    { typed: "secret 1\r", told: "secret 1" },
    { typed: "secret 1\nmore", told: "secret 1" },
    { typed: "secrex\u007ft\r", told: "secret" },
    { typed: "\u007f\u0008x\r", told: "x" },
    { typed: "🎲\u007fx\r", told: "x" },
    { typed: "secret\u0003", told: undefined },
    { typed: "\u0004", told: undefined },
  ])("$typed is $told, and is not shown", async ({ typed, told }) => {
    const { keyboard, stream, modes, shown } = terminal();
    const asked = keyboard.secret("Password: ");
    stream.write(typed);
    expect(await asked).toBe(told);
    expect(modes).toEqual([true, false]);
    expect(shown).toEqual(["Password: ", "\n"]);
  });

  it("may be typed key by key, and asked for again", async () => {
    const { keyboard, stream } = terminal();
    const once = keyboard.secret("Password: ");
    for (const key of "abc\r") stream.write(key);
    expect(await once).toBe("abc");
    const again = keyboard.secret("Once more: ");
    stream.write("abd\r");
    expect(await again).toBe("abd");
  });

  it("is none when the terminal is gone", async () => {
    const { keyboard, stream } = terminal();
    const asked = keyboard.secret("Password: ");
    stream.end();
    expect(await asked).toBe(undefined);
  });
});

describe("a program on standard input", () => {
  it("is heard to its end", async () => {
    const { keyboard, stream } = terminal();
    const all = keyboard.all();
    stream.write(Buffer.from("gr\u00fc").subarray(0, 3));
    stream.end(Buffer.from("gr\u00fc").subarray(3));
    expect(await all).toBe("grü");
  });
});
