import { describe, expect, it } from "vitest";
import { type Play, parsePlay } from "./play.ts";

const engine = { line: 8, reach: 0.5, nose: -1 } as const;

describe("an action from a peer", () => {
  const good: readonly Play[] = [
    { do: "hello" },
    { do: "whistle" },
    { do: "bye" },
    { do: "turn", to: 15 },
    { do: "drive", engine },
    { do: "drive", engine: { line: "bridge", reach: -0.38, nose: 1 } },
    { do: "here", engine, asOf: 7, dozing: false },
    { do: "here", engine, asOf: 7, table: 3, dozing: true },
  ];
  it.each(good)("is understood after a trip through JSON: %o", (play) => {
    expect(parsePlay(JSON.parse(JSON.stringify(play)))).toEqual(play);
  });

  it.each([
    { why: "no object", data: "hello" },
    { why: "null", data: null },
    { why: "an unknown deed", data: { do: "explode" } },
    { why: "a turn to nowhere", data: { do: "turn", to: 16 } },
    { why: "a turn by half", data: { do: "turn", to: 1.5 } },
    { why: "no engine", data: { do: "drive" } },
    { why: "an engine beyond the wall", data: { do: "drive", engine: { ...engine, reach: 9 } } },
    { why: "an engine in the pit", data: { do: "drive", engine: { ...engine, reach: 0.1 } } },
    { why: "a reach that is no number", data: { do: "drive", engine: { ...engine, reach: "1" } } },
    { why: "a nose that points aside", data: { do: "drive", engine: { ...engine, nose: 0 } } },
    { why: "here without a seq", data: { do: "here", engine } },
  ])("is ignored when it is $why", ({ data }) => {
    expect(parsePlay(data)).toBeUndefined();
  });

  it("keeps nothing that nobody asked for", () => {
    expect(parsePlay({ do: "hello", extra: 1 })).toEqual({ do: "hello" });
  });

  it("forgets a table that is not a track", () => {
    expect(parsePlay({ do: "here", engine, asOf: 1, table: 99 })).not.toHaveProperty("table");
  });
});
