/** Game rooms: decisions 11, 12, 13, 15 and 18. */
import { describe, expect, it } from "vitest";
import type { Client, Data } from "../client.ts";
import { house, join } from "../house.ts";

const inn = house();

/** The numbers that the game messages of a channel took, one per action. */
const numbersOf = (client: Client, channel: string): readonly number[] => {
  return client.all("game").flatMap((data) => {
    if (data["channel"] !== channel) return [];
    const actions = data["actions"] as readonly unknown[];
    return Array.from({ length: Math.max(1, actions.length) }, (_, n) => Number(data["seq"]) + n);
  });
};

describe("game (decision 13)", () => {
  it("reaches every member, the sender too, in one order without a gap", async () => {
    const members = await Promise.all(["ana", "ben", "cal"].map((it) => inn.sit(it, "table")));
    for (let n = 0; n < 100; n++) members[n % 3]?.act("table", { n });
    await Promise.all(
      members.map((it) => it.until(() => it.actionsIn("table")[99], "a hundred actions")),
    );
    const [first, ...others] = members.map((it) => it.actionsIn("table"));
    for (const other of others) expect(other).toEqual(first);
    expect(first?.map(({ n }) => n).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      ...Array(100).keys(),
    ]);
    for (const [index, name] of ["ana", "ben", "cal"].entries()) {
      const own = first?.filter(({ from }) => from === name).map(({ n }) => n);
      expect(own).toEqual([...Array(100).keys()].filter((n) => n % 3 === index));
    }
    for (const member of members) {
      const numbers = numbersOf(member, "table").slice(-100);
      expect(numbers).toEqual(Array.from({ length: 100 }, (_, n) => (numbers[0] ?? 0) + n));
    }
  });

  it("has exactly the documented fields and seq, which begins at the first action", async () => {
    const ana = await inn.enterAs("ana");
    ana.say("joingame", { channel: "fields" });
    ana.act("fields", { timestamp: 1, data: { x: 1 } }, { data: 2 });
    ana.act("fields", { data: 3 });
    await ana.until(() => ana.actionsIn("fields")[2], "three actions");
    const games = ana.all("game");
    for (const game of games) expect(Object.keys(game)).toEqual(["channel", "seq", "actions"]);
    const keys = ana.actionsIn("fields").map((action) => Object.keys(action));
    expect(keys).toEqual(Array(3).fill(["timestamp", "from", "data"]));
    const numbers = numbersOf(ana, "fields");
    expect(numbers).toEqual([numbers[0], Number(numbers[0]) + 1, Number(numbers[0]) + 2]);
  });

  it("says who acted, whatever the client claims", async () => {
    const ana = await inn.sit("ana", "mask");
    const ben = await inn.sit("ben", "mask");
    ana.act("mask", { from: "ben", data: 1 }, { data: 2, from: { toString: "ben" } });
    ana.sayText(
      '{"command":"game","data":{"channel":"mask","actions":[{"fr\\u006fm":"ben","data":3}]}}',
    );
    await ben.until(() => ben.actionsIn("mask")[2], "three actions");
    expect(ben.actionsIn("mask").map(({ from, data }) => ({ from, data }))).toEqual([
      { from: "ana", data: 1 },
      { from: "ana", data: 2 },
      { from: "ana", data: 3 },
    ]);
    expect(ben.texts.join("\n")).not.toContain("toString");
  });

  it("passes what an action carries on byte by byte", async () => {
    const ana = await inn.sit("ana", "bytes");
    const carried = [
      '"data":12345678901234567890123456789',
      '"data":1.0e+0',
      '"data":"\\u0041\\/\\ud83d\\ude82"',
      '"data":{"b":1,"a":2,"b":3}',
      '"data":{"__proto__":{"x":1},"constructor":null}',
      '"data":[ 1 ,\t2 ]',
      '"team":"red","user":"1:789","data":"\u2028"',
    ];
    const actions = carried.map((fields) => `{${fields}}`).join(",");
    ana.sayText(`{"command":"game","data":{"channel":"bytes","actions":[${actions}]}}`);
    await ana.until(() => ana.actionsIn("bytes")[carried.length - 1], "all actions");
    const heard = ana.texts.join("\n");
    for (const fields of carried) expect(heard).toContain(fields);
  });

  it("keeps fields that nobody knows, beside the actions too", async () => {
    const ana = await inn.sit("ana", "extra");
    ana.say("game", { channel: "extra", actions: [{ data: 1, mood: "fine" }], round: 7, seq: 999 });
    const game = await ana.expect("game", (data) => "round" in data);
    expect(game["round"]).toBe(7);
    expect(game["seq"]).not.toBe(999);
    expect(game["actions"]).toMatchObject([{ data: 1, mood: "fine" }]);
  });

  it("comes from members alone", async () => {
    const ana = await inn.sit("ana", "club");
    const guest = await inn.enterAs("ben");
    guest.act("club", { data: "intruder" });
    await guest.expectError("not_a_member");
    ana.act("club", { data: "member" });
    await ana.until(() => ana.actionsIn("club")[0], "an action");
    expect(ana.actionsIn("club").map(({ data }) => data)).toEqual(["member"]);
    expect(guest.all("game")).toEqual([]);
    expect(guest.closed).toBeUndefined();
  });
});

