/** What every ledger promises; each implementation runs this. */
import type { GatewayId } from "@roundhouse/kernel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Commit, Frame, Ledger, Listener, Owner, Post } from "./ledger.ts";

type Words = Ledger<string, string, unknown>;
type Work = Partial<Commit<string, string, unknown>>;

export type OpenedLedger = {
  readonly ledger: Words;
  /** Everything that can happen by itself has happened when this resolves. */
  settle(): Promise<void>;
  close(): Promise<void>;
};

export const SHARDS = 3;
export const INBOX_MAX = 4;
export const NOTHING: Commit<string, string, unknown> = {
  items: [],
  outbox: [],
  records: new Map(),
  live: new Map(),
};

/** An owner that finds nothing live. */
export const owner = (take: (posts: readonly Post<string>[]) => void): Owner<string> => {
  return { restore: () => {}, take };
};

/** A listener that misses nothing. */
export const hearing = (hear: (items: readonly string[]) => void): Listener<string> => {
  return { frame: ({ items }) => hear(items), missed: () => {} };
};

/** `open` gives an empty ledger of `SHARDS` shards whose inboxes hold `INBOX_MAX` commands. */
export function describeLedger(name: string, open: () => Promise<OpenedLedger>): void {
  describe(`ledger: ${name}`, () => {
    let opened: OpenedLedger;
    let ledger: Words;
    let settle: () => Promise<void>;
    beforeEach(async () => {
      opened = await open();
      ledger = opened.ledger;
      settle = () => opened.settle();
    });
    afterEach(() => opened.close());

    /** An owner that does with each batch what `work` makes of it, and keeps what it took. */
    const own = (shard: number, work: (words: readonly string[]) => Work = () => ({})) => {
      const taken: string[][] = [];
      const busy = owner((posts) => {
        const words = wordsOf(posts);
        taken.push(words);
        ledger.commit(shard, { ...NOTHING, ...work(words) }, () => {});
      });
      ledger.own(shard, busy);
      return taken;
    };

    /** An owner that commits only when it is told to. */
    const ownSlowly = (shard: number) => {
      const taken: string[][] = [];
      const slow = owner((posts) => taken.push(wordsOf(posts)));
      ledger.own(shard, slow);
      const commit = (work: Work, then = () => {}) => {
        ledger.commit(shard, { ...NOTHING, ...work }, then);
      };
      return { taken, commit };
    };

    const hear = (gateway: GatewayId) => {
      const frames: Frame<string>[] = [];
      const missed: number[] = [];
      const stop = ledger.hear(gateway, {
        frame: (frame) => frames.push(frame),
        missed: (shard) => missed.push(shard),
      });
      return { frames, missed, stop };
    };

    describe("an inbox", () => {
      it("keeps the order of one gateway's appends, and forgets none", async () => {
        const taken = own(0);
        for (const word of ["a", "b"]) ledger.append(0, GATE, word);
        await settle();
        for (const word of ["c", "d"]) ledger.append(0, GATE, word);
        await settle();
        expect(taken.flat()).toEqual(["a", "b", "c", "d"]);
      });

      it("keeps each gateway's order when several append", async () => {
        const taken = own(0);
        for (const word of ["1", "2"]) {
          ledger.append(0, GATE, `one ${word}`);
          ledger.append(0, OTHER, `other ${word}`);
        }
        await settle();
        const from = (who: string) => taken.flat().filter((word) => word.startsWith(who));
        expect(from("one")).toEqual(["one 1", "one 2"]);
        expect(from("other")).toEqual(["other 1", "other 2"]);
      });

      it("says who appended a command and when", async () => {
        const seen: Post<string>[] = [];
        const watchful = owner((posts) => {
          seen.push(...posts);
          ledger.commit(0, NOTHING, () => {});
        });
        ledger.own(0, watchful);
        ledger.append(0, OTHER, "a");
        await settle();
        expect(seen).toEqual([{ from: OTHER, at: expect.any(Number), command: "a" }]);
      });

      it("waits for its owner: what came before is not lost", async () => {
        for (const word of ["a", "b"]) ledger.append(1, GATE, word);
        await settle();
        const taken = own(1);
        await settle();
        expect(taken.flat()).toEqual(["a", "b"]);
      });

      it("is one shard's alone", async () => {
        const taken = [own(0), own(1), own(2)];
        ledger.append(1, GATE, "a");
        await settle();
        expect(taken.map((words) => words.flat())).toEqual([[], ["a"], []]);
      });

      it("is never read inside an append", () => {
        const taken = own(0);
        ledger.append(0, GATE, "a");
        expect(taken).toEqual([]);
      });

      it("refuses when it is full, and keeps all that it accepted", async () => {
        const answers = WORDS.map((word) => ledger.append(0, GATE, word).ok);
        expect(answers).toEqual(WORDS.map((_, index) => index < INBOX_MAX));
        expect(ledger.append(0, GATE, "more")).toMatchObject({ ok: false, code: "inbox_full" });
        expect(ledger.append(1, GATE, "elsewhere").ok).toBe(true);
        const taken = own(0);
        await settle();
        expect(taken.flat()).toEqual(WORDS.slice(0, INBOX_MAX));
        expect(ledger.append(0, GATE, "again").ok).toBe(true);
      });
    });

    describe("a batch", () => {
      it("is alone: nothing more is taken before its commit is done", async () => {
        const { taken, commit } = ownSlowly(0);
        ledger.append(0, GATE, "a");
        await settle();
        for (const word of ["b", "c"]) ledger.append(0, GATE, word);
        await settle();
        expect(taken).toEqual([["a"]]);
        commit({});
        await settle();
        expect(taken).toEqual([["a"], ["b", "c"]]);
      });

      it("does not hold up other shards", async () => {
        ownSlowly(0);
        const taken = own(1);
        ledger.append(0, GATE, "a");
        ledger.append(1, GATE, "b");
        await settle();
        expect(taken).toEqual([["b"]]);
      });

      it("is taken once", async () => {
        const taken = own(0);
        ledger.append(0, GATE, "a");
        for (let times = 0; times < 3; times++) await settle();
        expect(taken).toEqual([["a"]]);
      });

      it("is told when it is committed, once", async () => {
        const { commit } = ownSlowly(0);
        let told = 0;
        ledger.append(0, GATE, "a");
        await settle();
        expect(told).toBe(0);
        commit({}, () => told++);
        await settle();
        expect(told).toBe(1);
      });
    });

    describe("a frame", () => {
      it("has the items for its gateway alone, in the order of the commit", async () => {
        own(2, () => ({
          items: [
            { to: [GATE, OTHER], item: "both" },
            { to: [OTHER], item: "other" },
            { to: [GATE], item: "gate" },
            { to: [], item: "nobody" },
          ],
        }));
        const [gate, other] = [hear(GATE), hear(OTHER)];
        ledger.append(2, GATE, "a");
        await settle();
        expect(gate.frames).toEqual([{ shard: 2, items: ["both", "gate"] }]);
        expect(other.frames).toEqual([{ shard: 2, items: ["both", "other"] }]);
      });

      it("comes once each, in the order of a shard's commits", async () => {
        own(0, (words) => ({ items: words.map((item) => ({ to: [GATE], item })) }));
        const { frames } = hear(GATE);
        for (const word of ["a", "b", "c"]) {
          ledger.append(0, GATE, word);
          await settle();
        }
        expect(frames.flatMap(({ items }) => items)).toEqual(["a", "b", "c"]);
      });

      it("never comes inside an append, nor before the commit", async () => {
        const { commit } = ownSlowly(0);
        const { frames } = hear(GATE);
        ledger.append(0, GATE, "a");
        expect(frames).toEqual([]);
        await settle();
        expect(frames).toEqual([]);
        commit({ items: [{ to: [GATE], item: "x" }] });
        await settle();
        expect(frames).toHaveLength(1);
      });

      it("never comes inside an append that a listener makes", async () => {
        own(0, (words) => ({ items: words.map((item) => ({ to: [GATE], item })) }));
        const steps: string[] = [];
        const talkative = hearing((items) => {
          steps.push(`begin ${items}`);
          if (steps.length === 1) ledger.append(0, GATE, "next");
          steps.push(`end ${items}`);
        });
        ledger.hear(GATE, talkative);
        ledger.append(0, GATE, "first");
        await settle();
        expect(steps).toEqual(["begin first", "end first", "begin next", "end next"]);
      });

      it("is not heard by who stopped listening, or by nobody at all", async () => {
        own(0, () => ({ items: [{ to: [GATE, OTHER], item: "x" }] }));
        const { frames, stop } = hear(GATE);
        stop();
        ledger.append(0, GATE, "a");
        await settle();
        expect(frames).toEqual([]);
      });
    });

    describe("several who listen for one gateway", () => {
      it("hear the same, each by itself", async () => {
        own(0, (words) => ({ items: words.map((item) => ({ to: [GATE], item })) }));
        const [one, other] = [hear(GATE), hear(GATE)];
        ledger.append(0, GATE, "a");
        await settle();
        one.stop();
        ledger.append(0, GATE, "b");
        await settle();
        expect(one.frames.flatMap(({ items }) => items)).toEqual(["a"]);
        expect(other.frames.flatMap(({ items }) => items)).toEqual(["a", "b"]);
      });

      it("miss nothing where nothing is lost", async () => {
        own(0, (words) => ({ items: words.map((item) => ({ to: [GATE], item })) }));
        const both = [hear(GATE), hear(GATE)];
        for (const word of WORDS.slice(0, INBOX_MAX)) ledger.append(0, GATE, word);
        await settle();
        expect(both.map(({ missed }) => missed)).toEqual([[], []]);
      });
    });

    describe("the outbox", () => {
      it("reaches the other shard's inbox once, by nobody's hand", async () => {
        const authors: string[] = [];
        own(0, () => ({ outbox: [{ shard: 1, command: "sent" }] }));
        const curious = owner((posts) => {
          authors.push(...posts.map(({ from, command }) => `${command} by ${from || "nobody"}`));
          ledger.commit(1, NOTHING, () => {});
        });
        ledger.own(1, curious);
        ledger.append(0, GATE, "a");
        for (let times = 0; times < 3; times++) await settle();
        expect(authors).toEqual(["sent by nobody"]);
      });

      it("keeps its order, also to the shard itself", async () => {
        const sent = ["1", "2", "3"];
        const outbox = sent.map((command) => ({ shard: 0, command }));
        const taken = own(0, ([word]) => (word === "a" ? { outbox } : {}));
        ledger.append(0, GATE, "a");
        await settle();
        expect(taken.flat()).toEqual(["a", ...sent]);
      });

      it("is not sent before the commit", async () => {
        const { commit } = ownSlowly(0);
        const taken = own(1);
        ledger.append(0, GATE, "a");
        await settle();
        expect(taken).toEqual([]);
        commit({ outbox: [{ shard: 1, command: "sent" }] });
        await settle();
        expect(taken).toEqual([["sent"]]);
      });

      it("passes the bound of a full inbox: it was promised", async () => {
        for (const word of WORDS.slice(0, INBOX_MAX)) ledger.append(1, GATE, word);
        own(0, () => ({
          outbox: WORDS.map((command) => ({ shard: 1, command: `sent ${command}` })),
        }));
        ledger.append(0, GATE, "a");
        await settle();
        const taken = own(1);
        await settle();
        expect(taken.flat()).toHaveLength(INBOX_MAX + WORDS.length);
        expect(taken.flat()).toEqual(expect.arrayContaining(WORDS.map((word) => `sent ${word}`)));
      });
    });

    describe("records", () => {
      const load = async (...keys: readonly string[]) => {
        let found: ReadonlyMap<string, unknown> | undefined;
        ledger.load(0, keys, (records) => {
          found = records;
        });
        await settle();
        return found;
      };

      it("are there before anybody hears of the commit", async () => {
        own(0, () => ({
          records: new Map([["user/ana", { invites: 1 }]]),
          items: [{ to: [GATE], item: "x" }],
        }));
        const found: unknown[] = [];
        const eager = hearing(() => {
          ledger.load(0, ["user/ana"], (records) => found.push(records.get("user/ana")));
        });
        ledger.hear(GATE, eager);
        ledger.append(0, GATE, "a");
        await settle();
        expect(found).toEqual([{ invites: 1 }]);
      });

      it("are there before the owner is told that the commit is done", async () => {
        const { commit } = ownSlowly(0);
        const found: unknown[] = [];
        ledger.append(0, GATE, "a");
        await settle();
        commit({ records: new Map([["user/ana", 7]]) }, () => {
          ledger.load(0, ["user/ana"], (records) => found.push(records.get("user/ana")));
        });
        await settle();
        expect(found).toEqual([7]);
      });

      it("are absent when nobody wrote them, or somebody removed them", async () => {
        const changes = [
          new Map<string, unknown>([
            ["user/ana", 1],
            ["user/ben", 2],
          ]),
          new Map<string, unknown>([["user/ana", undefined]]),
        ];
        own(0, () => ({ records: changes.shift() ?? new Map() }));
        ledger.append(0, GATE, "write");
        await settle();
        ledger.append(0, GATE, "remove");
        await settle();
        const found = await load("user/ana", "user/ben", "user/carl");
        expect([...(found ?? [])]).toEqual([["user/ben", 2]]);
      });

      it("are none in the beginning: no shard is full", () => {
        expect([0, 1, 2].map((shard) => ledger.isFull(shard))).toEqual([false, false, false]);
      });

      it("are told apart by keys of any text", async () => {
        const keys = [
          "a",
          "a\0",
          "a\0b",
          "\u0001",
          "__proto__",
          "é",
          "é",
          "🚂".repeat(64),
          "x".repeat(256),
        ];
        const written = new Map(keys.map((key, index) => [`user/${key}`, index]));
        own(0, () => ({ records: written }));
        ledger.append(0, GATE, "write");
        await settle();
        expect(await load(...written.keys())).toEqual(written);
      });
    });
  });
}

const GATE = "gate" as GatewayId;
const OTHER = "other" as GatewayId;
const WORDS = ["a", "b", "c", "d", "e", "f"];
const wordsOf = (posts: readonly Post<string>[]) => posts.map(({ command }) => command);
