import { describe, expect, it } from "vitest";
import { readRedirection, readSlots, slotOf } from "./redis-slots.ts";

describe("the slot of a key", () => {
  // The first is the reference vector of the Redis Cluster specification: 0x31C3.
  it.each([
    { key: "123456789", slot: 12_739 },
    { key: "{rh:0}:state", slot: slotOf("rh:0") },
    { key: "{rh:0}:to:aaaaaaaaaaaaaaaa", slot: slotOf("rh:0") },
    { key: "{}x", slot: slotOf("{}x") },
    { key: "foo", slot: 12_182 },
    { key: "{foo}bar{baz}", slot: 12_182 },
  ])("$key is $slot", ({ key, slot }) => {
    expect(slotOf(key)).toBe(slot);
  });
});

describe("what a cluster says of itself", () => {
  it("names who serves which slots", () => {
    const bytes = (text: string) => Buffer.from(text);
    const reply = [
      [0, 8191, [bytes("10.0.0.1"), 7001, bytes("id"), []], [bytes("10.0.0.2"), 7002, bytes("id")]],
      [8192, 16_383, [null, 7003, bytes("id"), []]],
    ];
    expect(readSlots(reply, "asked")).toEqual([
      { first: 0, last: 8191, host: "10.0.0.1", port: 7001 },
      { first: 8192, last: 16_383, host: "asked", port: 7003 },
    ]);
  });

  it("leads to where a key is now", () => {
    expect(readRedirection("MOVED 3999 10.0.0.1:6381", "x")).toEqual({
      host: "10.0.0.1",
      port: 6381,
    });
    expect(readRedirection("ASK 3999 :6381", "x")).toEqual({ host: "x", port: 6381 });
    expect(readRedirection("MOVED 3999 ::1:6381", "x")).toEqual({ host: "::1", port: 6381 });
    expect(readRedirection("TRYAGAIN Multiple keys", "x")).toBeUndefined();
  });
});
