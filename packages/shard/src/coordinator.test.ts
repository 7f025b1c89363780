import { silentLog } from "@roundhouse/kernel";
import type { Backbone, Card, NodeId, Then } from "@roundhouse/ledger";
import { ModelBackbone, seconds, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { Coordinator } from "./coordinator.ts";
import { Lookout } from "./lookout.ts";
import { Membership } from "./membership.ts";

describe("a coordinator", () => {
  it("does nothing while somebody else is it", () => {
    const { time, model, coordinator, deeds } = office("b");
    time.pass(seconds(5));
    expect(coordinator.isActing).toBe(false);
    expect(deeds).toEqual([]);
    expect(model.shards.map(({ owner }) => owner)).toEqual(["", "", "", ""]);
  });

  it("begins when the one before is dead, and ends when its own lease is in doubt", () => {
    const { time, coordinator, trouble, deeds } = office("b");
    trouble.renewing = ["a"];
    time.pass(seconds(8));
    expect(coordinator.isActing).toBe(true);
    expect(deeds).toContain("declareDead b");
    trouble.renewing = [];
    time.pass(seconds(5));
    expect(coordinator.isActing).toBe(false);
    deeds.length = 0;
    time.pass(seconds(2));
    expect(deeds).toEqual([]);
  });

  it("gives every shard an owner, once", () => {
    const { time, model, coordinator, deeds } = office("a");
    time.pass(seconds(3));
    expect(deeds.sort()).toEqual(["assign 0", "assign 1", "assign 2", "assign 3"]);
    expect(model.shards.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1]);
    expect(coordinator.stats.takeOvers).toBe(4);
  });

  it("does not take from one who came after its census", () => {
    const { time, model, lookout, deeds } = office("a");
    time.pass(3050);
    deeds.length = 0;
    give(model, 2, "newcomer");
    model.renew("newcomer" as NodeId, card("newcomer"), () => {});
    lookout.look([2]);
    time.pass(seconds(3));
    expect(deeds.filter((deed) => deed.startsWith("assign"))).toEqual([]);
    expect(model.shards[2]?.owner).toBe("newcomer");
  });

  it("takes from one who is gone, as soon as a newer census confirms that", () => {
    const { time, model, lookout, deeds } = office("a");
    time.pass(3050);
    deeds.length = 0;
    give(model, 2, "gone");
    lookout.look([2]);
    time.pass(10);
    expect(deeds).toEqual(["assign 2"]);
    expect(["a", "b"]).toContain(model.shards[2]?.owner);
  });

  it("learns from a take-over that came too late", () => {
    const { time, model, lookout, coordinator } = office("a");
    time.pass(seconds(3));
    give(model, 1, "b");
    lookout.learn(1, { owner: "", epoch: 1 });
    lookout.look([0]);
    time.pass(10);
    expect(coordinator.stats.refused).toBe(1);
    expect(lookout.seen.get(1)).toMatchObject({ owner: "b", epoch: 2 });
    time.pass(seconds(2));
    expect(model.shards[1]?.owner).toBe("b");
  });

  it("asks once whether a node is dead that renewed just in time", () => {
    const { time, trouble, deeds, model } = office("a");
    time.pass(seconds(3));
    trouble.renewing = ["a"];
    trouble.isSparing = true;
    time.pass(6500);
    deeds.length = 0;
    time.pass(seconds(1));
    expect(deeds.filter((deed) => deed.startsWith("declareDead"))).toEqual(["declareDead b"]);
    expect(model.shards.filter(({ owner }) => owner === "b").length).toBe(2);
  });

  it("repeats what was not answered, and counts it", () => {
    const { time, model, trouble, coordinator } = office("a");
    trouble.answers = "lost";
    time.pass(seconds(2));
    expect(model.shards.every(({ epoch }) => epoch === 1)).toBe(true);
    expect(coordinator.stats.unknown).toBeGreaterThan(4);
    trouble.answers = "told";
    trouble.renewing = ["a"];
    time.pass(seconds(9));
    expect(coordinator.stats).toMatchObject({ dead: 1, buried: 1 });
    expect(model.shards.map(({ owner }) => owner)).toEqual(["a", "a", "a", "a"]);
  });

  it("goes on with a burial that another one began", () => {
    const { time, model, deeds, coordinator } = office("a");
    const g = "g" as NodeId;
    model.cluster.dead.add(g);
    model.bury(0, g, FAREWELL, () => {});
    model.bury(3, g, FAREWELL, () => {});
    time.pass(seconds(2));
    expect(deeds.filter((deed) => deed.includes(" g")).length).toBe(SHARDS + 1);
    expect(model.shards.map(({ entries }) => entries.length)).toEqual([1, 1, 1, 1]);
    expect(model.shards[1]?.entries[0]?.bytes).toEqual(FAREWELL);
    expect(model.cluster.dead.size).toBe(0);
    expect(coordinator.stats.buried).toBe(1);
  });

  it("counts moves that were made, and wishes that it took back", () => {
    const { time, model, coordinator } = office("a");
    time.pass(seconds(3));
    const c = "c" as NodeId;
    const renew = () => model.renew(c, card("c"), () => {});
    renew();
    time.every(1000, renew);
    time.pass(seconds(6));
    const [first] = model.cluster.wishes;
    expect(first?.[1]).toBe("c");
    expect(coordinator.movesOutstanding).toBe(1);
    give(model, first?.[0] ?? 0, "c");
    time.pass(seconds(2));
    expect(coordinator.stats).toMatchObject({ moves: 1, withdrawn: 0 });
    expect(model.cluster.wishes.size).toBe(0);
  });
});

