import {
  Desk,
  type Village,
  type VillageDeed,
  VillageLife,
  villageLives,
} from "@roundhouse/testkit";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import type { Effects } from "./effects.ts";
import { liveEntries } from "./live.ts";

describe("a shard of accounts whose owner changes, whatever happened before", () => {
  it("decides everything further as the owner before would have, records and mail included", () => {
    check(({ batches }, cuts) => {
      const [first, later] = [desks(), desks()];
      for (const [index, { shard, posts }] of batches.entries()) {
        const one = at(first, shard);
        if (cuts.has(index)) later[shard] = heirOf(at(later, shard), one);
        const other = at(later, shard);
        const decided = plain(one.run(structuredClone(posts)));
        expect(plain(other.run(structuredClone(posts)))).toEqual(decided);
      }
      for (let shard = 0; shard < SHARDS; shard++) {
        expect(at(later, shard).live).toEqual(at(first, shard).live);
        expect(at(later, shard).records).toEqual(at(first, shard).records);
      }
    });
  });

  it("is told of every change and of nothing that is no more, and never of an account", () => {
    check(({ batches }) => {
      const all = desks();
      for (const { shard, posts } of batches) {
        const desk = at(all, shard);
        desk.run(posts);
        expect(desk.live).toEqual(liveEntries(desk.state));
        expect(JSON.stringify([...desk.live])).not.toContain("proof");
      }
    });
  });

  it("says what can cross a process: cloned or packed it stays the same", () => {
    check(({ batches }) => {
      for (const { effects } of batches) {
        const { items, outbox } = effects;
        const said = { items, outbox, records: [...effects.records] };
        expect(structuredClone(said)).toStrictEqual(said);
        expect(packr.unpack(packr.pack(said))).toStrictEqual(said);
      }
    });
  });
});

type Judge = (village: Village, cuts: ReadonlySet<number>) => void;

/** Nobody is killed here: what is not durable is what is handed on. */
function check(judge: Judge): void {
  const deeds = villageLives({
    shards: SHARDS,
    users: USERS,
    longest: 200,
    successions: 0,
    restarts: 0,
  });
  const cuts = fc.uniqueArray(fc.nat(120), { maxLength: 20 });
  const live = (life: readonly VillageDeed[], cuts: readonly number[]): void => {
    const lived = new VillageLife(rules, { shards: SHARDS, users: USERS });
    for (const deed of life) lived.do(deed);
    lived.end();
    judge(lived.village, new Set(cuts));
  };
  fc.assert(fc.property(deeds, cuts, live), { numRuns: 100, seed: 20_261_121, endOnFailure: true });
}

/** The next owner, with what comes out of a store. */
function heirOf(desk: Desk, first: Desk): Desk {
  const entries = [...desk.live].map(([key, value]) => [key, packr.unpack(packr.pack(value))]);
  const live = new Map(entries as [string, unknown][]);
  const next = desk.next([live]);
  // A next owner leaves out the numbers that may have been given; to compare, it gives the same here.
  const { numbers } = first.state;
  next.state.numbers = numbers && { ...numbers };
  return next;
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

function at(all: readonly Desk[], shard: number): Desk {
  const desk = all[shard];
  if (desk === undefined) throw new Error(`no shard ${shard}`);
  return desk;
}

const desks = () => {
  return Array.from({ length: SHARDS }, (_, shard) => new Desk(rules, { shard, shards: SHARDS }));
};

const SHARDS = 2;
const USERS = 3;
const rules = {
  friendsMax: 2,
  requestsMax: 2,
  mailMax: 5,
  roomsPerUserMax: 2,
  sessionsPerUserMax: 4,
  resumeMs: 60_000,
  historyMs: 1e12,
};
const packr = new Packr({ useRecords: false });
