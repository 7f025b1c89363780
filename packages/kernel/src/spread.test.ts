import { describe, expect, it } from "vitest";
import { LATENCY_SECONDS, Spread } from "./spread.ts";

describe("a spread", () => {
  it("counts each measure in the first bucket that holds it, bounds included", () => {
    const spread = new Spread([1, 10]);
    for (const value of [0, 1, 1.5, 10, 11, 1e9]) spread.observe(value);
    expect(spread.counts).toEqual([2, 2, 2]);
  });

  it("knows how many there were and what they add up to", () => {
    const spread = new Spread([1]);
    expect([spread.count, spread.sum]).toEqual([0, 0]);
    for (const value of [0.5, 2]) spread.observe(value);
    expect([spread.count, spread.sum]).toEqual([2, 2.5]);
  });

  it("has rising bounds for latencies, or counting would stop too early", () => {
    const sorted = [...LATENCY_SECONDS].sort((one, other) => one - other);
    expect(LATENCY_SECONDS).toEqual(sorted);
  });
});