const SHARDS = 4;
const FAREWELL = Uint8Array.of(7);
const card = (name: string): Card => ({ name, role: "shard", address: "", isLeaving: false });

function give(model: ModelBackbone, shard: number, next: string): void {
  const epoch = model.shards[shard]?.epoch ?? 0;
  model.assign(shard, { epoch, next: next as NodeId }, () => {});
}

/** Nodes a and b on one backbone, one of them there first; the coordinator of a is looked at. */
function office(first: "a" | "b") {
  const time = new VirtualTime();
  const model = new ModelBackbone({ shards: SHARDS, clock: time, defer: time.defer });
  const trouble = {
    renewing: ["a", "b"] as readonly string[],
    answers: "told" as "told" | "lost",
    isSparing: false,
  };
  const deeds: string[] = [];
  const parts = { clock: time, later: time.later, defer: time.defer, log: silentLog };
  const did = <Value>(deed: string, then: Then<Value>): Then<Value> => {
    deeds.push(deed);
    const isLost = trouble.answers === "lost";
    return isLost ? () => time.later(() => then({ known: false, why: "lost" }), 100) : then;
  };
  const backbone: Pick<
    Backbone,
    "assign" | "declareDead" | "wish" | "bury" | "forget" | "renew" | "leave" | "holder"
  > = {
    assign: (shard, change, then) => model.assign(shard, change, did(`assign ${shard}`, then)),
    declareDead: (node, then) => {
      const told = did(`declareDead ${node}`, then);
      if (trouble.isSparing) time.defer(() => told({ known: true, value: false }));
      else model.declareDead(node, told);
    },
    wish: (wishes, then) => model.wish(wishes, did("wish", then)),
    bury: (shard, node, bytes, then) => {
      model.bury(shard, node, bytes, did(`bury ${node} ${shard}`, then));
    },
    forget: (node, then) => model.forget(node, did(`forget ${node}`, then)),
    renew: (node, its, then) => {
      if (trouble.renewing.includes(node)) model.renew(node, its, then);
      else time.later(() => then({ known: false, why: "cut off" }), 100);
    },
    leave: (node, then) => model.leave(node, then),
    holder: (shard, then) => model.holder(shard, then),
  };
  const join = (name: string): Membership => {
    return new Membership({ ...parts, backbone, node: name as NodeId, card: () => card(name) });
  };
  const [membership, other] = [join("a"), join("b")];
  const lookout = new Lookout({ ...parts, shards: SHARDS, backbone, membership });
  const of = { shards: SHARDS, backbone, membership, lookout, lastWord: () => FAREWELL };
  const coordinator = new Coordinator({ ...parts, ...of });
  model.renew(first as NodeId, card(first), () => {});
  for (const one of [other, membership]) one.beat();
  return { time, model, membership, lookout, coordinator, trouble, deeds };
}
