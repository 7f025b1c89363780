import type { Card, Census, Holder, Member, NodeId } from "@roundhouse/ledger";
import { describe, expect, it } from "vitest";
import { NO_MEMORY, type Plan, plan, type Step, type View } from "./plan.ts";

describe("what a coordinator does about a node whose lease has ended", () => {
  it("declares it dead, and leaves its shards alone until it is", () => {
    const members = [member("a"), { ...member("b"), until: 999 }];
    const { steps } = planned({ members, owners: ["a", "b", "a", "b"] });
    expect(steps).toEqual([{ do: "declareDead", node: "b" }]);
  });

  it("does nothing of the kind while the backbone has only just come back", () => {
    const members = [member("a"), { ...member("b"), until: 999 }];
    const { steps } = planned({ members, owners: ["a", "b", "a", "b"], graceUntil: 1001 });
    expect(steps).toEqual([]);
  });

  it("takes over all shards of the dead at once", () => {
    const { steps } = planned({ owners: ["a", "b", "b", "b"], dead: ["b"] });
    expect(only(steps, "assign")).toEqual([
      { do: "assign", shard: 1, epoch: 1, next: "a" },
      { do: "assign", shard: 2, epoch: 1, next: "a" },
      { do: "assign", shard: 3, epoch: 1, next: "a" },
    ]);
  });

  it("takes over what nobody owns, and what is owned by one who is gone", () => {
    const { steps } = planned({ owners: ["", "gone", "a", "a"] });
    expect(shardsOf(steps, "assign")).toEqual([0, 1]);
  });

  it("in grace gives away what nobody owns, and takes nothing from anybody", () => {
    const { steps } = planned({ owners: ["", "gone", "a", "a"], graceUntil: 1001 });
    expect(shardsOf(steps, "assign")).toEqual([0]);
  });

  it("spreads what is taken over, and moves nothing else for it", () => {
    const members = ["a", "b", "c"].map((node) => member(node));
    const owners = ["a", "b", "c", "d", "a", "b", "c", "d", "d"];
    const { steps } = planned({ members, owners, dead: ["d"] });
    const next = only(steps, "assign").map((step) => step.next);
    expect([...next].sort()).toEqual(["a", "b", "c"]);
    expect(only(steps, "wish")).toEqual([]);
  });

  it("buries the dead in every shard that is not done, then forgets them", () => {
    const facts = { owners: ["a", "a", "a"], dead: ["g"] };
    expect(shardsOf(planned(facts).steps, "bury")).toEqual([0, 1, 2]);
    const some = { ...NO_MEMORY, buried: new Map([["g" as NodeId, new Set([0, 2])]]) };
    expect(planned(facts, { memory: some }).steps).toEqual([{ do: "bury", node: "g", shard: 1 }]);
    const all = { ...NO_MEMORY, buried: new Map([["g" as NodeId, new Set([0, 1, 2])]]) };
    expect(planned(facts, { memory: all }).steps).toEqual([{ do: "forget", node: "g" }]);
  });

  it("has nobody to give shards to when only gateways are left", () => {
    const members = [member("g", { role: "gateway" })];
    expect(planned({ members, owners: ["b", ""], dead: ["b"] }).steps).toEqual([
      { do: "bury", node: "b", shard: 0 },
      { do: "bury", node: "b", shard: 1 },
    ]);
  });

  it("gives nothing to one that was not heard lately, as long as there is another", () => {
    const silent = { ...member("b"), until: 3999 };
    const owners = ["a", "b", "a", "b", "", ""];
    const next = (members: readonly Member[]) => {
      return only(planned({ members, owners }).steps, "assign").map((step) => step.next);
    };
    expect(next([member("a"), member("b")]).sort()).toEqual(["a", "b"]);
    expect(next([member("a"), silent])).toEqual(["a", "a"]);
    expect(next([{ ...member("a"), until: 3999 }, silent]).sort()).toEqual(["a", "b"]);
    const drained = { members: [member("a"), silent], owners, drained: ["a"] };
    expect(only(planned(drained).steps, "wish")).toEqual([]);
  });

  it("leaves alone what it does not know", () => {
    const { steps } = planned({ owners: ["a", undefined, "", "a"] });
    expect(shardsOf(steps, "assign")).toEqual([2]);
  });
});

