import {
  Digest,
  type GatewayId,
  type RoomId,
  type SessionId,
  type UserId,
} from "@roundhouse/kernel";
import { Crowd, type Deed, Desk, lives } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command, Resync } from "./command.ts";
import type { Digests, Item, Snapshot } from "./item.ts";
import { SNAPSHOT_BYTES_MAX } from "./resync.ts";

describe("a gateway that asks for digests", () => {
  it("gets those of its open sessions, of the seats that hear, and of its watches", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.settle({ on: "watch", users: [id("ben"), id("nobody")] }, "gate0");
    expect(desk.tell({ on: "digest", round: 7 }, "gate0")).toEqual([
      {
        to: "digest",
        round: 7,
        sessions: digest("ana"),
        seats: digest("ana pit"),
        watches: digest("ben", "nobody"),
      },
    ]);
  });

  it.each([
    { what: "nothing is known", before: [], seats: [], sessions: [] },
    { what: "a connection was lost", before: ["lost"], seats: ["ana pit"], sessions: [] },
    { what: "a seat was parted", before: ["part"], seats: [], sessions: ["ana"] },
    { what: "both were", before: ["lost", "part"], seats: [], sessions: [] },
  ] as const)("gets what is left when $what", ({ before, seats, sessions, what }) => {
    const desk = what === "nothing is known" ? new Desk() : playing("ana at gate0");
    for (const on of before) desk.settle(on === "lost" ? lost("ana") : part("ana"), "gate0");
    expect(digests(desk, "gate0")).toEqual({
      sessions: digest(...sessions),
      seats: digest(...seats),
      watches: digest(),
    });
  });

  it("gets nothing of what it was in a former life", () => {
    const desk = playing("ana at gate0");
    desk.settle({ on: "watch", users: [id("ben")] }, "gate0");
    desk.settle({ on: "gatewayGone" }, "gate0");
    expect(digests(desk, "gate0")).toEqual({
      sessions: digest(),
      seats: digest(),
      watches: digest(),
    });
    expect(desk.state.tallies.size).toBe(0);
  });
});

