import type { RoomEvent } from "@roundhouse/domain";
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { AnyProtocol, Frame } from "@roundhouse/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { Connection, type Hall, type Voice } from "./connection.ts";
import { Halls } from "./halls.ts";
import { Outlet } from "./outlet.ts";
import { GatewayStats } from "./stats.ts";

const [den, loft] = ["den" as RoomId, "loft" as RoomId];
const event = (seq: number): RoomEvent => {
  return { on: "game", seq, from: "ana" as UserId, actions: [], extra: "" };
};

/** A protocol whose frame of an event is its number; the second one tells only even numbers. */
const voice = (mark: string, tells: (seq: number) => boolean = () => true): Voice => {
  const broadcast = (_: RoomId, events: readonly RoomEvent[]): readonly string[] => {
    return events.filter(({ seq }) => tells(seq)).map(({ seq }) => String(seq));
  };
  return {
    protocol: { broadcast } as unknown as AnyProtocol,
    mark,
    isBinary: false,
    connections: 0,
  };
};
const [plain, even] = [voice("a"), voice("b", (seq) => seq % 2 === 0)];
const ear: Voice = voice("c");
const single: Voice = { ...ear, protocol: { ...ear.protocol, hears: "each" } };

let published: string[];
let topics: string[];
let inspected: Hall[];
let stats: GatewayStats;
let halls: Halls;
let onInspect: (hall: Hall) => void;
let onHear: (connection: Connection) => void;
let heard: [Connection, readonly Frame[]][];

beforeEach(() => {
  published = [];
  topics = [];
  inspected = [];
  onInspect = () => {};
  onHear = () => {};
  heard = [];
  stats = new GatewayStats();
  const outlet = new Outlet(stats);
  outlet.connect({
    publish: (topic, frame) => published.push(`${topic}: ${String(frame)}`) > 0,
    numSubscribers: () => 0,
  });
  halls = new Halls({
    shards: 8,
    outlet,
    inspect: (hall) => {
      inspected.push(hall);
      onInspect(hall);
    },
    hear: (connection, { frames }) => {
      heard.push([connection, frames]);
      onHear(connection);
    },
    inspectBytes: 4,
  });
});

const sit = (connection: Connection, room: RoomId, seq = 0): boolean => {
  return halls.seat(connection, { room, seq });
};

const enter = (spoken: Voice = plain): Connection => {
  const address = { name: "", connections: 1, allowance: 0, at: 0 };
  const connection = new Connection(spoken, "s" as SessionId, address, 0, 0);
  connection.socket = {
    subscribe: (topic: string) => topics.push(`+${topic}`) > 0,
    unsubscribe: (topic: string) => topics.push(`-${topic}`) > 0,
  } as unknown as NonNullable<Connection["socket"]>;
  return connection;
};

describe("a seat", () => {
  it("is a subscription to the room's topic in the connection's own protocol", () => {
    sit(enter(plain), den);
    sit(enter(even), den);
    expect(topics).toEqual(["+arden", "+brden"]);
  });

  it("is taken once, however often it is given", () => {
    const connection = enter();
    sit(connection, den);
    sit(connection, den);
    halls.fanOut(den, [event(1)]);
    expect(topics).toEqual(["+arden"]);
    expect(stats.deliveries).toBe(1);
    halls.unseat(connection, den);
    halls.unseat(connection, den);
    expect(topics).toEqual(["+arden", "-arden"]);
    expect(halls.size).toBe(0);
  });

  it("is known to the connection, and its hall is there as long as somebody sits in it", () => {
    const [first, second] = [enter(), enter()];
    for (const connection of [first, second]) {
      sit(connection, den);
      sit(connection, loft);
    }
    for (const { id } of first.halls) halls.unseat(first, id);
    expect(first.halls).toEqual([]);
    expect(halls.size).toBe(2);
    for (const { id } of second.halls) halls.unseat(second, id);
    expect(halls.size).toBe(0);
  });

  it("of a connection that has gone already is given up in silence", () => {
    const connection = enter();
    sit(connection, den);
    connection.socket = undefined;
    halls.unseat(connection, den);
    expect(halls.size).toBe(0);
  });
});

describe("the fan-out", () => {
  it("is one publish per frame and protocol, whatever the number of seats", () => {
    for (let n = 0; n < 5; n++) sit(enter(plain), den);
    for (let n = 0; n < 3; n++) sit(enter(even), den);
    halls.fanOut(den, [event(1), event(2)]);
    expect(published).toEqual(["arden: 1", "arden: 2", "brden: 2"]);
    expect(stats.deliveries).toBe(2 * 5 + 2 * 3);
    expect(stats.publishes).toBe(3);
    expect(stats.fanOutBytes).toBe(2 * 5 + 1 * 3);
  });

  it("to a room without seats here, or in which nothing shows, is nothing", () => {
    halls.fanOut(den, [event(1)]);
    sit(enter(even), den);
    halls.fanOut(den, [event(1)]);
    expect(published).toEqual([]);
    expect(stats.deliveries).toBe(0);
  });

  it("leaves a protocol out when its last speaker has gone", () => {
    const last = enter(even);
    sit(enter(plain), den);
    sit(last, den);
    halls.unseat(last, den);
    halls.fanOut(den, [event(2)]);
    expect(published).toEqual(["arden: 2"]);
  });
});

