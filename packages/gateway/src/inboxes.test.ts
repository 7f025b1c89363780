import type { Command } from "@roundhouse/domain";
import { fail, type GatewayId, ok, type SessionId, type UserId } from "@roundhouse/kernel";
import { beforeEach, describe, expect, it } from "vitest";
import { type Departure, Inboxes, type ShardBus } from "./inboxes.ts";

const gate = "gate" as GatewayId;
const gone = (session: string): Departure => {
  return { on: "detach", user: "ana" as UserId, session: session as SessionId, how: "lost" };
};
const named = (command: Command): string => {
  return ("session" in command ? command.session : undefined) ?? command.on;
};

let taken: string[];
/** How much each shard's inbox still takes. */
let room: number;
let inboxes: Inboxes;

const bus: ShardBus = {
  append: (shard, from, command) => {
    if (room-- <= 0) return fail("inbox_full");
    taken.push(`${from} ${shard} ${named(command)}`);
    return ok(undefined);
  },
};

beforeEach(() => {
  taken = [];
  room = Number.POSITIVE_INFINITY;
  inboxes = new Inboxes(gate, bus);
});

describe("a departure", () => {
  it("is told at once where there is room", () => {
    inboxes.depart(3, gone("s1"));
    expect(taken).toEqual(["gate 3 s1"]);
    expect(inboxes.owes(3)).toBe(false);
  });

  it("that a full inbox refuses is told again until it is taken, in the order they happened", () => {
    room = 0;
    for (const session of ["s1", "s2", "s3"]) inboxes.depart(3, gone(session));
    inboxes.depart(4, gone("s4"));
    expect(inboxes.owed).toBe(4);
    room = 2;
    inboxes.retry();
    expect(taken).toEqual(["gate 3 s1", "gate 3 s2"]);
    expect([inboxes.owes(3), inboxes.owes(4), inboxes.owes(5)]).toEqual([true, true, false]);
    room = Number.POSITIVE_INFINITY;
    inboxes.retry();
    inboxes.retry();
    expect(taken.slice(2)).toEqual(["gate 3 s3", "gate 4 s4"]);
    expect(inboxes.owed).toBe(0);
  });

  it("stands behind those of its shard that are still owed, and asks a full inbox only once", () => {
    room = 0;
    inboxes.depart(3, gone("s1"));
    room = 1;
    inboxes.depart(3, gone("s2"));
    inboxes.retry();
    expect(taken).toEqual(["gate 3 s1"]);
  });
});

it("A new life speaks under its own name, and owes nothing for the former one", () => {
  room = 0;
  inboxes.depart(3, gone("s1"));
  room = Number.POSITIVE_INFINITY;
  inboxes.rebind("other" as GatewayId, bus);
  inboxes.retry();
  inboxes.depart(3, gone("s2"));
  expect(taken).toEqual(["other 3 s2"]);
  expect(inboxes.id).toBe("other");
});
