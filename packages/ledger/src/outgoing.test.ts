import { type GatewayId, silentLog } from "@roundhouse/kernel";
import { VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Append, Appended, NodeId, Then } from "./backbone.ts";
import { decodePosts } from "./cluster-wire.ts";
import { msgpack } from "./msgpack-codec.ts";
import { Outgoing } from "./outgoing.ts";

const codec = { ...msgpack, isFarewell: () => false, weightOf: () => 1 };
const GATE = "gate" as GatewayId;

/** A node before an inbox that answers when it is told to. */
function desk({ queueMax = 10 } = {}) {
  const time = new VirtualTime();
  const batches: (Append & { readonly shard: number })[] = [];
  const answers: Then<Appended>[] = [];
  let buried = 0;
  const outgoing = new Outgoing<string>({
    node: "gate" as NodeId,
    shards: 2,
    codec,
    clock: time,
    log: silentLog,
    defer: time.defer,
    later: time.later,
    queueMax,
    inboxMax: 100,
    buried: () => buried++,
    backbone: {
      append: (shard, batch, then) => {
        batches.push({ ...batch, shard });
        answers.push(then);
      },
    },
  });
  return {
    time,
    outgoing,
    says: (...words: readonly string[]) => words.map((word) => outgoing.append(0, GATE, word)),
    /** What was sent: number and words. */
    sent: () =>
      batches.map(({ number, bytes }) => {
        return `${number}: ${decodePosts(codec, bytes, "gate").map(({ command }) => command)}`;
      }),
    batches,
    takes: (value: Appended = { at: "taken" }) => {
      answers.shift()?.({ known: true, value });
      time.settle();
    },
    loses: () => answers.shift()?.({ known: false, why: "lost" }),
    buried: () => buried,
  };
}

describe("what a node says to a shard", () => {
  it("leaves as one batch a turn", () => {
    const { says, sent, time, batches } = desk();
    says("a", "b");
    expect(sent()).toEqual([]);
    time.settle();
    expect(sent()).toEqual(["1: a,b"]);
    expect(batches[0]).toMatchObject({ shard: 0, sender: "gate", most: 100 });
  });

  it("gathers while a batch is on its way", () => {
    const { says, sent, time, takes } = desk();
    says("a");
    time.settle();
    says("b");
    time.settle();
    says("c");
    time.settle();
    expect(sent()).toEqual(["1: a"]);
    takes();
    expect(sent()).toEqual(["1: a", "2: b,c"]);
  });

  it("is sent again as it was when the answer is lost, whatever came meanwhile", () => {
    const { says, sent, time, loses } = desk();
    says("a");
    time.settle();
    says("b");
    loses();
    time.pass(100);
    expect(sent()).toEqual(["1: a", "1: a"]);
  });

  it("of two shards does not wait for each other", () => {
    const { says, outgoing, time, batches } = desk();
    says("a");
    outgoing.append(1, GATE, "b");
    time.settle();
    expect(batches.map(({ shard, number }) => `${shard}: ${number}`)).toEqual(["0: 1", "1: 1"]);
  });

  it("is refused beyond the queue, and taken again when there is room", () => {
    const { says, time, takes, outgoing } = desk({ queueMax: 2 });
    expect(says("a", "b", "c").map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(says("d")[0]).toMatchObject({ code: "inbox_full", facts: { most: 2 } });
    time.settle();
    takes();
    expect(says("e")[0]?.ok).toBe(true);
    expect(outgoing.stats).toMatchObject({ appended: 3, refused: 2 });
  });

  it("waits five seconds for a backbone in trouble, then is refused until it answers", () => {
    const { says, time, loses, takes, sent } = desk();
    says("a");
    time.settle();
    loses();
    time.pass(4_000);
    expect(says("b")[0]?.ok).toBe(true);
    time.pass(1_500);
    expect(says("c")[0]).toMatchObject({ code: "shard_unavailable" });
    takes();
    time.pass(10);
    expect(says("d")[0]?.ok).toBe(true);
    takes();
    expect(sent().slice(-2)).toEqual(["2: b", "3: d"]);
  });

  it("goes on from what the shard has when the backbone lost what it had taken", () => {
    const { says, time, takes, sent, outgoing } = desk();
    for (const word of ["a", "b"]) {
      says(word);
      time.settle();
      takes();
    }
    says("c");
    time.settle();
    takes({ at: "gap", last: 0 });
    time.pass(100);
    expect(sent()).toEqual(["1: a", "2: b", "3: c", "1: c"]);
    expect(outgoing.stats.lost).toBe(2);
    takes();
    says("d");
    time.settle();
    expect(sent().at(-1)).toBe("2: d");
  });

  it("is refused for good once the node is buried, and that is told once", () => {
    const { says, outgoing, time, takes, buried } = desk();
    says("a");
    outgoing.append(1, GATE, "b");
    time.settle();
    takes({ at: "buried" });
    takes({ at: "buried" });
    expect(buried()).toBe(1);
    expect(says("c")[0]).toMatchObject({ code: "shard_unavailable" });
  });
});

describe("a node that ends", () => {
  it("knows when everything it said is in the inboxes", () => {
    const { says, outgoing, time, takes } = desk();
    let isFlushed = false;
    says("a");
    outgoing.flushed(() => {
      isFlushed = true;
    });
    time.settle();
    says("b");
    takes();
    time.pass(20);
    expect(isFlushed).toBe(false);
    takes();
    time.pass(20);
    expect(isFlushed).toBe(true);
    expect(outgoing.depth()).toEqual({ commands: 0, oldestSeconds: 0 });
  });
});
