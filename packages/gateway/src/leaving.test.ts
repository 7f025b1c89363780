import { VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { type DrainOptions, leave } from "./leaving.ts";

/** So many connections that leave when they are asked, and when each second's share was asked. */
function drain(connections: number, options: Partial<DrainOptions> = {}, flushed = () => true) {
  const time = new VirtualTime();
  const start = time.now();
  let left = connections;
  let doneAt: number | undefined;
  const asked: { readonly at: number; readonly count: number }[] = [];
  const ask = (count: number): void => {
    if (count > 0) asked.push({ at: time.now() - start, count });
    left = Math.max(0, left - count);
  };
  let state = 1;
  const chance = {
    bits64: () => {
      state = (Math.imul(state, 0x5deece6d) + 11) >>> 0;
      return state.toString(16).padStart(8, "0").repeat(2);
    },
  };
  leave(
    { left: () => left, ask, flush: flushed, done: () => (doneAt = time.now() - start) },
    { chance, later: time.later, ...options },
  );
  return { time, asked, left: () => left, doneAt: () => doneAt };
}

/** How many were asked within any second, at most. */
function worstSecond(asked: readonly { readonly at: number; readonly count: number }[]): number {
  const sums = asked.map(({ at }) => {
    const second = asked.filter((it) => it.at >= at && it.at < at + 1_000);
    return second.reduce((total, { count }) => total + count, 0);
  });
  return Math.max(0, ...sums);
}

describe("a gateway that ends", () => {
  it("asks all to move within the time, not all at once and not in step", () => {
    const { asked, doneAt, time } = drain(10_000);
    time.pass(30_000);
    expect(doneAt()).toBeLessThanOrEqual(20_000);
    expect(doneAt()).toBeGreaterThan(15_000);
    expect(Math.max(...asked.map(({ count }) => count))).toBeLessThan(100);
    const gaps = new Set(asked.map(({ at }, index) => at - (asked[index - 1]?.at ?? 0)));
    expect(gaps.size).toBeGreaterThan(10);
  });

  it("asks no more in a second than may be, however long that takes", () => {
    const { asked, doneAt, time } = drain(1_000, { perSecondMax: 20 });
    time.pass(49_000);
    expect(doneAt()).toBeUndefined();
    time.pass(3_000);
    expect(doneAt()).toBeDefined();
    expect(worstSecond(asked)).toBeLessThanOrEqual(23); // One turn's share may fall into it at each end.
  });

  it("asks no more than that either where the time would be just enough", () => {
    const { asked, doneAt, time } = drain(600, { perSecondMax: 60, withinMs: 10_000 });
    time.pass(12_000);
    expect(doneAt()).toBeGreaterThan(9_500);
    expect(doneAt()).toBeLessThan(10_500);
    expect(worstSecond(asked)).toBeLessThanOrEqual(69); // As above.
  });

  it("waits for few not longer than they need", () => {
    const { doneAt, time } = drain(10);
    time.pass(1_000);
    expect(doneAt()).toBeLessThan(1_000);
  });

  it("is done at once when nobody is there", () => {
    expect(drain(0).doneAt()).toBe(0);
  });

  it("is done when the shards know who went, and some time later if they cannot be told", () => {
    let isFlushed = false;
    const patient = drain(1, {}, () => isFlushed);
    patient.time.pass(2_000);
    expect(patient.left()).toBe(0);
    expect(patient.doneAt()).toBeUndefined();
    isFlushed = true;
    patient.time.pass(200);
    expect(patient.doneAt()).toBeDefined();
    const hopeless = drain(1, {}, () => false);
    hopeless.time.pass(7_000);
    expect(hopeless.doneAt()).toBeGreaterThan(5_000);
  });
});
