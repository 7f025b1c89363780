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
        own(0, () => ({ outbox: [{ shard: 1, command: "sent", lasts: false }] }));
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
        const outbox = sent.map((command) => ({ shard: 0, command, lasts: false }));
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
        commit({ outbox: [{ shard: 1, command: "sent", lasts: false }] });
        await settle();
        expect(taken).toEqual([["sent"]]);
      });

      it("passes the bound of a full inbox: it was promised", async () => {
        for (const word of WORDS.slice(0, INBOX_MAX)) ledger.append(1, GATE, word);
        own(0, () => ({
          outbox: WORDS.map((command) => ({ shard: 1, command: `sent ${command}`, lasts: false })),
        }));
        ledger.append(0, GATE, "a");
        await settle();
        const taken = own(1);
        await settle();
        expect(taken.flat()).toHaveLength(INBOX_MAX + WORDS.length);
        expect(taken.flat()).toEqual(expect.arrayContaining(WORDS.map((word) => `sent ${word}`)));
      });
    });

    const loadFrom = async (shard: number, ...keys: readonly string[]) => {
      let found: ReadonlyMap<string, unknown> | undefined;
      ledger.load(shard, keys, (records) => {
        found = records;
      });
      await settle();
      return found;
    };

    describe("what lasts in the outbox", () => {
      it("arrives once, in its order, among what does not", async () => {
        const outbox = WORDS.map((command, at) => ({ shard: 1, command, lasts: at % 2 === 0 }));
        own(0, ([word]) => (word === "go" ? { outbox } : {}));
        const taken = own(1);
        ledger.append(0, GATE, "go");
        for (let times = 0; times < 3; times++) await settle();
        expect(taken.flat()).toEqual(WORDS);
      });

      it("is sent on by whoever takes it, as far as it goes", async () => {
        const taken = [0, 1, 2].map((shard) => {
          return own(shard, (words) => ({
            outbox: words
              .filter((word) => word.length < 5)
              .map((word) => ({ shard: (shard + 1) % 3, command: `${word}${shard}`, lasts: true })),
          }));
        });
        ledger.append(0, GATE, "w");
        for (let times = 0; times < 5; times++) await settle();
        expect(taken.map((words) => words.flat())).toEqual([
          ["w", "w012"],
          ["w0", "w0120"],
          ["w01"],
        ]);
      });
    });

    describe("records", () => {
      const load = (...keys: readonly string[]) => loadFrom(0, ...keys);

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

      it("are each shard's own: the same key in another one is another record", async () => {
        for (const shard of [0, 1]) {
          own(shard, () => ({ records: new Map([["shard", `of ${shard}`]]) }));
          ledger.append(shard, GATE, "write");
        }
        await settle();
        const found: unknown[] = [];
        for (const shard of [0, 1, 2]) found.push((await loadFrom(shard, "shard"))?.get("shard"));
        expect(found).toEqual(["of 0", "of 1", undefined]);
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

    describe("a search among records", () => {
      const scan = async (shard: number, prefix: string, limit = 100) => {
        let found: ReadonlyMap<string, unknown> | undefined;
        ledger.scan(shard, { prefix, limit }, (records) => {
          found = records;
        });
        await settle();
        return [...(found ?? [])];
      };
      const writes = async (shard: number, ...changes: readonly Changes[]) => {
        const left = [...changes];
        own(shard, () => ({ records: left.shift() ?? new Map() }));
        for (const _ of changes) {
          ledger.append(shard, GATE, "write");
          await settle();
        }
      };
      const named = (...keys: readonly string[]): Changes =>
        new Map(keys.map((key) => [key, `<${key}>`]));

      it("finds those that begin so, in the order of their keys, with what they say", async () => {
        const keys = [
          "account/ben",
          "account/al",
          "account/alina",
          "account/alb",
          "room/al",
          "user/al",
        ];
        await writes(0, named(...keys), named("account/a", "accounting"));
        const found = await scan(0, "account/al");
        expect(found).toEqual(
          ["account/al", "account/alb", "account/alina"].map((key) => [key, `<${key}>`]),
        );
        expect((await scan(0, "account/")).map(([key]) => key)).toEqual([
          "account/a",
          "account/al",
          "account/alb",
          "account/alina",
          "account/ben",
        ]);
        expect((await scan(0, "room/")).map(([key]) => key)).toEqual(["room/al"]);
      });

      it("finds at most so many, the first ones", async () => {
        await writes(0, named(...WORDS.map((word) => `room/${word}`)));
        expect((await scan(0, "room/", 2)).map(([key]) => key)).toEqual(["room/a", "room/b"]);
        expect(await scan(0, "room/", 0)).toEqual([]);
      });

      it("finds what was changed as it is now, and not what was removed", async () => {
        const changed = new Map<string, unknown>([
          ["room/a", undefined],
          ["room/b", "changed"],
        ]);
        await writes(0, named("room/a", "room/b"), changed);
        expect(await scan(0, "room/")).toEqual([["room/b", "changed"]]);
      });

      it("is one shard's alone", async () => {
        for (const shard of [0, 1]) await writes(shard, named(`room/of ${shard}`));
        expect((await scan(1, "room/")).map(([key]) => key)).toEqual(["room/of 1"]);
        expect(await scan(2, "room/")).toEqual([]);
      });

      it("goes by the bytes of the keys, whatever letters they are of", async () => {
        const keys = ["room/z", "room/Z", "room/é", "room/🚂", "room/\uffee", "room/ ", "room/é!"];
        await writes(0, named(...keys));
        const sorted = keys
          .map((key) => Buffer.from(key))
          .sort(Buffer.compare)
          .map(String);
        expect((await scan(0, "room/")).map(([key]) => key)).toEqual(sorted);
        expect((await scan(0, "room/é")).map(([key]) => key)).toEqual(["room/é", "room/é!"]);
      });
    });
  });
}

type Changes = ReadonlyMap<string, unknown>;
const GATE = "gate" as GatewayId;
const OTHER = "other" as GatewayId;
const WORDS = ["a", "b", "c", "d", "e", "f"];
const wordsOf = (posts: readonly Post<string>[]) => posts.map(({ command }) => command);
