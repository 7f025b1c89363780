import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Crowd, type Deed, Desk, lives, seconds } from "@roundhouse/testkit";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import type { Effects } from "./effects.ts";
import { type LiveEntries, liveChanges, liveEntries } from "./live.ts";
import type { Rules } from "./rules.ts";
import { openScene } from "./scene.ts";
import { decide } from "./shard.ts";

describe("a shard whose owner changes, whatever happened before", () => {
  it("decides everything further as the owner before would have, replays included", () => {
    check(({ life, more, cuts, order }) => {
      const { batches } = lived(life, more);
      const [first, later] = [desks(more), desks(more)];
      for (const [index, { shard, posts }] of batches.entries()) {
        if (cuts.has(index)) later[shard] = at(later, shard).next(pages(at(later, shard), order));
        const [one, other] = [at(first, shard), at(later, shard)];
        const decided = plain(one.run(structuredClone(posts)));
        expect(plain(other.run(structuredClone(posts)))).toEqual(decided);
        expect(other.live).toEqual(one.live);
      }
    });
  });

  it("is told of every change and of nothing that is no more", () => {
    check(({ life, more, cuts, order }) => {
      const { batches } = lived(life, more);
      const later = desks(more);
      for (const [index, { shard, posts }] of batches.entries()) {
        if (cuts.has(index)) later[shard] = at(later, shard).next(pages(at(later, shard), order));
        at(later, shard).run(posts);
        expect(at(later, shard).live).toEqual(liveEntries(at(later, shard).state));
      }
    });
  });

  it("knows of each gateway what the owner before knew", () => {
    check(({ life, more, order }) => {
      for (const desk of lived(life, more).desks) {
        const next = desk.next(pages(desk, order));
        const gateways = [...desk.state.rooms.values()].flatMap(({ gateways }) => [...gateways]);
        for (const [gateway] of [...gateways, ["gate0.0"], ["gate1.0"], ["gate1.1"]]) {
          const asked: Command = { on: "digest", round: 1 };
          expect(next.tell(asked, String(gateway))).toEqual(desk.tell(asked, String(gateway)));
        }
      }
    });
  });
});

describe("what a next owner must know", () => {
  it("is what a batch changed, and nothing else", () => {
    const desk = new Desk();
    const changed = (command: Command) => {
      const before = new Map(desk.live);
      desk.settle(command);
      return [...desk.live].flatMap(([key, value]) => (before.get(key) === value ? [] : [key]));
    };
    expect(changed(attach("ana"))).toEqual(["uana"]);
    expect(changed(join("ana"))).toEqual(["uana", "rpit", "sana pit"]);
    expect(changed(act("ana"))).toEqual(["rpit"]);
    expect(changed({ on: "watch", users: [id("ben")] })).toEqual(["wben"]);
    expect(changed({ on: "who", user: id("ana"), request: 1 })).toEqual([]);
    expect(changed({ on: "who", user: id("nobody"), request: 1 })).toEqual([]);
    expect(changed({ on: "digest", round: 1 })).toEqual([]);
    expect(changed({ on: "tick" })).toEqual([]);
    expect(changed({ on: "part", room: PIT, session: "ana" as SessionId })).toEqual(["sana pit"]);
  });

  it("ends with what it is about", () => {
    const desk = new Desk();
    for (const command of [attach("ana"), join("ana")]) desk.settle(command);
    desk.settle({ on: "watch", users: [id("ana")] });
    expect(desk.live.size).toBe(4);
    desk.settle({ on: "unwatch", users: [id("ana")] });
    desk.settle({ on: "detach", user: id("ana"), session: "ana" as SessionId, how: "left" });
    expect([...desk.live]).toEqual([]);
  });

  it("is nothing of a user who is not here, whatever waits for it", () => {
    const desk = new Desk();
    desk.settle({ on: "invited", user: id("ana"), room: PIT, from: id("ben") });
    expect([...desk.live]).toEqual([]);
  });

  it("stays as it was said while the shard goes on changing", () => {
    const desk = new Desk();
    desk.settle(attach("ana"));
    const said = structuredClone(desk.live.get("uana"));
    const kept = desk.live.get("uana");
    desk.settle(join("ana"));
    expect(kept).toEqual(said);
  });

  it("is not noted where nobody would ever hear it", () => {
    const { state } = new Desk();
    const scene = openScene(state);
    decide(state, join("ana"), scene);
    expect(scene.changed).toBeUndefined();
    expect(liveChanges(state, scene.changed).size).toBe(0);
  });
});