describe("the time of an action (decision 18)", () => {
  const NOW = "the server's";
  it.each([
    { given: "none", timestamp: () => undefined, becomes: NOW },
    { given: "a second ago", timestamp: (now: number) => now - 1_000, becomes: "kept" },
    { given: "six seconds ago", timestamp: (now: number) => now - 6_000, becomes: NOW },
    { given: "in the future", timestamp: (now: number) => now + 60_000, becomes: NOW },
    { given: "zero", timestamp: () => 0, becomes: NOW },
    { given: "below zero", timestamp: () => -5, becomes: NOW },
    { given: "a text", timestamp: () => "1999", becomes: NOW },
    { given: "an object", timestamp: () => ({ valueOf: 1 }), becomes: NOW },
    { given: "null", timestamp: () => null, becomes: NOW },
    { given: "as large as it gets", timestamp: () => Number.MAX_VALUE, becomes: NOW },
  ])("$given: $becomes", async ({ timestamp, becomes }) => {
    const ana = await inn.sit("ana", "clock");
    const before = Date.now();
    const given = timestamp(before);
    ana.act("clock", { timestamp: given, data: 1 });
    const action = await ana.until(() => ana.actionsIn("clock")[0], "an action");
    const after = Date.now();
    if (becomes === NOW) {
      expect(action.timestamp).toBeGreaterThanOrEqual(before);
      expect(action.timestamp).toBeLessThanOrEqual(after);
    } else expect(action.timestamp).toBe(given);
  });

  it("fraction and exponent are read, too large to be a number is not", async () => {
    const ana = await inn.sit("ana", "clock");
    const before = Date.now();
    const times = [`${before - 10}.75`, "1e999", `${(before - 20) / 10}e1`];
    const actions = times.map((time) => `{"timestamp":${time}}`).join(",");
    ana.sayText(`{"command":"game","data":{"channel":"clock","actions":[${actions}]}}`);
    await ana.until(() => ana.actionsIn("clock")[2], "three actions");
    const [fraction, huge, exponent] = ana.actionsIn("clock").map(({ timestamp }) => timestamp);
    expect(fraction).toBe(before - 10);
    expect(huge).toBeGreaterThanOrEqual(before);
    expect(exponent).toBe(before - 20);
  });
});

