import fc from "fast-check";
import { Command } from "ioredis";
import { describe, expect, it } from "vitest";
import { encode, headOf } from "./redis-encode.ts";

const words = fc.string({ unit: "grapheme", maxLength: 60 });
const bytes = fc.uint8Array({ maxLength: 60 }).map((it) => Buffer.from(it));

describe("a command as Redis reads it", () => {
  it("is what the driver would say", () => {
    const said = fc.property(
      fc.tuple(words, words),
      fc.array(fc.oneof(words, bytes), { maxLength: 20 }),
      ([first, second], args) => {
        const driver = new Command("FCALL", [first, second, ...args]).toWritable({});
        expect(encode(headOf("FCALL", first, second), args)).toEqual(Buffer.from(driver));
      },
    );
    fc.assert(said);
  });

  it("counts bytes and arguments, however many there are", () => {
    const many = Array.from({ length: 99_999 }, () => "a");
    const text = encode(headOf("DEL"), many).toString();
    expect(text.startsWith("*100000\r\n$3\r\nDEL\r\n$1\r\na\r\n")).toBe(true);
    const long = encode(headOf("SET", "k"), [Buffer.alloc(10_000), ""]).toString();
    expect(long).toContain("\r\n$10000\r\n");
    expect(long.endsWith("\r\n$0\r\n\r\n")).toBe(true);
  });
});
