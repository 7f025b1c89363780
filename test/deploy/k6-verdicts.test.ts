/**
 * What `npm run load -- scale` and `restart` say of what clients told: each fault that they look for is found,
 * and nothing where there is none. Of canned lines, as k6 writes them.
 */
import { shardOf } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { restarted } from "../../load-tests/k6/restart.mjs";
import { scaled } from "../../load-tests/k6/scale.mjs";
import { Told } from "../../load-tests/k6/told.mjs";

const T = 1_700_000_000_000;
const BRISK = "crowd 3 room 0";
const SLOW = "crowd 3 room 1";

const k6Line = (msg: string): string =>
  `time="2026-11-21" level=info msg="${msg}" source=console\n`;
const answer = (at: number, ms: number, room = BRISK): string => {
  return k6Line(`answer ${at} ${ms.toFixed(1)} ${room}`);
};
const back = (at: number, ms: number): string => k6Line(`back ${at} ${ms.toFixed(1)}`);
const many = (count: number, line: (index: number) => string): string => {
  return Array.from({ length: count }, (_, index) => line(index)).join("");
};

describe("what clients told", () => {
  it("is read from between other lines", () => {
    const told = new Told(`nothing\n${answer(T, 12.5)}${back(T + 1, 300)}${k6Line("warned")}`);
    expect(told.answers).toMatchObject([{ at: T, ms: 12.5, room: BRISK }]);
    expect(told.returns).toMatchObject([{ at: T + 1, ms: 300 }]);
    expect(told.rooms).toEqual([BRISK]);
  });

  it("has the longest wait of each room, of what was said in a span", () => {
    const text = answer(T, 5) + answer(T + 10, 90) + answer(T + 20, 40) + answer(T + 99, 800);
    const stops = new Told(text + answer(T, 7, SLOW)).stops({ from: T, to: T + 50 });
    expect([...stops]).toEqual([
      [BRISK, 90],
      [SLOW, 7],
    ]);
  });

  it("is calm away from what was done", () => {
    const text = answer(T - 300, 4) + answer(T - 100, 60) + answer(T + 50, 70) + answer(T + 400, 3);
    expect(new Told(text).calmAnswers([{ from: T, to: T + 100 }])).toEqual([3, 4]);
  });

  it("counts the most who came back within any second, in whatever order they are told", () => {
    const times = [2_900, 0, 999, 1_000, 1_500, 1_998];
    const told = new Told(times.map((at) => back(T + at, 1)).join(""));
    expect(told.mostReturns({ from: T, to: T + 5_000 })).toBe(4);
    expect(told.mostReturns({ from: T, to: T + 999 })).toBe(2);
    expect(told.mostReturns({ from: T + 6_000, to: T + 7_000 })).toBe(0);
  });
});

describe("scale", () => {
  const shard = shardOf(BRISK, 64);
  const move = { from: T, to: T + 2_000, moved: new Set([shard]), needless: [] };
  const calm = many(20, (index) => answer(T - 10_000 + index * 100, 10));
  const judged = (text: string, moves = [move]) => scaled(moves, { told: new Told(calm + text) });

  it("has nothing against a short pause", () => {
    const { wrong, told } = judged(answer(T + 100, 60));
    expect(wrong).toEqual([]);
    expect(told).toEqual([
      "1 shards moved within 2.0 s",
      "pause of 1 rooms handed over (p50 50 ms, calm 10 ms): p99 50 ms (at most 250 ms)",
    ]);
  });

  it("finds a pause too long, less what answers take anyhow", () => {
    expect(judged(answer(T + 100, 260)).wrong).toEqual([]);
    expect(judged(answer(T + 100, 261)).wrong).toEqual([expect.stringMatching(/^too long: pause/)]);
  });

  it("does not ask rooms in which hardly anybody speaks", () => {
    const moved = new Set([shard, shardOf(SLOW, 64)]);
    const text = answer(T + 100, 60) + answer(T + 100, 900, SLOW);
    expect(judged(text, [{ ...move, moved }]).wrong).toEqual([]);
  });

  it("is not content when no shard of a room moved", () => {
    const moved = new Set([(shard + 1) % 64]);
    expect(judged(answer(T + 100, 60), [{ ...move, moved }]).wrong).toEqual(["no room was moved"]);
    expect(judged("", []).wrong).toEqual(["no room was moved"]);
  });

  it("finds what moved between two who both stayed", () => {
    const needless = { ...move, needless: [shard] as never[] };
    expect(judged(answer(T + 100, 60), [needless]).wrong).toEqual(["1 shards moved needlessly"]);
  });
});

describe("restart", () => {
  const one = { name: "gateway-1", areSeveral: false, from: T, to: T + 8_000, perSecond: 60 };
  const two = { ...one, name: "gateway-2", from: T + 40_000, to: T + 48_000 };
  const steady = many(100, (index) => back(T + 1_000 + index * 20, 500));
  const judged = (
    text: string,
    { spans = [one], closed = 100, resumed = 100 }: Partial<Given> = {},
  ) => {
    const counts: Record<string, number> = { closed, resumed };
    return restarted(spans, { told: new Told(text), counted: (name) => counts[name] ?? 0 });
  };
  type Given = { spans: (typeof one)[]; closed: number; resumed: number };

  it("has nothing against those who come back steadily", () => {
    const { wrong, told } = judged(steady);
    expect(wrong).toEqual([]);
    expect(told).toEqual([
      "gateway-1: 100 moved, the last back 3.0 s after SIGTERM, away for p99 500 ms; 34 a second, at most 50 in one",
      "100 sockets closed, 100 sessions resumed",
    ]);
  });

  it("finds a slow return", () => {
    expect(judged(steady + back(T + 25_000, 500)).wrong).toEqual([]);
    const wrong = ["not everybody of gateway-1 was back within 25 s"];
    expect(judged(steady + back(T + 25_001, 500)).wrong).toEqual(wrong);
  });

  it("finds too many in one second: more than DRAIN_PER_SECOND", () => {
    const burst = (count: number): string => many(count, (index) => back(T + 9_000 + index, 5));
    expect(judged(steady + burst(60)).wrong).toEqual([]);
    const wrong = ["61 of gateway-1 came in one second: more than 60"];
    expect(judged(steady + burst(61)).wrong).toEqual(wrong);
  });

  it("is not content when nobody moved", () => {
    expect(judged(steady, { spans: [one, two] }).wrong).toEqual(["nobody left gateway-2"]);
    const both = steady + back(T + 41_000, 500);
    expect(judged(both, { spans: [one, two] }).wrong).toEqual([]);
  });

  it("finds fewer sessions than were closed", () => {
    expect(judged(steady, { resumed: 99 }).wrong).toEqual(["1 did not get their session back"]);
    expect(judged(steady, { closed: 99 }).wrong).toEqual([]);
  });

  it("asks of several at once how long each was away, not when it was told", () => {
    const all = { ...one, name: "all gateways", areSeveral: true, to: T + 60_000 };
    const late = steady + back(T + 50_000, 25_000);
    expect(judged(late, { spans: [all] })).toMatchObject({ wrong: [] });
    expect(judged(late, { spans: [all] }).told[0]).toContain(
      "nobody was away for more than 25.0 s",
    );
    const wrong = ["not everybody of all gateways was back within 25 s"];
    expect(judged(steady + back(T + 50_000, 25_001), { spans: [all] }).wrong).toEqual(wrong);
  });
});
