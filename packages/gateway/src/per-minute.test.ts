import { describe, expect, it } from "vitest";
import { PerMinute } from "./per-minute.ts";

/** Whether it may be once more, and if so, counted. */
function take(counts: PerMinute, address: string, now: number): boolean {
  if (counts.isExceeded(address, now)) return false;
  counts.count(address, now);
  return true;
}
const taken = (counts: PerMinute, times: number, now: number): readonly boolean[] =>
  Array.from({ length: times }, () => take(counts, "a", now));

describe("what an address may do so often in a minute", () => {
  it("it may in the minute that begins with the first, and again in the next", () => {
    const counts = new PerMinute(2);
    expect(taken(counts, 1, 5)).toEqual([true]);
    expect(taken(counts, 2, 60_004)).toEqual([true, false]);
    expect(take(counts, "b", 60_004)).toBe(true);
    expect(taken(counts, 3, 60_005)).toEqual([true, true, false]);
  });

  it("is without a limit as often as it likes, and nothing is kept of it", () => {
    const counts = new PerMinute(0);
    expect(taken(counts, 100, 0)).not.toContain(false);
    expect(counts.size).toBe(0);
  });

  it("is forgotten after its minute, what others did is not", () => {
    const counts = new PerMinute(1);
    take(counts, "a", 0);
    take(counts, "b", 1);
    counts.sweep(59_999);
    expect(counts.size).toBe(2);
    counts.sweep(60_000);
    expect(counts.size).toBe(1);
    expect([take(counts, "b", 60_000), take(counts, "a", 60_000)]).toEqual([false, true]);
  });

  it("is counted for ten thousand addresses, of which the oldest is forgotten first", () => {
    const counts = new PerMinute(1);
    for (let n = 0; n < 10_000; n++) take(counts, `${n}`, n);
    expect([counts.size, take(counts, "0", 10_000)]).toEqual([10_000, false]);
    take(counts, "one more", 10_000);
    expect(counts.size).toBe(10_000);
    expect([take(counts, "1", 10_000), take(counts, "0", 10_000)]).toEqual([false, true]);
  });
});
