/** How fast a gateway that ends asks its clients to move. */
import type { Gateway } from "@roundhouse/gateway";
import { describe, expect, it, vi } from "vitest";
import { DRAIN_MS, paceOf, startDrain } from "./drain.ts";
import type { World } from "./life.ts";

describe("a gateway that ends", () => {
  it.each([1, 10, 351, 900])(
    "asks %i at the pace that was set, and never faster",
    (connections) => {
      const { withinMs, perSecondMax } = paceOf(connections, 60);
      expect(perSecondMax).toBe(60);
      expect(withinMs).toBeCloseTo((connections / 60) * 1_000);
    },
  );

  it("is faster if that would not be enough, but only as fast as it must", () => {
    const { withinMs, perSecondMax } = paceOf(1_500, 60);
    expect(perSecondMax).toBe(100);
    expect(withinMs).toBe(DRAIN_MS);
  });

  it("says so to its connections", () => {
    const drain = vi.fn<Gateway["drain"]>();
    const gateway: Pick<Gateway, "connections" | "drain"> = { connections: 351, drain };
    const world = { settings: { drainPerSecond: 60 } };
    startDrain(world as World, gateway as Gateway);
    expect(drain).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ withinMs: 5_850, perSecondMax: 60 }),
      expect.any(Function),
    );
  });
});
