import type { GatewayId } from "@roundhouse/kernel";
import { silentLog } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import type { Answered, Heard, NodeId, Passage } from "./backbone.ts";
import { encodeBeacon, encodeFrame, encodePassage } from "./cluster-wire.ts";
import { Incoming } from "./incoming.ts";
import { msgpack } from "./msgpack-codec.ts";

const codec = { ...msgpack, isFarewell: () => false, weightOf: () => 1 };
const ME = "me" as NodeId;
const GATEWAY = "me" as GatewayId;
const OTHER = "other" as GatewayId;

type Reply = (answer: Answered<readonly Passage[]>) => void;

/** A shard whose commits are numbered from 1; `mine` are those that concern this gateway. */
function shard({ commits, mine, kept = 1 }: { commits: number; mine: number[]; kept?: number }) {
  const before = (commit: number) => mine.filter((it) => it < commit).at(-1) ?? 0;
  const item = (commit: number) => codec.encode(`word ${commit}`);
  const passages = Array.from({ length: commits }, (_, index): Passage => {
    const commit = index + 1;
    const to = mine.includes(commit) ? [GATEWAY] : [OTHER];
    const tails = to.map((gateway) => [gateway, before(commit)] as const);
    const bytes = encodePassage(codec, { at: commit, tails }, [{ to, bytes: item(commit) }]);
    return { commit, bytes };
  }).filter(({ commit }) => commit >= kept);

  const asked: number[] = [];
  const replies: Reply[] = [];
  const timers: (() => void)[] = [];
  const events: string[] = [];
  const incoming = new Incoming<string>({
    node: ME,
    shards: 1,
    codec,
    log: silentLog,
    later: (run) => timers.push(run),
    backbone: {
      history: (_shard, from, _most, then) => {
        asked.push(from);
        replies.push(then);
      },
    },
  });
  incoming.hear(GATEWAY, {
    frame: ({ items }) => events.push(...items),
    missed: () => events.push("missed"),
  });
  const hear = (heard: Heard) => incoming.heard(heard);
  return {
    incoming,
    asked,
    events,
    timers,
    frame: (commit: number, previous = before(commit)) => {
      hear({ on: "said", shard: 0, bytes: encodeFrame({ commit, previous }, [item(commit)]) });
    },
    beacon: (last: number, commit: number) => {
      hear({ on: "said", shard: 0, bytes: encodeBeacon([{ shard: 0, last, commit }]) });
    },
    interrupt: () => hear({ on: "interrupted" }),
    /** History answers the oldest question with what it had up to a commit. */
    answers: (upTo = commits) => {
      const from = asked[asked.length - replies.length] ?? 0;
      const value = passages.filter(({ commit }) => commit >= from && commit <= upTo);
      replies.shift()?.({ known: true, value });
    },
    failsToAnswer: () => replies.shift()?.({ known: false, why: "lost" }),
  };
}

describe("frames of a shard", () => {
  it("are passed on in their order, whatever other gateways were told between", () => {
    const it = shard({ commits: 5, mine: [2, 3, 5] });
    for (const commit of [2, 3, 5]) it.frame(commit);
    expect(it.events).toEqual(["word 2", "word 3", "word 5"]);
    expect(it.asked).toEqual([]);
  });

  it("come once, also when they come twice", () => {
    const it = shard({ commits: 2, mine: [1, 2] });
    for (const commit of [1, 1, 2, 1, 2]) it.frame(commit);
    expect(it.events).toEqual(["word 1", "word 2"]);
    expect(it.incoming.stats.doubled).toBe(3);
  });
});

describe("a hole", () => {
  it("is refilled from history, and everything stays in order", () => {
    const it = shard({ commits: 6, mine: [1, 3, 4, 6] });
    it.frame(1);
    it.frame(4);
    it.frame(6); // While the repair is under way.
    expect(it.events).toEqual(["word 1"]);
    it.answers();
    expect(it.asked).toEqual([2]);
    expect(it.events).toEqual(["word 1", "word 3", "word 4", "word 6"]);
    expect(it.incoming.stats).toMatchObject({ refilled: 3, missed: 0 });
    expect([...it.incoming.stats.repairs]).toEqual([["hole", 1]]);
  });

  it("is read again when history answered before it had what a frame has said since", () => {
    const it = shard({ commits: 4, mine: [1, 2, 3, 4] });
    it.frame(1);
    it.frame(3);
    it.frame(4);
    it.answers(3);
    expect(it.events).toEqual(["word 1", "word 2", "word 3"]);
    it.answers();
    expect(it.events).toEqual(["word 1", "word 2", "word 3", "word 4"]);
  });

  it("is asked for again when the answer was lost", () => {
    const it = shard({ commits: 3, mine: [1, 2, 3] });
    it.frame(1);
    it.frame(3);
    it.failsToAnswer();
    it.timers.shift()?.();
    it.answers();
    expect(it.events).toEqual(["word 1", "word 2", "word 3"]);
  });

  it("that history has forgotten in part is said to be missed, then the rest follows", () => {
    const it = shard({ commits: 5, mine: [1, 2, 3, 4, 5], kept: 4 });
    it.frame(1);
    it.frame(5);
    it.answers();
    expect(it.events).toEqual(["word 1", "missed", "word 4", "word 5"]);
    expect(it.incoming.stats.missed).toBe(1);
  });

  it("that history has forgotten wholly is missed, and what comes next is whole again", () => {
    const it = shard({ commits: 7, mine: [1, 2, 3, 7], kept: 6 });
    it.frame(1);
    it.frame(3);
    it.answers(6);
    expect(it.events).toEqual(["word 1", "missed"]);
    it.frame(7);
    expect(it.events).toEqual(["word 1", "missed", "word 7"]);
  });
});

