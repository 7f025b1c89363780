import { silentLog } from "@roundhouse/kernel";
import type { Answered, Census, Holder, NodeId, Renewed, Then } from "@roundhouse/ledger";
import { seconds, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { Lookout } from "./lookout.ts";
import { Membership } from "./membership.ts";

describe("a lookout", () => {
  it("looks at everything each second after the cluster changed, and seldom when it has not", () => {
    const { time, asked, census } = watching();
    time.pass(1010);
    expect(asked().length).toBe(2 * SHARDS);
    time.pass(seconds(20));
    asked();
    time.pass(seconds(20));
    expect(asked().length).toBe(2 * SHARDS);
    census.coordinator = "b" as NodeId;
    time.pass(seconds(3));
    expect(asked().length).toBe(3 * SHARDS);
  });

  it("looks twice as often for a coordinator", () => {
    const { time, asked, census } = watching();
    census.coordinator = ME;
    time.pass(seconds(20));
    asked();
    time.pass(seconds(20));
    expect(asked().length).toBe(4 * SHARDS);
  });

  it("looks each second while shards are on their way", () => {
    const { time, asked, census } = watching();
    time.pass(20_010);
    asked();
    census.wishes = new Map([[1, "b" as NodeId]]);
    time.pass(seconds(5));
    expect(asked().length).toBe(5 * SHARDS);
  });

  it("looks soon after it was disturbed, but not all the time", () => {
    const { time, asked, lookout } = watching();
    time.pass(20_500);
    asked();
    lookout.disturb();
    lookout.disturb();
    time.pass(100);
    lookout.disturb();
    expect(asked().length).toBe(SHARDS);
  });

  it("tells who holds what, and when everything was seen", () => {
    const { time, seen } = watching();
    time.pass(10);
    expect(seen).toEqual(["0 a1", "1 a2", "2 a3", "settled"]);
  });

  it("does not let an answer to an older question undo what was learned since", () => {
    const { time, lookout, seen } = watching();
    time.pass(10);
    seen.length = 0;
    lookout.look([1]);
    lookout.learn(1, { owner: "b" as NodeId, epoch: 9 });
    time.pass(10);
    expect(lookout.seen.get(1)).toMatchObject({ owner: "b", epoch: 9 });
    expect(seen).toEqual(["1 b9", "settled"]);
  });

  it("believes an answer to a newer question, even when epochs went back", () => {
    const { time, lookout } = watching();
    time.pass(10);
    lookout.learn(1, { owner: "b" as NodeId, epoch: 9 });
    lookout.look([1]);
    time.pass(10);
    expect(lookout.seen.get(1)).toMatchObject({ owner: "a", epoch: 2 });
  });

  it("asks once more after an answer that may be too old already", () => {
    const { time, lookout, asked } = watching();
    time.pass(10);
    asked();
    lookout.look([1]);
    lookout.look([1]);
    time.pass(10);
    expect(asked()).toEqual([1, 1]);
  });

  it("asks again when an answer was lost, and is settled only then", () => {
    const { time, lookout, asked, seen, trouble } = watching();
    time.pass(10);
    asked();
    seen.length = 0;
    trouble.isDown = true;
    lookout.look([2]);
    time.pass(100);
    expect(seen).toEqual([]);
    trouble.isDown = false;
    time.pass(200);
    expect(asked()).toEqual([2, 2]);
    expect(seen).toEqual(["2 a3", "settled"]);
  });

  it("gives up while the lease is in doubt", () => {
    const { time, asked, lookout, trouble } = watching();
    time.pass(10);
    trouble.isDown = true;
    time.pass(seconds(5));
    asked();
    time.pass(seconds(20));
    expect(asked()).toEqual([]);
    expect(lookout.isSettled).toBe(true);
  });
});

const SHARDS = 3;
const ME = "a" as NodeId;

/** A lookout of a member whose census the test changes; shard k is a's, in epoch k + 1. */
function watching() {
  const time = new VirtualTime();
  const trouble = { isDown: false };
  const census = {
    now: 0,
    graceUntil: 0,
    coordinator: "" as NodeId | "",
    members: [],
    drained: [],
    dead: [],
    wishes: new Map<number, NodeId>(),
  } satisfies Census;
  const answer = <Value>(then: Then<Value>, value: Value): void => {
    const answered: Answered<Value> = trouble.isDown
      ? { known: false, why: "down" }
      : { known: true, value };
    time.later(() => then(answered), 1);
  };
  let questions: number[] = [];
  const backbone = {
    renew: (_: NodeId, __: unknown, then: Then<Renewed>) => {
      answer<Renewed>(then, { at: "renewed", census: { ...census } });
    },
    leave: () => {},
    holder: (shard: number, then: Then<Holder>) => {
      questions.push(shard);
      answer(then, { owner: ME, epoch: shard + 1 });
    },
  };
  const parts = { backbone, clock: time, later: time.later, log: silentLog };
  const card = () => ({ name: "a", role: "shard", address: "" }) as const;
  const membership = new Membership({ ...parts, node: ME, card });
  const lookout = new Lookout({ ...parts, membership, shards: SHARDS });
  const seen: string[] = [];
  lookout.watch({
    seen: (shard, { owner, epoch }) => seen.push(`${shard} ${owner}${epoch}`),
    settled: () => seen.push("settled"),
  });
  membership.beat();
  const asked = (): readonly number[] => {
    const before = questions;
    questions = [];
    return before;
  };
  return { time, lookout, census, asked, seen, trouble };
}
