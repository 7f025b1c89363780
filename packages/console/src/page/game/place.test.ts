import { describe, expect, it } from "vitest";
import { advance, homeOf, isHome, type Place, spotOf, startPlace, stepToward } from "./place.ts";

const open = { step: 0, open: true };
const yard: Place = { line: 8, reach: 0.48, nose: -1 };
const alone = { gate: open, others: [] };

describe("an engine on the rails", () => {
  it("rolls from the yard onto the bridge and into the stall across", () => {
    expect(advance(yard, 0.48, alone)).toEqual({ line: "bridge", reach: 0, nose: 1 });
    expect(advance(yard, 0.98, alone)).toEqual({ line: 0, reach: 0.5, nose: 1 });
  });

  it("comes back the same way in reverse", () => {
    const across = advance(yard, 1.1, alone);
    expect(advance(across, -1.1, alone)).toEqual(yard);
  });

  it("stops at the wall", () => {
    expect(advance(yard, 5, alone)).toEqual({ line: 0, reach: 0.88, nose: 1 });
    expect(advance(yard, -5, alone)).toEqual({ line: 8, reach: 0.88, nose: -1 });
  });

  it("stops at the pit when the bridge lies elsewhere", () => {
    const elsewhere = { gate: { step: 3, open: true }, others: [] };
    expect(advance({ ...yard, reach: 0.7 }, 1, elsewhere)).toMatchObject({ line: 8, reach: 0.475 });
  });

  it("stays on a bridge that still turns", () => {
    const turning = { gate: { step: 0, open: false }, others: [] };
    const aboard: Place = { line: "bridge", reach: 0, nose: 1 };
    expect(advance(aboard, 1, turning)).toEqual({ line: "bridge", reach: 0.285, nose: 1 });
  });

  it("stops behind another engine, also across the gap", () => {
    const ahead: Place = { line: "bridge", reach: -0.1, nose: 1 };
    expect(advance(yard, 1, { gate: open, others: [ahead] })).toMatchObject({
      line: "bridge",
      reach: -0.3,
    });
  });

  it("can leave an engine it overlaps, and is never pushed by one", () => {
    const near: Place = { line: 8, reach: 0.4, nose: -1 };
    expect(advance(yard, 0.3, { gate: open, others: [near] })).toEqual(yard);
    expect(advance(yard, -0.3, { gate: open, others: [near] })).toMatchObject({ reach: 0.78 });
  });

  it("keeps looking the same way when the tail end calls it the other way round", () => {
    expect(spotOf(yard, open)).toEqual({ axis: "through", x: -0.48, nose: 1 });
  });
});

describe("the roundhouse", () => {
  it("gives each newcomer a place of its own", () => {
    const places: Place[] = [];
    for (let count = 0; count < 48; count++) places.push(startPlace(places));
    expect(new Set(places.map((it) => `${it.line} ${it.reach}`)).size).toBe(48);
    expect(startPlace(places)).toMatchObject({ line: 8 }); // Full: it queues rather than fails.
  });

  it("calls an engine home only on its own track and clear of the table", () => {
    const line = homeOf("ana");
    expect(isHome("ana", { line, reach: 0.6, nose: 1 })).toBe(true);
    expect(isHome("ana", { line, reach: 0.42, nose: 1 })).toBe(false);
    expect(isHome("ana", { line: 8, reach: 0.6, nose: 1 })).toBe(false);
  });

  it.each([
    { step: 0, track: 3, to: 3 },
    { step: 0, track: 13, to: -3 },
    { step: 0, track: 8, to: 0 },
    { step: 17, track: 2, to: 18 },
    { step: -5, track: 4, to: -4 },
  ])("turns the nearer end of a bridge at $step to track $track", ({ step, track, to }) => {
    expect(stepToward(step, track)).toBe(to);
  });
});