describe("a gateway that says how things stand", () => {
  it("hears how they do, and nothing is repaired when both agree", () => {
    const desk = playing("ana at gate0", "ben at gate0", "carl at gate1");
    desk.settle({ on: "watch", users: [id("ana"), id("nobody")] }, "gate0");
    desk.settle(act("carl"), "gate1");
    const here = { room: PIT, sessions: [session("ana"), session("ben")], after: 3 };
    const said = { sessions: [named("ana"), named("ben")], rooms: [here] };
    expect(snapshot(desk, { ...said, watches: [id("ana"), id("nobody")] })).toEqual({
      to: "snapshot",
      round: 1,
      repaired: { sessions: 0, seats: 0, watches: 0 },
      known: [
        ["ana", ["pit"]],
        ["ben", ["pit"]],
      ],
      strangers: [],
      rooms: [
        {
          room: "pit",
          seq: 4,
          events: [expect.objectContaining({ on: "game", seq: 4 })],
          lost: 0,
          seated: [],
          unseated: [],
        },
      ],
      statuses: [
        ["ana", "busy"],
        ["nobody", "offline"],
      ],
    });
  });

  it("loses the sessions that it does not name, as if their connections had been lost", () => {
    const desk = playing("ana at gate0", "ben at gate0", "carl at gate1");
    const { repaired } = snapshot(desk, { sessions: [named("ben")] });
    expect(repaired.sessions).toBe(1);
    expect(stays(desk)).toEqual(["ana lost", "ben open", "carl open"]);
    desk.now += 1_000_000;
    desk.settle({ on: "tick" });
    expect(stays(desk)).toEqual(["ben open", "carl open"]);
  });

  it("has a session back that was taken for lost, before its time ran out", () => {
    const desk = playing("ana at gate0");
    desk.settle(lost("ana"), "gate0");
    const { repaired, known } = snapshot(desk, { sessions: [named("ana")] });
    expect([repaired.sessions, known]).toEqual([1, [["ana", ["pit"]]]]);
    desk.now += 1_000_000;
    desk.settle({ on: "tick" });
    expect(stays(desk)).toEqual(["ana open"]);
  });

  it("learns which of its connections nobody here knows", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    const sessions = [named("ana"), named("ghost"), [session("ghost"), id("ana")] as const];
    expect(snapshot(desk, { sessions }).strangers).toEqual(["ghost", "ghost"]);
  });

  it("learns of seats that it did not name, in rooms that it named and in others", () => {
    const desk = playing("ana at gate0", "ben at gate0", "carl at gate0");
    desk.settle(join("carl", "den"), "gate0");
    const rooms = [{ room: PIT, sessions: [session("ana")], after: 3 }];
    const seen = snapshot(desk, { sessions: everybody, rooms }).rooms;
    expect(seen.map(({ room, seated }) => [room, seated])).toEqual([
      ["pit", ["ben", "carl"]],
      ["den", ["carl"]],
    ]);
  });

  it("learns which seats that it named are none, also in rooms that are gone", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    const sessions = [session("ana"), session("ben"), session("ghost")];
    const rooms = [
      { room: PIT, sessions, after: 0 },
      { room: DEN, sessions: [session("ana")], after: 9 },
    ];
    expect(snapshot(desk, { sessions: [named("ana")], rooms }).rooms).toMatchObject([
      { room: "pit", unseated: ["ben", "ghost"], seated: [] },
      { room: "den", unseated: ["ana"], seated: [], seq: 0, events: [], lost: 0 },
    ]);
  });

  it("has the seats whole that it names, and hears those rooms from then on", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.settle(part("ana"), "gate0");
    const rooms = [{ room: PIT, sessions: [session("ana")], after: 2 }];
    expect(snapshot(desk, { sessions: [named("ana")], rooms }).repaired.seats).toBe(1);
    expect(desk.batch([act("ben")]).items[0]?.to).toEqual(["gate1", "gate0"]);
  });

  it("hears nothing of a room where it has no seat", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    const rooms = [{ room: PIT, sessions: [session("ben")], after: 0 }];
    expect(snapshot(desk, { rooms }, "gate2").rooms).toMatchObject([
      { room: "pit", events: [], unseated: ["ben"] },
    ]);
  });

  it("is told how many events are lost that it has not seen", () => {
    const short = new Desk({ historyEventsMax: 2 });
    for (const command of [attach("ana"), join("ana")]) short.settle(command, "gate0");
    for (let count = 0; count < 5; count++) short.settle(act("ana"), "gate0");
    const rooms = [{ room: PIT, sessions: [session("ana")], after: 1 }];
    expect(snapshot(short, { sessions: [named("ana")], rooms }).rooms).toMatchObject([
      { lost: 3, events: [{ seq: 5 }, { seq: 6 }] },
    ]);
  });

  it("is told of no more than fits into a commit, and how many events that leaves out", () => {
    const desk = new Desk({ roomsPerUserMax: 100 });
    desk.settle(attach("ana"), "gate0");
    const names = Array.from({ length: 25 }, (_, index) => `room ${index}`);
    const large = { at: undefined, fields: "x".repeat(60_000) };
    for (const name of names) {
      desk.settle(join("ana", name), "gate0");
      const said = { room: name as RoomId, session: session("ana"), extra: "" };
      for (let count = 0; count < 4; count++) {
        desk.settle({ on: "act", ...said, actions: [{ ...large }] }, "gate0");
      }
    }
    const rooms = names.map((name) => {
      return { room: name as RoomId, sessions: [session("ana")], after: 1 };
    });
    const seen = snapshot(desk, { sessions: [named("ana")], rooms }).rooms;
    const told = seen.map(({ events, lost }) => `${events.length} told, ${lost} lost`);
    expect(new Set(told)).toEqual(new Set(["4 told, 0 lost", "0 told, 4 lost"]));
    const bytes = seen.flatMap(({ events }) => events).length * 60_000;
    expect(bytes).toBeLessThan(SNAPSHOT_BYTES_MAX);
    expect(bytes).toBeGreaterThan(SNAPSHOT_BYTES_MAX / 2);
  });

  it("watches whom it says, and nobody else", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.settle({ on: "watch", users: [id("ana"), id("ben")] }, "gate0");
    const { repaired, statuses } = snapshot(desk, {
      sessions: [named("ana")],
      watches: [id("ben"), id("carl")],
    });
    expect([repaired.watches, statuses]).toEqual([
      2,
      [
        ["ben", "busy"],
        ["carl", "offline"],
      ],
    ]);
    expect([...desk.state.watchers.keys()]).toEqual(["ben", "carl"]);
  });

  it("hears after the snapshot what happens after it, also in the same moment", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    const rooms = [{ room: PIT, sessions: [session("ana")], after: 2 }];
    const said = { on: "resync", round: 1, sessions: [named("ana")], rooms, watches: [] } as const;
    const posts = [act("ben"), said, act("ben")].map((command) => {
      return { from: "gate0" as GatewayId, at: desk.now, command };
    });
    const { items } = desk.run(posts);
    const seen = items.flatMap(({ item }) => {
      if (item.to === "room") return [item.events.map(({ seq }) => seq)];
      return item.to === "snapshot" ? [item.rooms.map(({ seq }) => seq)] : [];
    });
    expect(seen).toEqual([[3], [3], [4]]);
  });
});

