/** How fast a gateway that ends asks its clients to move. */
import type { Gateway } from "@roundhouse/gateway";
import { describe, expect, it, vi } from "vitest";
import { DRAIN_MS, paceOf, startDrain } from "./drain.ts";
import type { World } from "./life.ts";

describe("a gateway that ends", () => {
  it.each([1, 10, 351, 760])(
    "asks %i so that no second sees more log-ins than were set",
    (connections) => {
      const { withinMs, perSecondMax } = paceOf(connections, 60, DRAIN_MS);
      expect(perSecondMax).toBe(51);
      expect(withinMs).toBeCloseTo((connections / 51) * 1_000);
    },
  );

  it("is never faster when an operator drains it, however many there are", () => {
    expect(paceOf(15_000, 60, Number.POSITIVE_INFINITY).perSecondMax).toBe(51);
  });

  it("is faster if that would not be enough before its end, but only as fast as it must", () => {
    const { withinMs, perSecondMax } = paceOf(1_500, 60, DRAIN_MS);
    expect(perSecondMax).toBe(100);
    expect(withinMs).toBe(DRAIN_MS);
  });

  it("says so to its connections", () => {
    const drain = vi.fn<Gateway["drain"]>();
    const gateway: Pick<Gateway, "connections" | "drain"> = { connections: 357, drain };
    const world = { settings: { drainPerSecond: 60 } };
    startDrain(world as World, gateway as Gateway);
    expect(drain).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ withinMs: 7_000, perSecondMax: 51 }),
      expect.any(Function),
    );
  });
});
