import { describe, expect, it } from "vitest";
import { headOf, LINES_MAX, type Line, type Talk, withLine, wordsIn } from "./talk.ts";

const inRoom: Line = {
  place: { in: "room", channel: "pit" },
  from: "ben",
  text: "hello",
  at: 7,
  kept: false,
};

describe("a line of the talk", () => {
  const toBen = { in: "private", friend: "ben" } as const;
  it.each([
    { line: inRoom, head: "ben in pit" },
    { line: { ...inRoom, from: "ana" }, head: "you in pit" },
    { line: { ...inRoom, place: toBen }, head: "ben to you" },
    { line: { ...inRoom, place: toBen, from: "ana" }, head: "you to ben" },
    { line: { ...inRoom, kept: true }, head: "ben in pit, while you were away" },
  ])("says $head", ({ line, head }) => {
    expect(headOf(line, "ana")).toBe(head);
  });

  it("makes room for the next when there are many", () => {
    let talk: Talk = [];
    for (let at = 0; at < LINES_MAX + 5; at++) talk = withLine(talk, { ...inRoom, at });
    expect(talk).toHaveLength(LINES_MAX);
    expect([talk[0]?.at, talk.at(-1)?.at]).toEqual([5, LINES_MAX + 4]);
  });
});

describe("the words of a game action", () => {
  it.each([
    { data: { text: "hello" }, words: "hello" },
    { data: { text: "hello", loud: true }, words: undefined },
    { data: { text: 7 }, words: undefined },
    { data: { do: "whistle" }, words: undefined },
    { data: null, words: undefined },
    { data: "hello", words: undefined },
  ])("of $data are $words", ({ data, words }) => {
    expect(wordsIn(data)).toBe(words);
  });
});
