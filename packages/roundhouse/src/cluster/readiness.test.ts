import type { Answer } from "@roundhouse/domain";
import { fail, ok, type Result } from "@roundhouse/kernel";
import { VirtualTime } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { Readiness } from "./readiness.ts";

let time: VirtualTime;
let asked: number[];
let answer: () => Promise<Result<Answer>>;
let readiness: Readiness;

beforeEach(() => {
  time = new VirtualTime();
  asked = [];
  answer = async () => ok({ on: "pong" });
  const askShard = (shard: number): Promise<Result<Answer>> => {
    asked.push(shard);
    return answer();
  };
  readiness = new Readiness({ shards: 3, clock: time, inquiry: () => ({ askShard }) });
});

describe("readiness", () => {
  it("needs a first round trip", async () => {
    expect(readiness.verdict.ok).toBe(false);
    await readiness.beat();
    expect(readiness.verdict.ok).toBe(true);
  });

  it("asks one shard after the other", async () => {
    for (let beats = 0; beats < 4; beats++) await readiness.beat();
    expect(asked).toEqual([1, 2, 0, 1]);
  });

  it("ends five seconds after the last ping that was answered, and comes back by itself", async () => {
    await readiness.beat();
    answer = async () => fail("shard_unavailable");
    time.pass(5_000);
    await readiness.beat();
    expect(readiness.verdict.ok).toBe(true);
    time.pass(1);
    expect(readiness.verdict).toMatchObject({ ok: false, code: "shard_unavailable" });
    answer = async () => ok({ on: "pong" });
    await readiness.beat();
    expect(readiness.verdict.ok).toBe(true);
    expect(readiness.stats).toMatchObject({ answered: 2, unanswered: 1 });
  });

  it("counts from when a ping was sent: an answer that is late proves nothing about now", async () => {
    let arrive = (_: Result<Answer>): void => {};
    answer = () => new Promise((resolve) => (arrive = resolve));
    const beat = readiness.beat();
    time.pass(6_000);
    arrive(ok({ on: "pong" }));
    await beat;
    expect(readiness.verdict.ok).toBe(false);
  });
});