describe("restored", () => {
  it("twice, it is as it was once: a page may come again", () => {
    const desk = new Desk();
    for (const command of [attach("ana"), join("ana"), attach("ben"), join("ben")]) {
      desk.settle(command);
    }
    desk.settle({ on: "watch", users: [id("ana")] });
    const twice = desk.next([desk.live, new Map([...desk.live].reverse())]);
    expect(liveEntries(twice.state)).toEqual(desk.live);
    const digest: Command = { on: "digest", round: 1 };
    expect(twice.tell(digest)).toEqual(desk.tell(digest));
    expect(plain(twice.batch([act("ben")]))).toEqual(plain(desk.batch([act("ben")])));
  });

  it("a lost session ends when its time has come", () => {
    const desk = new Desk({ resumeMs: seconds(30) });
    desk.settle(attach("ana", "a secret that is long enough"));
    desk.settle({ on: "detach", user: id("ana"), session: "ana" as SessionId, how: "lost" });
    const next = desk.next();
    expect(next.state.due.next).toBe(desk.state.due.next);
    next.now += seconds(31);
    next.settle({ on: "tick" });
    expect(next.state.users.size).toBe(0);
  });

  it("a user's grace ends when its time has come", () => {
    const desk = new Desk({ presenceGraceMs: seconds(5) });
    desk.settle(attach("ana"));
    desk.settle({ on: "watch", users: [id("ana")] });
    desk.settle({ on: "detach", user: id("ana"), session: "ana" as SessionId, how: "left" });
    const next = desk.next();
    next.now += seconds(6);
    expect(next.tell({ on: "tick" })).toMatchObject([{ to: "watchers", status: "offline" }]);
  });
});

type Case = {
  readonly life: readonly Deed[];
  readonly more: Partial<Rules>;
  /** Before which batches the owner changes. */
  readonly cuts: ReadonlySet<number>;
  /** Draws the order and the pages in which it is restored. */
  readonly order: readonly number[];
};

function check(judge: (drawn: Case) => void): void {
  const drawn = fc.record({
    life: lives({ shards: SHARDS, users: 4, rooms: 3, longest: 120 }),
    more: fc.record({
      presenceGraceMs: fc.constantFrom(0, 5000),
      resumeMs: fc.constantFrom(0, 60_000),
      historyEventsMax: fc.constantFrom(3, 256),
      historyBytesMax: fc.constantFrom(600, 262_144),
    }),
    cuts: fc.uniqueArray(fc.nat(60), { maxLength: 8 }).map((cuts) => new Set(cuts)),
    order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  });
  fc.assert(fc.property(drawn, judge), { numRuns: 200, seed: 20_261_121 });
}

function lived(life: readonly Deed[], more: Partial<Rules>): Crowd {
  const crowd = new Crowd(SHARDS, { ...rules, ...more });
  for (const deed of life) crowd.do(deed);
  crowd.settle();
  return crowd;
}

const desks = (more: Partial<Rules>) => {
  return Array.from({ length: SHARDS }, () => new Desk({ ...rules, ...more }));
};

function at(all: readonly Desk[], shard: number): Desk {
  const desk = all[shard];
  if (desk === undefined) throw new Error(`no shard ${shard}`);
  return desk;
}

/** What a desk left, as it comes out of a store: packed, in some order, in some pages. */
function pages({ live }: Desk, order: readonly number[]): readonly LiveEntries[] {
  const rank = (index: number) => ((order[index % order.length] ?? 0) * (index + 1)) % 997;
  const entries = [...live].map((entry, index) => ({ entry, rank: rank(index) }));
  entries.sort((one, other) => one.rank - other.rank);
  const packed = entries.map(({ entry: [key, value] }) => {
    return [key, packr.unpack(packr.pack(value))] as const;
  });
  const size = 1 + ((order[0] ?? 0) % 5);
  const count = Math.ceil(packed.length / size);
  return Array.from({ length: count }, (_, page) => {
    return new Map(packed.slice(page * size, (page + 1) * size));
  });
}

/** What was decided, without the order in which a shard comes upon rooms, users and gateways. */
function plain({ items, outbox, records }: Effects) {
  const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort();
  return {
    items: sorted(items.map(({ to, item }) => ({ to: [...to].sort(), item }))),
    outbox: sorted(outbox),
    records: sorted([...records]),
  };
}

const SHARDS = 3;
const rules: Partial<Rules> = {
  membersPerRoomMax: 2,
  roomsPerUserMax: 2,
  sessionsPerUserMax: 4,
  invitesQueuedMax: 2,
  historyMs: 1e12, // The past knows only when a batch was, not when each of its commands was.
};
const packr = new Packr({ useRecords: false, mapsAsObjects: true });
const PIT = "pit" as RoomId;
const id = (name: string): UserId => name as UserId;
const attach = (who: string, resume?: string): Command => {
  const name = { user: id(who), session: who as SessionId } as const;
  return { on: "attach", ...name, means: "idme", proven: false, resume };
};
const join = (who: string): Command => {
  return { on: "join", room: PIT, user: id(who), session: who as SessionId, invite: [] };
};
const act = (who: string): Command => {
  const actions = [{ at: undefined, fields: "" }];
  return { on: "act", room: PIT, session: who as SessionId, actions, extra: "" };
};