describe("joining and leaving (decisions 11 and 12)", () => {
  it("one connection sits in several channels and hears which is which", async () => {
    const ana = await inn.sit("ana", "north");
    await join(ana, "south");
    const ben = await inn.sit("ben", "north");
    ben.act("north", { data: 1 });
    ana.act("south", { data: 2 });
    await ana.until(() => ana.actionsIn("south")[0] && ana.actionsIn("north")[0], "both");
    expect(ana.actionsIn("north")).toMatchObject([{ from: "ben", data: 1 }]);
    expect(ana.actionsIn("south")).toMatchObject([{ from: "ana", data: 2 }]);
    expect(ben.actionsIn("south")).toEqual([]);
  });

  it("a user in a room from two connections is one member, and both hear", async () => {
    const one = await inn.sit("ana", "twice");
    const two = await inn.sit("ana", "twice");
    one.act("twice", { data: 1 });
    await Promise.all([one, two].map((it) => it.until(() => it.actionsIn("twice")[0], "it")));
    const rooms = (await inn.server.ask("/rooms")) as { rooms: readonly Data[] };
    expect(rooms.rooms.find(({ id }) => id === "twice")).toMatchObject({ members: 1 });
    await one.leave();
    two.act("twice", { data: 2 });
    await two.until(() => two.actionsIn("twice")[1], "the second");
    expect(two.actionsIn("twice").map(({ data }) => data)).toEqual([1, 2]);
  });

  it("joining again changes nothing, and nothing is heard twice", async () => {
    const ana = await inn.sit("ana", "again");
    await join(ana, "again");
    await join(ana, "again");
    ana.act("again", { data: 1 });
    ana.act("again", { data: 2 });
    await ana.until(() => ana.actionsIn("again")[1], "both");
    expect(ana.actionsIn("again").map(({ data }) => data)).toEqual([1, 2]);
  });

  it("leavegame ends the seat: neither heard nor allowed to speak", async () => {
    const ana = await inn.sit("ana", "exit");
    const ben = await inn.sit("ben", "exit");
    ana.say("leavegame", { channel: "exit" });
    ana.act("exit", { data: "too late" });
    await ana.expectError("not_a_member");
    ben.act("exit", { data: "alone" });
    await ben.until(() => ben.actionsIn("exit")[0], "an action");
    await join(ana, "exit");
    expect(ana.actionsIn("exit")).toEqual([]);
    expect(ben.actionsIn("exit").map(({ data }) => data)).toEqual(["alone"]);
    ana.say("leavegame", { channel: "never joined" });
    await ana.expectError("not_a_member");
  });

  it("an empty channel disappears, and begins anew with the next who comes", async () => {
    const ana = await inn.enterAs("ana");
    ana.say("joingame", { channel: "ghost" });
    ana.act("ghost", { data: 1 });
    const [first] = await Promise.all([ana.expect("game")]);
    await ana.leave();
    const { rooms } = (await inn.server.ask("/rooms")) as { rooms: readonly Data[] };
    expect(rooms.map(({ id }) => id)).not.toContain("ghost");
    const ben = await inn.enterAs("ben");
    ben.say("joingame", { channel: "ghost" });
    ben.act("ghost", { data: 2 });
    const second = await ben.expect("game");
    expect(second["seq"]).toBe(first["seq"]);
  });

  it("what was said before one came is not heard, what is said after is, all of it", async () => {
    const ana = await inn.sit("ana", "stream");
    for (let n = 0; n < 50; n++) ana.act("stream", { n });
    const ben = await inn.enterAs("ben");
    ben.say("joingame", { channel: "stream" });
    for (let n = 50; n < 100; n++) ana.act("stream", { n });
    ana.act("stream", { n: "end" });
    await ben.until(() => ben.actionsIn("stream").find(({ n }) => n === "end"), "the end");
    const heard = ben.actionsIn("stream").map(({ n }) => n);
    const all: unknown[] = [...Array(100).keys(), "end"];
    expect(heard).toEqual(all.slice(all.length - heard.length));
    const numbers = numbersOf(ben, "stream");
    expect(numbers).toEqual(numbers.map((_, n) => (numbers[0] ?? 0) + n));
  });

  it.each(["__proto__", "constructor", "toString", 'quote"backslash\\', "ünï 🚂", "a".repeat(256)])(
    "a channel may be called %s",
    async (channel) => {
      const ana = await inn.sit("ana", channel);
      ana.act(channel, { data: 1 });
      await ana.until(() => ana.actionsIn(channel)[0], "an action");
      expect(ana.all("game").every((data) => data["channel"] === channel)).toBe(true);
    },
  );
});
