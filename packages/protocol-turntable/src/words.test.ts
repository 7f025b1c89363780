import { describe, expect, it } from "vitest";
import { wordsOf } from "./words.ts";

const carrying = (fields: string, at?: number) => ({ at, fields });

describe("words in a game message", () => {
  it.each([
    { fields: '"data":{"text":"hello"}', text: "hello" },
    { fields: '"data": {"text": "from Python"}', text: "from Python" },
    { fields: '"data":{"text":"\\"quoted\\" \\u00e9 \\\\"}', text: '"quoted" é \\' },
    { fields: `"data":{"text":"${"🚂".repeat(4096)}"}`, text: "🚂".repeat(4096) },
    { fields: '"data":{"text":"{\\"text\\":1}"}', text: '{"text":1}' },
  ])("are found: %#", ({ fields, text }) => {
    expect(wordsOf([carrying(fields)], "")).toBe(text);
    expect(wordsOf([carrying(fields, 7)], ""), "its own time does not count").toBe(text);
  });

  it.each([
    "",
    '"data":{"text":""}',
    '"data":{"text":7}',
    '"data":{"text":"a","text":"b"}',
    '"data":{"text":"a"},"data":{"text":"b"}',
    '"data":{"text":"a","loud":true}',
    '"data":{"do":"text"}',
    '"data":"text"',
    '"data":{"text":"a"},"team":1',
    '"team":1,"data":{"text":"a"}',
    '"text":"a"',
    '"d\\u0061ta":{"text":"a"}',
    '"data":{"text":"\\ud83d"}',
    `"data":{"text":"${"x".repeat(4097)}"}`,
    `"data":{"text":"${"🚂".repeat(4097)}"}`,
  ])("are not seen in %j", (fields) => {
    expect(wordsOf([carrying(fields)], "")).toBeUndefined();
  });

  it("are not seen in two actions, in none, or beside something else", () => {
    const words = carrying('"data":{"text":"a"}');
    expect(wordsOf([words, words], "")).toBeUndefined();
    expect(wordsOf([], "")).toBeUndefined();
    expect(wordsOf([words], '"team":1')).toBeUndefined();
  });
});