describe("those whose protocol hears each by itself", () => {
  it("are told one by one, with what was prepared once, and have no topic", () => {
    const [ana, ben, cal] = [enter(single), enter(single), enter(plain)];
    for (const connection of [ana, ben, cal]) sit(connection, den);
    halls.fanOut(den, [event(1), event(2)]);
    expect(topics).toEqual(["+arden"]);
    expect(heard.map(([connection]) => connection)).toEqual([ana, ben]);
    expect(heard[0]?.[1]).toEqual(["1", "2"]);
    expect(heard[1]?.[1]).toBe(heard[0]?.[1]);
    expect(published).toEqual(["arden: 1", "arden: 2"]);
    expect(stats.deliveries).toBe(2 * 3);
  });

  it("are not told any more once they have left, also while the others are told", () => {
    const [ana, ben, cal] = [enter(single), enter(single), enter(single)];
    for (const connection of [ana, ben, cal]) sit(connection, den);
    onHear = () => halls.unseat(ben, den);
    halls.fanOut(den, [event(1)]);
    halls.unseat(cal, den);
    halls.fanOut(den, [event(2)]);
    expect(heard.map(([connection]) => connection)).toEqual([ana, cal, ana]);
    halls.unseat(ana, den);
    expect(halls.size).toBe(0);
  });

  it("hear nothing while they wait for what they missed", () => {
    const [ana, ben] = [enter(single), enter(single)];
    sit(ana, den);
    halls.wait(ben, { room: den, seq: 0 });
    halls.fanOut(den, [event(1)]);
    expect(heard.map(([connection]) => connection)).toEqual([ana]);
  });
});

describe("a hole in a shard's order", () => {
  it("is not talked over: its rooms hear nothing until it is filled, other shards' rooms do", () => {
    sit(enter(), den);
    sit(enter(), loft);
    halls.fanOut(den, [event(1)]);
    const shard = halls.shardOf(den);
    expect(halls.shardOf(loft)).not.toBe(shard);
    halls.lose(shard);
    halls.fanOut(den, [event(2)]);
    halls.fanOut(loft, [event(1)]);
    expect(published).toEqual(["arden: 1", "arloft: 1"]);
    expect(halls.stale).toBe(1);
    expect(halls.get(den)?.lastSeq).toBe(1);
  });

  it("knows who came meanwhile, and from where on they are to hear", () => {
    const [early, late] = [enter(), enter()];
    sit(early, den, 3);
    halls.lose(halls.shardOf(den));
    sit(late, den, 8);
    halls.lose(halls.shardOf(den));
    const hall = halls.get(den);
    expect([...(hall?.hole?.late ?? [])]).toEqual([[late, 8]]);
    expect(hall?.lastSeq).toBe(3);
    halls.unseat(late, den);
    expect(hall?.hole?.late.size).toBe(0);
  });

  it("does not concern rooms that are entered after it", () => {
    halls.lose(halls.shardOf(den));
    sit(enter(), den, 8);
    halls.fanOut(den, [event(9)]);
    expect(published).toEqual(["arden: 9"]);
    expect(halls.stale).toBe(0);
  });
});

it("remembers the last number that a room heard, with every action counted", () => {
  sit(enter(), den, 4);
  expect(halls.get(den)?.lastSeq).toBe(4);
  const actions = [1, 2, 3].map((at) => ({ at, fields: "" }));
  halls.fanOut(den, [{ on: "game", seq: 5, from: "ana" as UserId, actions, extra: "" }]);
  expect(halls.get(den)?.lastSeq).toBe(7);
  sit(enter(), den, 7);
  expect(halls.get(den)?.lastSeq).toBe(7);
});

describe("the look at who lags", () => {
  it("comes after so many bytes, and then after as many again", () => {
    sit(enter(), den);
    for (let seq = 1; seq <= 3; seq++) halls.fanOut(den, [event(seq)]);
    expect(inspected).toHaveLength(0);
    halls.fanOut(den, [event(4)]);
    expect(inspected.map(({ id }) => id)).toEqual([den]);
    halls.fanOut(den, [event(5)]);
    expect(inspected).toHaveLength(1);
  });

  it("comes within a large batch, not only after it", () => {
    sit(enter(), den);
    const seen: number[] = [];
    onInspect = () => seen.push(published.length);
    halls.fanOut(
      den,
      Array.from({ length: 9 }, (_, n) => event(n)),
    );
    expect(seen).toEqual([4, 8]);
  });

  it("that ends the last of one protocol keeps nothing from another", () => {
    const [lagging, other] = [enter(plain), enter(even)];
    sit(lagging, den);
    sit(other, den);
    onInspect = () => halls.unseat(lagging, den);
    halls.fanOut(den, [2, 4, 6, 8].map(event));
    expect(published.filter((it) => it.startsWith("b"))).toEqual([
      "brden: 2",
      "brden: 4",
      "brden: 6",
      "brden: 8",
    ]);
  });
});

it("knows a room's shard, seated or not, by the one formula", () => {
  const vector = "CStrike" as RoomId; // Shard 7 of 8.
  expect(halls.shardOf(vector)).toBe(7);
  sit(enter(), vector);
  expect(halls.shardOf(vector)).toBe(7);
});
