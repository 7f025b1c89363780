import { describe, expect, it } from "vitest";
import { START, VirtualTime } from "./virtual-time.ts";

describe("virtual time", () => {
  it("stands still unless it is told to pass", () => {
    const time = new VirtualTime();
    expect([time.now(), time.now()]).toEqual([START, START]);
    time.pass(10);
    expect(time.now()).toBe(START + 10);
  });

  it("runs everything at its own time, in order, what is due together in the order of asking", () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    const note = (what: string) => () => void ran.push(`${what} at ${time.now()}`);
    time.later(note("second"), 20);
    time.later(note("first"), 10);
    time.later(note("third"), 20);
    time.every(15, note("beat"));
    time.pass(30);
    expect(ran).toEqual(["first at 10", "beat at 15", "second at 20", "third at 20", "beat at 30"]);
  });

  it("finishes the turn of each moment before the next", () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    time.later(() => time.defer(() => ran.push("deferred")), 10);
    time.later(() => ran.push("later"), 20);
    time.pass(20);
    expect(ran).toEqual(["deferred", "later"]);
  });

  it("runs what is deferred meanwhile in the next turn", () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    time.defer(() => {
      ran.push("one");
      time.defer(() => ran.push("two"));
    });
    time.turn();
    expect(ran).toEqual(["one"]);
    time.settle();
    expect(ran).toEqual(["one", "two"]);
  });

  it("says so when the loop never comes to rest", () => {
    const time = new VirtualTime(0);
    const again = (): void => time.defer(again);
    again();
    expect(() => time.settle()).toThrow("never comes to rest");
  });
});