describe("a beacon", () => {
  it("uncovers a lost tail", () => {
    const it = shard({ commits: 3, mine: [1, 3] });
    it.frame(1);
    it.beacon(3, 3);
    it.answers();
    expect(it.events).toEqual(["word 1", "word 3"]);
    expect([...it.incoming.stats.repairs]).toEqual([["tail", 1]]);
  });

  it("uncovers a first frame that was lost", () => {
    const it = shard({ commits: 1, mine: [1] });
    it.beacon(1, 1);
    it.answers();
    expect(it.events).toEqual(["word 1"]);
  });

  it("that is behind says nothing, and spares a later look what is known to be whole", () => {
    const it = shard({ commits: 9, mine: [2] });
    it.frame(2);
    it.beacon(2, 8);
    expect(it.asked).toEqual([]);
    it.interrupt();
    expect(it.asked).toEqual([9]);
  });
});

describe("a shard that has gone back, because its backbone lost its last commits", () => {
  const rewound = () => {
    const it = shard({ commits: 2, mine: [1, 2, 4, 5] });
    it.frame(1);
    it.frame(2);
    it.frame(4, 2);
    it.frame(5, 4);
    it.events.splice(0);
    return it;
  };

  it("is found out by the first frame that does not follow the last one, and that is heard", () => {
    const it = rewound();
    it.frame(7, 2);
    it.frame(8, 7);
    expect(it.events).toEqual(["missed", "word 7", "word 8"]);
    expect(it.incoming.stats.forked).toBe(1);
  });

  it("is found out in its history as well", () => {
    const it = shard({ commits: 9, mine: [1, 2, 7, 9] });
    it.frame(1);
    it.frame(2);
    it.frame(5, 2);
    it.events.splice(0);
    it.frame(9, 7);
    it.answers();
    expect(it.events).toEqual(["missed", "word 7", "word 9"]);
  });

  it("is found out by its beacons and its history, and what it says from then on is heard", () => {
    const it = rewound();
    it.beacon(2, 2);
    expect(it.asked).toEqual([]);
    it.beacon(2, 3);
    it.answers();
    expect(it.asked).toEqual([5]);
    expect(it.events).toEqual(["missed"]);
    it.frame(4, 2);
    expect(it.events).toEqual(["missed", "word 4"]);
    expect([...it.incoming.stats.repairs]).toEqual([["rewound", 1]]);
  });

  it("is not suspected of it by one old beacon", () => {
    const it = rewound();
    it.beacon(4, 4);
    it.beacon(5, 5);
    it.beacon(5, 5);
    expect(it.asked).toEqual([]);
  });

  it("is believed when its history has what was heard, whoever sends old beacons", () => {
    const it = shard({ commits: 5, mine: [1, 5] });
    it.frame(1);
    it.frame(5);
    it.events.splice(0);
    it.beacon(1, 2);
    it.beacon(1, 2);
    it.answers();
    expect(it.asked).toEqual([5]);
    expect(it.events).toEqual([]);
    expect(it.incoming.stats.repairs.size).toBe(0);
  });
});

describe("an interruption", () => {
  it("makes it look, and finding nothing is no repair", () => {
    const it = shard({ commits: 2, mine: [1] });
    it.frame(1);
    it.interrupt();
    it.answers();
    expect(it.asked).toEqual([2]);
    expect(it.incoming.stats.repairs.size).toBe(0);
    expect(it.incoming.repairing).toBe(0);
  });

  it("during a repair makes it look once more: that one may have looked too early", () => {
    const it = shard({ commits: 3, mine: [1, 2, 3] });
    it.frame(1);
    it.interrupt();
    it.interrupt();
    it.answers(2);
    it.answers();
    expect(it.events).toEqual(["word 1", "word 2", "word 3"]);
  });

  it("leaves shards alone that never said anything: their next beacon tells", () => {
    const it = shard({ commits: 3, mine: [] });
    it.interrupt();
    expect(it.asked).toEqual([]);
  });
});

describe("whoever listens", () => {
  it("hears nothing after the end", () => {
    const it = shard({ commits: 3, mine: [1, 2, 3] });
    it.frame(1);
    it.frame(3);
    it.incoming.stop();
    it.answers();
    it.frame(2);
    expect(it.events).toEqual(["word 1"]);
  });
});
