import { describe, expect, it } from "vitest";
import { readFlags } from "./flags.ts";

const known = new Map([
  ["--http-port", false],
  ["--key", false],
  ["--is-loud", true],
]);

describe("reading flags", () => {
  it.each([
    { words: "--http-port 80 --is-loud", given: { "--http-port": "80", "--is-loud": "yes" } },
    { words: "--is-loud=no", given: { "--is-loud": "no" } },
    { words: "--http-port -5", given: { "--http-port": "-5" } },
    { words: "--key=a=b", given: { "--key": "a=b" } },
    { words: "--key -----BEGIN", given: { "--key": "-----BEGIN" } },
  ])("takes $words", ({ words, given }) => {
    const flags = readFlags(words.split(" "), known);
    expect(flags.problems).toEqual([]);
    expect(Object.fromEntries(flags.given)).toEqual(given);
  });

  it.each([
    { words: "--http-prt 80", says: "--http-prt is not a setting. Did you mean --http-port?" },
    { words: "--zap", says: "--zap is not a setting." },
    { words: "-p 80", says: "-p is not a setting." },
    { words: "80", says: '"80" is not a flag.' },
    { words: "--http-port", says: "--http-port needs a value: --http-port=… ." },
    { words: "--http-port --is-loud", says: "--http-port needs a value: --http-port=… ." },
    { words: "--key a --key=b", says: "--key is given twice." },
    { words: "--__proto__ x", says: "--__proto__ is not a setting." },
    { words: "--jwt-sekret=hush", says: "--jwt-sekret is not a setting." },
  ])("refuses $words: $says", ({ words, says }) => {
    expect(readFlags(words.split(" "), known).problems[0]).toBe(says);
  });
});
