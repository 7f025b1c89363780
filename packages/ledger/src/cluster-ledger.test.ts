import type { GatewayId } from "@roundhouse/kernel";
import { ModelBackbone, Trio, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { describeLedger, hearing, INBOX_MAX, NOTHING, owner, SHARDS } from "./ledger.contract.ts";
import type { Commit, Post } from "./ledger.ts";
import { describeSuccession } from "./succession.contract.ts";

const open = (options: { historyBytesMax?: number } = {}) => {
  const time = new VirtualTime();
  const { defer, later } = time;
  const backbone = new ModelBackbone({ shards: SHARDS, clock: time, defer });
  const parts = { backbone, shards: SHARDS, clock: time, defer, later, queueMax: INBOX_MAX };
  const trio = new Trio({ ...parts, ...options });
  return { time, backbone, trio };
};

describeLedger("in a cluster, over the model of the backbone", async () => {
  const { time, trio } = open();
  const settle = async (): Promise<void> => time.settle();
  return { ledger: trio, settle, close: async () => trio.close() };
});

describeSuccession("in a cluster, over the model of the backbone", async () => {
  const { time, trio } = open();
  const settle = async (): Promise<void> => time.settle();
  const nextOwner = () => trio.nextOwner();
  return { ledger: trio, settle, nextOwner, close: async () => trio.close() };
});

describe("a shard in its owner's hands", () => {
  const GATE = "gate" as GatewayId;

  /** An owner that commits each batch at once and keeps what it took. */
  const busy = (
    { trio }: ReturnType<typeof open>,
    work: (words: readonly string[]) => Partial<Commit<string, string, unknown>> = () => ({}),
  ) => {
    const taken: string[] = [];
    const restored: [string, unknown][] = [];
    const { ledger } = trio;
    trio.own(0, {
      restore: (live) => restored.push(...live),
      take: (posts) => {
        const words = posts.map(({ command }) => command);
        taken.push(...words);
        ledger.commit(0, { ...NOTHING, ...work(words) }, () => {});
      },
    });
    return { taken, restored };
  };

  it("goes on under its next owner: live state, inbox and numbers", () => {
    const house = open();
    const { trio, time } = house;
    const heard: string[] = [];
    trio.hear(
      GATE,
      hearing((items) => heard.push(...items)),
    );
    const speak = (words: readonly string[]) => ({
      items: words.map((item) => ({ to: [GATE], item })),
      live: new Map([["last", words.at(-1)]]),
    });
    const first = busy(house, speak);
    time.settle();
    trio.append(0, GATE, "a");
    time.settle();
    const before = trio.nextOwner();
    before.handOver(0, trio.node, () => {});
    trio.append(0, GATE, "b");
    time.settle();
    const second = busy(house, speak);
    time.settle();
    trio.append(0, GATE, "c");
    time.settle();
    expect(first.taken).toEqual(["a"]);
    expect(second.restored).toEqual([["last", "a"]]);
    expect(second.taken).toEqual(["b", "c"]);
    expect(heard).toEqual(["a", "b", "c"]);
    expect(trio.buses.get("gate")?.incoming.stats.repairs.size).toBe(0);
  });

  it("hands over only after the batch at work is committed", () => {
    const { trio, time, backbone } = open();
    const taken: Post<string>[][] = [];
    trio.own(
      0,
      owner((posts) => taken.push([...posts])),
    );
    time.settle();
    trio.append(0, GATE, "a");
    time.settle();
    const ledger = trio.nextOwner();
    let isDone: boolean | undefined;
    ledger.handOver(0, trio.node, (done) => {
      isDone = done;
    });
    time.settle();
    expect(isDone).toBeUndefined();
    ledger.commit(0, NOTHING, () => {});
    time.settle();
    expect(isDone).toBe(true);
    expect(ledger.holds(0)).toBe(false);
    expect(backbone.shards[0]?.holder.owner).toBe(trio.node);
  });

  it("is over at once for an owner that was deposed, and nothing of its batch happens", () => {
    const house = open();
    const { trio, time } = house;
    const ended: string[] = [];
    const heard: string[] = [];
    trio.hear(
      GATE,
      hearing((items) => heard.push(...items)),
    );
    trio.own(
      0,
      owner(() => {}),
    );
    time.settle();
    trio.append(0, GATE, "a");
    time.settle();
    const deposed = trio.nextOwner();
    deposed.fate = {
      opened: () => {},
      ended: (shard, why) => ended.push(`${shard} ${why}`),
    };
    const next = busy(house, (words) => ({
      items: words.map((word) => ({ to: [GATE], item: `${word} by the next` })),
    }));
    time.settle();
    deposed.commit(0, { ...NOTHING, items: [{ to: [GATE], item: "a by the deposed" }] }, () => {});
    time.settle();
    expect(ended).toEqual(["0 fenced"]);
    expect(deposed.stats.fenced).toBe(1);
    expect(next.taken).toEqual(["a"]);
    expect(heard).toEqual(["a by the next"]);
  });

  it("sends what the owner before had written and not sent", () => {
    const house = open();
    const { trio, time, backbone } = house;
    busy(house, ([word]) =>
      word === "a" ? { outbox: [{ shard: 1, command: "sent", lasts: false }] } : {},
    );
    time.settle();
    // The outbox cannot be brought: its shard's inbox does not answer the first owner.
    const { append } = backbone;
    backbone.append = (shard, batch, then) => {
      if (batch.sender !== "shard:0") append.call(backbone, shard, batch, then);
    };
    trio.append(0, GATE, "a");
    time.settle();
    backbone.append = append;
    trio.nextOwner().drop(0);
    busy(house);
    const other: string[] = [];
    const { ledger } = trio;
    trio.own(
      1,
      owner((posts) => {
        other.push(...posts.map(({ command }) => command));
        ledger.commit(1, NOTHING, () => {});
      }),
    );
    time.settle();
    expect(other).toEqual(["sent"]);
    // Struck out with the next commit.
    expect(backbone.shards[0]?.outbox.size).toBe(1);
    trio.append(0, GATE, "b");
    time.settle();
    expect(backbone.shards[0]?.outbox.size).toBe(0);
  });

  it("takes and commits nothing while it is paused, and everything after", () => {
    const house = open();
    const { trio, time } = house;
    const { taken } = busy(house);
    time.settle();
    trio.ledger.pause();
    trio.append(0, GATE, "a");
    time.settle();
    expect(taken).toEqual([]);
    trio.ledger.resume();
    time.settle();
    expect(taken).toEqual(["a"]);
  });

  it("finds an entry whose push was lost, with the next one or by itself", () => {
    const house = open();
    const { trio, time, backbone } = house;
    const { taken } = busy(house);
    time.settle();
    const stop = backbone.listen(trio.node, () => {}); // Takes the ear away.
    trio.append(0, GATE, "a");
    time.settle();
    expect(taken).toEqual([]);
    stop();
    time.pass(1_100);
    trio.beat();
    time.settle();
    expect(taken).toEqual(["a"]);
    expect(trio.ledger.stats.rereads.get("look")).toBe(1);
  });

  it("remembers for its next owner what was said", () => {
    const house = open();
    const { trio, time } = house;
    busy(house, (words) => ({ items: words.map((item) => ({ to: [GATE], item })) }));
    time.settle();
    for (const word of ["a", "b"]) {
      trio.append(0, GATE, word);
      time.settle();
    }
    trio.nextOwner().drop(0);
    busy(house);
    time.settle();
    const past: string[] = [];
    trio.recall(0, (told) => past.push(...told.map(({ item }) => item)));
    time.settle();
    expect(past).toEqual(["a", "b"]);
  });

  it("keeps no more history than its bound", () => {
    const house = open({ historyBytesMax: 500 });
    const { trio, time, backbone } = house;
    busy(house, (words) => ({
      items: words.map(() => ({ to: [GATE], item: "x".repeat(100) })),
    }));
    time.settle();
    for (let times = 0; times < 50; times++) {
      trio.append(0, GATE, "a");
      time.settle();
    }
    let kept = 0;
    backbone.history(0, 1, 1_000, (answer) => {
      if (answer.known) kept = answer.value.reduce((sum, { bytes }) => sum + bytes.length, 0);
    });
    time.settle();
    expect(kept).toBeGreaterThan(300);
    expect(kept).toBeLessThanOrEqual(500);
  });

  it("forgets a gateway that said its last word, and tells the others where their frames are", () => {
    const house = open();
    const { trio, time } = house;
    const both = [GATE, "other" as GatewayId];
    busy(house, (words) => ({ items: words.map((item) => ({ to: both, item })) }));
    time.settle();
    trio.append(0, GATE, "a");
    time.settle();
    const tails = () => [...trio.ledger.held].flatMap(({ tails }) => [...tails.lasts.keys()]);
    expect(tails()).toEqual(["gate", "other"]);
    trio.append(0, "other" as GatewayId, "goodbye");
    time.settle();
    expect(tails()).toEqual(["gate"]);
  });

  it("takes no more into one commit than its bound, whatever waits", () => {
    const house = open();
    const { trio, time } = house;
    for (let count = 0; count < 12; count++) {
      trio.append(0, GATE, count % 2 === 0 ? "heavy" : "light");
      time.settle();
    }
    const sizes: number[] = [];
    busy(house, (words) => {
      sizes.push(words.length);
      return {};
    });
    time.settle();
    expect(sizes).toEqual([9, 3]);
    expect(trio.ledger.stats.commits).toBe(2);
  });
});
