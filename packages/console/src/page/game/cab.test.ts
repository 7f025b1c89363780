import { describe, expect, it } from "vitest";
import { type Cab, type Lever, roll, SPEED_MAX } from "./cab.ts";
import { type Place, straddles } from "./place.ts";

const yard: Cab = { place: { line: 8, reach: 0.68, nose: -1 }, speed: 0 };
const hand = (way: -1 | 0 | 1): Lever => ({ by: "hand", way });

function drive(
  cab: Cab,
  lever: Lever,
  {
    ms,
    others = [] as Place[],
    open = true,
  }: {
    ms: number;
    others?: Place[];
    open?: boolean;
  },
): Cab {
  let now = cab;
  for (let passed = 0; passed < ms; passed += 16) {
    const radians = now.place.line === "bridge" ? 0 : (now.place.line * Math.PI) / 8;
    now = roll(now, lever, { gate: { step: 0, open }, others, seconds: 0.016, radians });
  }
  return now;
}

describe("the cab", () => {
  it("gathers speed and keeps to the limit", () => {
    const soon = drive(yard, hand(1), { ms: 100 });
    const later = drive(yard, hand(1), { ms: 900 });
    expect(soon.speed).toBeLessThan(SPEED_MAX / 2);
    expect(later.speed).toBeCloseTo(SPEED_MAX);
  });

  it("coasts to a stop when the lever is let go", () => {
    const rolling = drive(yard, hand(-1), { ms: 200 });
    const stopped = drive(rolling, hand(0), { ms: 1_000 });
    expect(stopped.speed).toBe(0);
    expect(stopped.place.reach).toBeGreaterThan(rolling.place.reach);
  });

  it("never comes to rest across the edge of the table", () => {
    for (let ms = 100; ms < 2_500; ms += 80) {
      const rest = drive(drive(yard, hand(1), { ms }), hand(0), { ms: 3_000 });
      expect(rest.speed).toBe(0);
      expect(straddles(rest.place)).toBe(false);
    }
  });

  it("stands still at once when the way is blocked", () => {
    const others: Place[] = [{ line: 8, reach: 0.48, nose: -1 }];
    expect(drive(yard, hand(1), { ms: 500, others })).toEqual(yard);
  });

  it("follows a finger along the rail, and no further than the rail goes", () => {
    const bridge = drive(yard, { by: "drag", x: 0.3, y: 0 }, { ms: 5_000 });
    expect(bridge.place.line).toBe("bridge");
    expect(bridge.place.reach).toBeCloseTo(0, 1);
    const stall = drive(yard, { by: "drag", x: 0, y: -3 }, { ms: 9_000 });
    expect(stall.place).toMatchObject({ line: 0, reach: 0.88 });
  });

  it("waits at the pit for a bridge that still turns", () => {
    expect(drive(yard, hand(1), { ms: 3_000, open: false }).place).toMatchObject({ reach: 0.475 });
  });
});