describe("what a coordinator wishes", () => {
  const members = [member("a"), member("b")];
  const owners = Array.from({ length: 16 }, () => "a");

  it("is nothing before the same nodes have been there for three seconds", () => {
    const first = planned({ members, owners }, { now: 500 });
    expect(first.steps).toEqual([]);
    const early = planned({ members, owners }, { now: 3499, memory: first.memory });
    expect(early.steps).toEqual([]);
    const late = planned({ members, owners }, { now: 3500, memory: early.memory });
    expect(wishesOf(late).length).toBe(4);
    expect(wishesOf(late).every(([, to]) => to === "b")).toBe(true);
  });

  it("starts to wait again when another node comes", () => {
    const more = [...members, member("c")];
    const { steps } = planned({ members: more, owners }, steady(members));
    expect(steps).toEqual([]);
  });

  it("does not start to wait again when a gateway comes", () => {
    const more = [...members, member("g", { role: "gateway" })];
    expect(wishesOf(planned({ members: more, owners }, steady(members))).length).toBe(4);
  });

  it("is never more than four at a time, one for each that was fulfilled", () => {
    const first = wishesOf(planned({ members, owners }, steady(members))).map(([shard]) => shard);
    const wished = Object.fromEntries(first.map((shard) => [shard, "b"]));
    expect(planned({ members, owners, wishes: wished }, steady(members)).steps).toEqual([]);
    const done = owners.map((owner, shard) => (shard === first[0] ? "b" : owner));
    const next = wishesOf(planned({ members, owners: done, wishes: wished }, steady(members)));
    expect(next[0]).toEqual([first[0], undefined]);
    expect(next.length).toBe(2);
  });

  it("ends when all have their share", () => {
    let held = owners;
    let moves = 0;
    for (;;) {
      const wishes = wishesOf(planned({ members, owners: held }, steady(members)));
      if (wishes.length === 0) break;
      moves += wishes.length;
      const to = new Map(wishes);
      held = held.map((owner, shard) => to.get(shard) ?? owner);
    }
    expect(moves).toBe(8);
  });

  it("is at once that a drained or leaving node is empty, balanced or not", () => {
    const drained = planned({ members, owners: ["a", "b", "a", "b"], drained: ["b"] });
    expect(wishesOf(drained)).toEqual([
      [1, "a"],
      [3, "a"],
    ]);
    const leaving = [member("a"), member("b", { isLeaving: true })];
    expect(wishesOf(planned({ members: leaving, owners: ["a", "b", "a", "b"] }))).toEqual([
      [1, "a"],
      [3, "a"],
    ]);
  });

  it("is nothing when there is no other node to drain to", () => {
    const alone = { members: [member("a")], owners: ["a", "a"], drained: ["a"] };
    expect(planned(alone).steps).toEqual([]);
  });

  it("is taken back when it is fulfilled, or its target or its owner is gone", () => {
    const facts = { members, owners: ["b", "a", "c", "a"], wishes: { 0: "b", 1: "c", 2: "b" } };
    const back = new Map(wishesOf(planned(facts)));
    expect(back).toEqual(
      new Map([
        [0, undefined],
        [1, undefined],
        [2, undefined],
      ]),
    );
  });

  it("does not change while not all owners are known", () => {
    const some = owners.map((owner, shard) => (shard === 9 ? undefined : owner));
    const facts = { members, owners: some, wishes: { 1: "b", 2: "b" } };
    expect(planned(facts, steady(members)).steps).toEqual([]);
  });

  it("is nothing while the backbone has only just come back", () => {
    const facts = { members, owners, drained: ["a"], graceUntil: 1001 };
    expect(planned(facts, steady(members)).steps).toEqual([]);
  });
});

type Facts = {
  readonly owners: readonly (string | undefined)[];
  readonly members?: readonly Member[];
  readonly dead?: readonly string[];
  readonly drained?: readonly string[];
  readonly graceUntil?: number;
  readonly wishes?: Readonly<Record<number, string>>;
};

/** At 1000 by the backbone's clock; every shard is in its first epoch. */
function planned(facts: Facts, more: Partial<Pick<View, "memory" | "now">> = {}): Plan {
  const { owners, members = [member("a")], dead = [], drained = [], graceUntil = 0 } = facts;
  const wishes = Object.entries(facts.wishes ?? {}).map(([shard, to]) => {
    return [Number(shard), to as NodeId] as const;
  });
  const census: Census = {
    now: 1000,
    coordinator: "a" as NodeId,
    members,
    graceUntil,
    drained,
    wishes: new Map(wishes),
    dead: dead as readonly NodeId[],
  };
  const holders = new Map<number, Holder>();
  for (const [shard, owner] of owners.entries()) {
    if (owner !== undefined) holders.set(shard, { owner: owner as NodeId, epoch: 1 });
  }
  return plan({ census, holders, shards: owners.length, memory: NO_MEMORY, now: 0, ...more });
}

/** What is remembered when these nodes have been there for long. */
function steady(members: readonly Member[]): Pick<View, "memory" | "now"> {
  const { memory } = planned({ members, owners: [] });
  return { memory, now: 3000 };
}

const only = <Kind extends Step["do"]>(steps: readonly Step[], kind: Kind) => {
  return steps.filter((step): step is Extract<Step, { do: Kind }> => step.do === kind);
};
const shardsOf = (steps: readonly Step[], kind: "assign" | "bury"): number[] => {
  return only(steps, kind).map(({ shard }) => shard);
};
const wishesOf = ({ steps }: Plan): (readonly [number, NodeId | undefined])[] => {
  return only(steps, "wish").flatMap(({ changes }) => [...changes]);
};
const member = (node: string, card: Partial<Card> = {}): Member => {
  const plain: Card = { name: node, role: "shard", address: "", isLeaving: false };
  return { ...plain, ...card, node: node as NodeId, until: 7000 };
};
