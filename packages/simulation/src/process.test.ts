import { START, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { Process } from "./process.ts";

describe("a simulated process", () => {
  it("takes its own clock for the time, and measures durations rightly all the same", () => {
    const time = new VirtualTime();
    const process = new Process(time, -500);
    const { clock } = process;
    expect(clock.now()).toBe(START - 500);
    const before = clock.precise();
    process.jump(-10_000);
    time.pass(300);
    expect(clock.now()).toBe(START - 10_200);
    expect(clock.precise() - before).toBe(300);
  });

  it("does nothing while it is paused, and then everything that came, in order", () => {
    const time = new VirtualTime();
    const process = new Process(time, 0);
    const done: string[] = [];
    process.later(() => done.push("timer"), 10);
    process.pause();
    process.defer(() => done.push("turn"));
    time.pass(20);
    process.run(() => done.push("socket"));
    time.pass(20);
    expect(done).toEqual([]);
    process.wake();
    time.pass(0);
    expect(done).toEqual(["turn", "timer", "socket"]);
  });

  it("does nothing any more once it is killed", () => {
    const time = new VirtualTime();
    const process = new Process(time, 0);
    const done: string[] = [];
    process.every(10, () => done.push("beat"));
    time.pass(25);
    process.kill();
    process.run(() => done.push("socket"));
    time.pass(100);
    expect(done).toEqual(["beat", "beat"]);
  });
});
