import { describe, expect, it } from "vitest";
import { invariantMetric, openPositions, summed } from "./invariants.ts";
import { registry } from "./metrics.ts";

const at = (shard: number, commitNumber: number, isOpen = true) => ({
  shard,
  isOpen,
  commitNumber,
});

describe("positions", () => {
  it("may rise, come and go, and stay", () => {
    const fallen = openPositions();
    expect(fallen([at(0, 5), at(1, 1)])).toBe(0);
    expect(fallen([at(0, 5)])).toBe(0);
    expect(fallen([at(0, 9), at(1, 1)])).toBe(0);
    expect(fallen([at(0, 0, false)])).toBe(0);
  });

  it("that fall are found, once each", () => {
    const fallen = openPositions();
    fallen([at(0, 5), at(1, 7)]);
    expect(fallen([at(0, 3), at(1, 8)])).toBe(1);
    expect(fallen([at(0, 4), at(1, 8)])).toBe(0);
  });
});

describe("broken promises", () => {
  it("are counted by name", async () => {
    let now = 1;
    const metric = invariantMetric({ seats: summed(() => now), no_loss: () => 7 });
    const metrics = registry([metric], { processMetrics: false });
    const name = "roundhouse_invariant_violations_total";
    expect(await metrics.text()).toContain(`${name}{invariant="seats"} 1`);
    now = 2;
    const text = await metrics.text();
    expect(text).toContain(`${name}{invariant="seats"} 3`);
    expect(text).toContain(`${name}{invariant="no_loss"} 7`);
  });
});
