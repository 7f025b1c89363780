import type { Card, Census, Member, NodeId } from "@roundhouse/ledger";
import { describe, expect, it } from "vitest";
import { assign, hosts, type Owners } from "./assignment.ts";

describe("an assignment of shards to nodes", () => {
  it("gives every shard one owner, and no node two more than another", () => {
    for (const { shards, nodes, held } of cases()) {
      const owners = assign({ shards, nodes, held });
      expect([...owners.keys()].sort(byNumber)).toEqual(shards);
      const loads = loadsOf(owners, nodes);
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      expect(Math.max(...loads)).toBe(Math.ceil(shards.length / nodes.length));
    }
  });

  it("takes no more shards from their holders than balance demands", () => {
    for (const { shards, nodes, held } of cases()) {
      const owners = assign({ shards, nodes, held });
      expect(taken(held, owners, nodes)).toBe(fewest(shards.length, loadsOf(held, nodes)));
    }
  });

  it("does not depend on the order in which it is told", () => {
    for (const { shards, nodes, held } of cases()) {
      const owners = assign({ shards, nodes, held });
      const turned = assign({
        shards: [...shards].reverse(),
        nodes: [...nodes, ...nodes].reverse(),
        held: new Map([...held].reverse()),
      });
      expect([...turned].sort(byShard)).toEqual([...owners].sort(byShard));
    }
  });

  it("stays with its answer after any part of the moves", () => {
    const random = dice(7);
    for (const { shards, nodes, held } of cases()) {
      const owners = assign({ shards, nodes, held });
      const part = new Map(held);
      for (const [shard, owner] of owners) if (random(2) === 0) part.set(shard, owner);
      expect(assign({ shards, nodes, held: part })).toEqual(owners);
    }
  });

  it("leaves everything where it is when nothing has changed", () => {
    const first = assign({ shards: upTo(64), nodes: names(5), held: new Map() });
    expect(assign({ shards: upTo(64), nodes: names(5), held: first })).toEqual(first);
  });

  it("from three nodes to five, moves only to the new ones, and only their share", () => {
    const three = assign({ shards: upTo(64), nodes: names(3), held: new Map() });
    const five = assign({ shards: upTo(64), nodes: names(5), held: three });
    const moved = [...five].filter(([shard, node]) => three.get(shard) !== node);
    expect(moved.every(([, node]) => node === names(5)[3] || node === names(5)[4])).toBe(true);
    expect(moved.length).toBe(64 - 3 * 13);
  });

  it("when a node is gone, moves its shards alone", () => {
    const five = assign({ shards: upTo(64), nodes: names(5), held: new Map() });
    const four = assign({ shards: upTo(64), nodes: names(4), held: five });
    const moved = [...four].filter(([shard, node]) => five.get(shard) !== node);
    expect(moved.every(([shard]) => five.get(shard) === names(5)[4])).toBe(true);
  });

  it("spreads what a node leaves over all others", () => {
    const eight = assign({ shards: upTo(64), nodes: names(8), held: new Map() });
    const seven = assign({ shards: upTo(64), nodes: names(7), held: eight });
    const gained = [...seven].filter(([shard, node]) => eight.get(shard) !== node);
    expect(new Set(gained.map(([, node]) => node)).size).toBe(7);
  });

  it("is nobody without nodes", () => {
    expect(assign({ shards: upTo(8), nodes: [], held: new Map() }).size).toBe(0);
  });

  it("gives one node everything, and more nodes than shards at most one each", () => {
    expect(
      loadsOf(assign({ shards: upTo(8), nodes: names(1), held: new Map() }), names(1)),
    ).toEqual([8]);
    const sparse = assign({ shards: upTo(3), nodes: names(5), held: new Map() });
    expect(loadsOf(sparse, names(5)).sort()).toEqual([0, 0, 1, 1, 1]);
  });
});

describe("a node that may be given shards", () => {
  it("is a shard node that lives, stays and is wanted", () => {
    const members = [
      member("a"),
      member("b", { role: "gateway" }),
      member("c", { isLeaving: true }),
      member("d", { name: "empty" }),
      { ...member("e"), until: 900 },
      member("f"),
    ];
    expect(hosts(census({ members, drained: ["empty"] }))).toEqual(["a", "f"]);
    expect(hosts(census({ members, drained: ["empty"] }), "a" as NodeId)).toEqual(["f"]);
  });

  it("may have a lease that ran out while the backbone was away", () => {
    const members = [{ ...member("a"), until: 900 }];
    expect(hosts(census({ members, graceUntil: 5000 }))).toEqual(["a"]);
  });

  it("may be one that is to be empty, when there is no other", () => {
    const members = [member("a", { name: "empty" }), member("b", { isLeaving: true })];
    expect(hosts(census({ members, drained: ["empty"] }))).toEqual(["a"]);
  });
});

/** Many holdings, from none to all, by nodes that are there and nodes that are not. */
function* cases() {
  const random = dice(1);
  for (let round = 0; round < 400; round++) {
    const shards = upTo(1 + random(80));
    const nodes = names(1 + random(9));
    const holders = names(10).slice(random(9));
    const isFull = random(2) === 0;
    const held = new Map<number, NodeId>();
    for (const shard of shards) {
      const holder = holders[random(holders.length)];
      if (holder !== undefined && (isFull || random(4) > 0)) held.set(shard, holder);
    }
    yield { shards, nodes, held };
  }
}

/** The least that must be taken from its holders so that loads differ by at most one. */
function fewest(shards: number, loads: readonly number[]): number {
  const least = Math.floor(shards / loads.length);
  const larger = shards % loads.length;
  const above = loads.filter((load) => load > least).length;
  const surplus = loads.reduce((sum, load) => sum + Math.max(0, load - least), 0);
  return surplus - Math.min(above, larger);
}

const taken = (held: Owners, owners: Owners, nodes: readonly NodeId[]): number => {
  const theirs = [...held].filter(([, holder]) => nodes.includes(holder));
  return theirs.filter(([shard, holder]) => owners.get(shard) !== holder).length;
};
const loadsOf = (owners: Owners, nodes: readonly NodeId[]): number[] => {
  return nodes.map((node) => [...owners.values()].filter((owner) => owner === node).length);
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, shard) => shard);
const names = (count: number): NodeId[] => upTo(count).map((index) => `node-${index}` as NodeId);
const byNumber = (a: number, b: number): number => a - b;
const byShard = (a: readonly [number, string], b: readonly [number, string]): number => a[0] - b[0];

function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const member = (node: string, card: Partial<Card> = {}): Member => {
  const plain: Card = { name: node, role: "shard", address: "", isLeaving: false };
  return { ...plain, ...card, node: node as NodeId, until: 7000 };
};
const census = (facts: Partial<Census>): Census => {
  const none = { members: [], drained: [], dead: [], wishes: new Map<number, NodeId>() };
  return { now: 1000, graceUntil: 0, coordinator: "", ...none, ...facts };
};
