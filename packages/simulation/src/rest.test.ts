import type { Millis } from "@roundhouse/kernel";
import { VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { comeToRest, unsettled } from "./rest.ts";

describe("a town", () => {
  it("is judged at once when nothing was committed lately", () => {
    const time = new VirtualTime(1_000);
    comeToRest(time, () => 800);
    expect(time.now()).toBe(1_000);
  });

  it("is judged when what was committed last has arrived, and what followed from it", () => {
    const time = new VirtualTime(1_000);
    let at = 1_000;
    time.later(() => {
      at = time.now();
    }, 150);
    comeToRest(time, () => at);
    expect(time.now()).toBe(1_350);
  });

  it("is judged even if it never comes to rest", () => {
    const time = new VirtualTime(1_000);
    comeToRest(time, time.now);
    expect(time.now()).toBe(3_000);
  });
});

describe("shards", () => {
  it("are settled when each is served, and nothing is waited for then", () => {
    const { time, judged } = watched({});
    expect(judged()).toEqual([]);
    expect(time.now()).toBe(0);
  });

  it("are settled, too, when one is handed over after the other, each in its time", () => {
    const { time, judged } = watched({ 3: [[0, 200]], 5: [[150, 390]], 6: [[300, 500]] });
    expect(judged()).toEqual([]);
    expect(time.now()).toBe(500);
  });

  it("are not when one is served by nobody for too long, whatever the others do", () => {
    const pauses: Pauses = { 3: [[0, 100]], 5: [[50, 310]], 6: [[200, 300]] };
    expect(watched(pauses).judged()).toEqual([5]);
    expect(watched({ 4: [[0, 9_000]] }).judged()).toEqual([4]);
  });

  it("are not when they change hands for ever", () => {
    const turns = Array.from({ length: 30 }, (_, at) => at * 200);
    const pauses: Pauses = {
      1: turns.map((at) => [at, at + 110]),
      2: turns.map((at) => [at + 100, at + 210]),
    };
    const { time, judged } = watched(pauses);
    expect(judged().length).toBeGreaterThan(0);
    expect(time.now()).toBe(2_000);
  });
});

/** By shard, from when to when nobody serves it. */
type Pauses = Readonly<Record<number, readonly (readonly [from: Millis, to: Millis])[]>>;

function watched(pauses: Pauses) {
  const time = new VirtualTime(0);
  const isPausing = ([from, to]: readonly [Millis, Millis]): boolean => {
    return time.now() >= from && time.now() < to;
  };
  const unserved = (): readonly number[] => {
    const shards = Object.keys(pauses).map(Number);
    return shards.filter((shard) => pauses[shard]?.some(isPausing));
  };
  return { time, judged: () => unsettled(time, unserved) };
}
