import { describe, expect, it } from "vitest";
import { homeOf, type Place, stallOfTrack } from "./place.ts";
import { allHome, boardWords, trackWords, wayHome } from "./words.ts";
import { apply, emptyWorld, type World } from "./world.ts";

const world = (places: Readonly<Record<string, Place>>, step = 0): World => {
  let now: World = { ...emptyWorld("ana"), table: { known: true, step } };
  for (const [from, engine] of Object.entries(places)) {
    now = apply(now, { from, seq: 1, play: { do: "here", engine, asOf: 0 }, nowMs: 0 });
  }
  return now;
};
const yard: Place = { line: 8, reach: 0.5, nose: -1 };
const home = (name: string): Place => ({ line: homeOf(name), reach: 0.7, nose: 1 });
const stall = stallOfTrack(homeOf("ana"));

describe("the board in words", () => {
  it("names tracks as they are painted", () => {
    expect([0, 10, 6, 7, 8, 9].map(trackWords)).toEqual([
      "stall 6",
      "stall 0",
      "stall 12",
      "yard track C",
      "yard track B",
      "yard track A",
    ]);
  });

  it("says where the engine and the bridge are", () => {
    expect(boardWords(world({ ana: yard }))).toBe(
      "Your engine is on yard track B. The bridge joins stall 6 and yard track B.",
    );
  });

  it("shows the way home step by step", () => {
    const aboard: Place = { line: "bridge", reach: 0, nose: 1 };
    expect(wayHome(world({ ana: yard }, 3))).toContain("Turn the bridge to yard track B");
    expect(wayHome(world({ ana: yard }, 0))).toContain("Drive onto the bridge");
    expect(wayHome(world({ ana: aboard }, homeOf("ana") + 1))).toContain(
      `Turn the bridge to stall ${stall}`,
    );
    expect(wayHome(world({ ana: aboard }, homeOf("ana")))).toContain(`drive into stall ${stall}`);
    expect(wayHome(world({ ana: home("ana") }))).toContain(`Home in stall ${stall}`);
  });

  it("knows when everybody is home, and that one alone is not a company", () => {
    expect(allHome(world({ ana: home("ana"), ben: home("ben") }))).toBe(true);
    expect(allHome(world({ ana: home("ana"), ben: yard }))).toBe(false);
    expect(allHome(world({ ana: home("ana") }))).toBe(false);
  });
});