describe("whatever a gateway takes for true", () => {
  it("after a snapshot it knows what the shard knows, and asking again repairs nothing", () => {
    const drawn = fc.record({
      life: lives({ shards: 1, users: 4, rooms: 3, longest: 80 }),
      forgets: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    });
    const judge = ({ life, forgets }: Drawn) => {
      const crowd = new Crowd(1, {});
      for (const deed of life) crowd.do(deed);
      const [desk] = crowd.desks;
      if (desk === undefined) return;
      for (const gateway of ["gate0.0", "gate1.0", "gate1.1"]) {
        const belief = believed(desk, gateway, forgets);
        const first = snapshot(desk, belief, gateway);
        const now = convinced(belief, first);
        expect(digests(desk, gateway)).toEqual({
          sessions: digest(...now.sessions.map(([it]) => it)),
          seats: digest(...now.rooms.flatMap((it) => it.sessions.map((s) => `${s} ${it.room}`))),
          watches: digest(...now.watches),
        });
        expect(snapshot(desk, now, gateway).repaired).toEqual({
          sessions: 0,
          seats: 0,
          watches: 0,
        });
      }
    };
    fc.assert(fc.property(drawn, judge), { numRuns: 200, seed: 20_261_121 });
  });
});

type Drawn = { readonly life: readonly Deed[]; readonly forgets: readonly boolean[] };
type Belief = Pick<Resync, "sessions" | "rooms" | "watches">;

/** What is true, what is not, and not all of either. */
function believed({ state }: Desk, gateway: string, forgets: readonly boolean[]): Belief {
  let asked = 0;
  const some = <Value>(values: readonly Value[]) => {
    return values.filter(() => forgets[asked++ % forgets.length] !== true);
  };
  const sessions = [...state.users.values()].flatMap((user) => {
    const mine = user.stays.filter((stay) => stay.gateway === gateway);
    return mine.map((stay) => [stay.session, user.id] as const);
  });
  const rooms = [...state.rooms.values()].map(({ id: room, seats }) => {
    return { room, sessions: some([...seats.keys(), session("ghost")]), after: 0 };
  });
  const strange = { room: "strange" as RoomId, sessions: [session("ghost")], after: 3 };
  return {
    sessions: some([...sessions, named("ghost")]),
    rooms: some([...rooms, strange]),
    watches: some([id("user0"), id("user1"), id("nobody")]),
  };
}

/** What the gateway believes then: it seats whom the shard says, as if it had all the connections. */
function convinced({ sessions, rooms, watches }: Belief, seen: Snapshot): Belief {
  const known = new Set<SessionId>(seen.known.map(([it]) => it));
  return {
    sessions: sessions.filter(([it]) => known.has(it)),
    rooms: seen.rooms.map(({ room, seated, unseated, seq }) => {
      const before = rooms.find((it) => it.room === room)?.sessions ?? [];
      const still = before.filter((it) => !unseated.includes(it));
      return { room, sessions: [...still, ...seated], after: seq };
    }),
    watches,
  };
}

const PIT = "pit" as RoomId;
const DEN = "den" as RoomId;
const id = (name: string): UserId => name as UserId;
const session = (name: string): SessionId => name as SessionId;
const named = (name: string): readonly [SessionId, UserId] => [session(name), id(name)];
const everybody = ["ana", "ben", "carl"].map(named);
const attach = (who: string): Command => {
  const resume = `a secret of ${who}, long enough`;
  return {
    on: "attach",
    user: id(who),
    session: session(who),
    means: "idme",
    proven: false,
    resume,
  };
};
const join = (who: string, room = "pit"): Command => {
  const seat = { room: room as RoomId, user: id(who), session: session(who) };
  return { on: "join", ...seat, invite: [] };
};
const act = (who: string): Command => {
  const actions = [{ at: undefined, fields: "" }];
  return { on: "act", room: PIT, session: session(who), actions, extra: "" };
};
const part = (who: string): Command => ({ on: "part", room: PIT, session: session(who) });
const lost = (who: string): Command => {
  return { on: "detach", user: id(who), session: session(who), how: "lost" };
};

/** A desk with some in the pit, each as `name at gateway`. */
function playing(...names: readonly string[]): Desk {
  const desk = new Desk();
  for (const [who = "", gateway = ""] of names.map((name) => name.split(" at "))) {
    for (const command of [attach(who), join(who)]) desk.settle(command, gateway);
  }
  return desk;
}

function snapshot(desk: Desk, said: Partial<Belief>, gateway = "gate0"): Snapshot {
  const nothing = { sessions: [], rooms: [], watches: [] };
  const { items } = desk.batch([{ on: "resync", round: 1, ...nothing, ...said }], gateway);
  const told = items.map(({ item }) => item);
  return expected(told.find((item): item is Snapshot => item.to === "snapshot"));
}

function digests(desk: Desk, gateway: string): Digests {
  const items = desk.tell({ on: "digest", round: 1 }, gateway);
  const item = items.find((it): it is Item & { to: "digest" } => it.to === "digest");
  const { sessions, seats, watches } = expected(item);
  return { sessions, seats, watches };
}

function expected<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("no answer");
  return value;
}

function digest(...facts: readonly string[]) {
  const all = new Digest();
  for (const fact of facts) all.add(fact);
  return all.value;
}

const stays = ({ state }: Desk) => {
  const all = [...state.users.values()].flatMap((user) => user.stays);
  return all.map((stay) => `${stay.session} ${stay.partedUntil === undefined ? "open" : "lost"}`);
};
