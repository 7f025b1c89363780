/** What ledgers promise that keep live state: a shard goes on under its next owner. */
import type { GatewayId } from "@roundhouse/kernel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOTHING, type OpenedLedger, owner } from "./ledger.contract.ts";
import type { Commit, Past } from "./ledger.ts";

type Words = OpenedLedger["ledger"];
type Work = Partial<Commit<string, string, unknown>>;

export type Succession = OpenedLedger & {
  /**
   * From here on `ledger.own` makes somebody else the owner, whether the one before lets go or not.
   * Answers the ledger as the one before has it in hand.
   */
  nextOwner(): Words;
};

export function describeSuccession(name: string, open: () => Promise<Succession>): void {
  describe(`succession: ${name}`, () => {
    let opened: Succession;
    let ledger: Words;
    let settle: () => Promise<void>;
    beforeEach(async () => {
      opened = await open();
      ledger = opened.ledger;
      settle = () => opened.settle();
    });
    afterEach(() => opened.close());

    /** Owns a shard, does what `work` makes of each batch; undefined: it never comes to commit. */
    const own = async (work: (words: readonly string[]) => Work | undefined) => {
      const restored = new Map<string, unknown>();
      const steps: string[] = [];
      ledger.own(0, {
        restore: (live) => {
          for (const [key, value] of live) restored.set(key, value);
          if (live.size > 0) steps.push("restored");
        },
        take: (posts) => {
          const words = posts.map(({ command }) => command);
          steps.push(...words);
          const done = work(words);
          if (done !== undefined) ledger.commit(0, { ...NOTHING, ...done }, () => {});
        },
      });
      await settle();
      return { restored, steps };
    };

    const say = async (word: string): Promise<void> => {
      ledger.append(0, GATE, word);
      await settle();
    };

    const hear = (gateway: GatewayId) => {
      const heard: string[] = [];
      ledger.hear(gateway, {
        frame: ({ items }) => heard.push(...items),
        missed: (shard) => heard.push(`missed ${shard}`),
      });
      return heard;
    };

    it("keeps live state, and says so", () => {
      expect(ledger.keepsLive).toBe(true);
    });

    it("begins with nothing live", async () => {
      const { restored, steps } = await own(nothing);
      expect([...restored, ...steps]).toEqual([]);
    });

    it("gives the next owner all that is live, as it was last, before it takes anything", async () => {
      const changes: Work[] = [
        {
          live: new Map<string, unknown>([
            ["a", 1],
            ["b", 2],
            ["c", 3],
          ]),
        },
        {
          live: new Map<string, unknown>([
            ["b", 20],
            ["c", undefined],
            ["d", 4],
          ]),
        },
      ];
      await own(() => changes.shift());
      for (const word of ["one", "two"]) await say(word);
      opened.nextOwner();
      ledger.append(0, GATE, "three");
      const { restored, steps } = await own(nothing);
      expect(restored).toEqual(
        new Map([
          ["a", 1],
          ["b", 20],
          ["d", 4],
        ]),
      );
      expect(steps.at(-1)).toBe("three");
      expect(new Set(steps)).toEqual(new Set(["restored", "three"]));
    });

    it("gives on what an owner was given and never touched", async () => {
      await own(() => ({ live: new Map([["a", 1]]) }));
      await say("one");
      for (let owners = 0; owners < 3; owners++) {
        opened.nextOwner();
        const { restored } = await own(nothing);
        expect(restored).toEqual(new Map([["a", 1]]));
      }
    });

    it("keeps values of any plain kind, and as many as there are", async () => {
      const values = new Map<string, unknown>([
        ["plain", { text: "é🚂", count: 1.5, yes: true, none: null, list: [1, [2, "x"]] }],
        ["empty", []],
        ["time", Date.UTC(2026, 10, 21)],
        ["some key with spaces", "0"],
        ...Array.from({ length: 2_000 }, (_, index) => [`u${index}`, { index }] as const),
      ]);
      await own(() => ({ live: values }));
      await say("one");
      opened.nextOwner();
      const { restored } = await own(nothing);
      expect(restored).toEqual(values);
    });

    it("goes on with what waits, in its order", async () => {
      await own((words) => (words.includes("one") ? {} : undefined));
      for (const word of ["one", "two", "three"]) await say(word);
      opened.nextOwner();
      const { steps } = await own(nothing);
      expect(steps).toEqual(["two", "three"]);
    });

    it("lets nothing happen by whoever is not the owner any more", async () => {
      const heard = hear(GATE);
      await own(() => undefined);
      await say("one");
      const before = opened.nextOwner();
      const { steps } = await own(([word]) => ({ items: [{ to: [GATE], item: `${word} done` }] }));
      let isDone = false;
      const late: Work = {
        items: [{ to: [GATE], item: "too late" }],
        live: new Map([["a", "too late"]]),
        records: new Map([["user/ana", "too late"]]),
        outbox: [{ shard: 0, command: "too late", lasts: true }],
      };
      before.commit(0, { ...NOTHING, ...late }, () => {
        isDone = true;
      });
      await settle();
      expect(isDone).toBe(false);
      expect(steps).toEqual(["one"]);
      expect(heard).toEqual(["one done"]);
      opened.nextOwner();
      const { restored } = await own(nothing);
      expect(restored.size).toBe(0);
      expect(await load("user/ana")).toEqual(new Map());
    });

    it("keeps the order of frames, and loses none", async () => {
      const owners = ["first", "second", "third"];
      const heard = [hear(GATE), hear(OTHER)];
      for (const who of owners) {
        await own((words) => {
          return { items: words.map((word) => ({ to: [GATE, OTHER], item: `${word} by ${who}` })) };
        });
        for (const word of ["a", "b"]) await say(word);
        opened.nextOwner();
      }
      const all = owners.flatMap((who) => ["a", "b"].map((word) => `${word} by ${who}`));
      expect(heard).toEqual([all, all]);
    });

    it("sends what is for other shards once, whoever wrote it", async () => {
      await own(([word]) => ({ outbox: [{ shard: 2, command: `sent ${word}`, lasts: false }] }));
      await say("one");
      await say("two");
      opened.nextOwner();
      await own(([word]) => ({ outbox: [{ shard: 2, command: `sent ${word}`, lasts: false }] }));
      await say("three");
      const taken: string[] = [];
      const other = owner((posts) => {
        taken.push(...posts.map(({ command }) => command));
        ledger.commit(2, NOTHING, () => {});
      });
      ledger.own(2, other);
      await settle();
      expect(taken).toEqual(["sent one", "sent two", "sent three"]);
    });

    it("has the records that the owners before it wrote", async () => {
      await own(() => ({ records: new Map([["user/ana", { invites: 1 }]]) }));
      await say("one");
      opened.nextOwner();
      await own(nothing);
      expect(await load("user/ana")).toEqual(new Map([["user/ana", { invites: 1 }]]));
    });

    it("recalls what was said, to whomever and to nobody, in its order and with its time", async () => {
      await own(([word]) => {
        const to = word === "b" ? [] : [GATE, OTHER];
        return {
          items: [
            { to, item: `${word} 1` },
            { to, item: `${word} 2` },
          ],
        };
      });
      for (const word of ["a", "b", "c"]) await say(word);
      opened.nextOwner();
      await own(([word]) => ({ items: [{ to: [GATE], item: `${word}` }] }));
      await say("d");
      let past: readonly Past<string>[] | undefined;
      ledger.recall(0, (recalled) => {
        past = recalled;
      });
      await settle();
      const items = past?.map(({ item }) => item);
      expect(items).toEqual(["a 1", "a 2", "b 1", "b 2", "c 1", "c 2", "d"]);
      const times = past?.map(({ at }) => at) ?? [];
      expect([...times].sort((one, other) => one - other)).toEqual(times);
    });

    const load = async (...keys: readonly string[]) => {
      let found: ReadonlyMap<string, unknown> | undefined;
      ledger.load(0, keys, (records) => {
        found = records;
      });
      await settle();
      return found;
    };
  });
}

const GATE = "gate" as GatewayId;
const OTHER = "other" as GatewayId;
const nothing = (): Work => ({});
