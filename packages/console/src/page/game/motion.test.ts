import { describe, expect, it } from "vitest";
import { glide, isAligned, type View } from "./motion.ts";
import type { Place } from "./place.ts";
import { emptyWorld, type World } from "./world.ts";

const engine = (place: Place) => ({
  place,
  dozing: false,
  heardAtMs: 0,
  movedAtMs: 0,
  whistledAtMs: Number.NEGATIVE_INFINITY,
});
const world = (step: number, place: Place): World => ({
  ...emptyWorld("ana"),
  table: { known: true, step },
  engines: new Map([["ana", engine(place)]]),
});
const view = (degrees: number, place: Place): View => ({
  degrees,
  engines: new Map([["ana", { place, speed: 0 }]]),
});
const track: Place = { line: 8, reach: 0.5, nose: -1 };

describe("what the eye sees", () => {
  it("comes to rest exactly where the world is", () => {
    let seen = view(0, track);
    const goal = world(3, { ...track, reach: 0.8 });
    for (let frame = 0; frame < 200; frame++)
      seen = glide(seen, goal, { seconds: 0.016, still: false });
    expect(seen.degrees).toBe(67.5);
    expect(seen.engines.get("ana")).toEqual({ place: { ...track, reach: 0.8 }, speed: 0 });
    expect(isAligned(seen, goal)).toBe(true);
  });

  it("glides, with the bridge not aligned on the way", () => {
    const seen = glide(view(0, track), world(3, { ...track, reach: 0.8 }), {
      seconds: 0.016,
      still: false,
    });
    expect(seen.degrees).toBeGreaterThan(0);
    expect(seen.degrees).toBeLessThan(3);
    expect(isAligned(seen, world(3, track))).toBe(false);
  });

  it("crosses from a tail track to the bridge without a jump", () => {
    const aboard: Place = { line: "bridge", reach: -0.3, nose: 1 };
    const seen = glide(view(0, { ...track, reach: 0.4 }), world(0, aboard), {
      seconds: 0.016,
      still: false,
    });
    const reach = seen.engines.get("ana")?.place.reach ?? 0;
    expect(reach).toBeGreaterThan(-0.4);
    expect(reach).toBeLessThan(-0.3);
  });

  it("is the world at once when motion is not wanted", () => {
    const seen = glide(view(0, track), world(5, { ...track, reach: 0.8 }), {
      seconds: 0.016,
      still: true,
    });
    expect(seen.degrees).toBe(112.5);
    expect(seen.engines.get("ana")?.place.reach).toBe(0.8);
  });

  it("shows a new engine where it is and lets go of one that left", () => {
    const arrived = glide({ degrees: 0, engines: new Map() }, world(0, track), {
      seconds: 1,
      still: false,
    });
    expect(arrived.engines.get("ana")?.place).toEqual(track);
    expect(glide(arrived, emptyWorld("ben"), { seconds: 1, still: false }).engines.size).toBe(0);
  });
});
