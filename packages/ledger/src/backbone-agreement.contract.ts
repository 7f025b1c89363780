/**
 * Random steps on a backbone: what must hold after each of them, and that two backbones which do the
 * same say the same. Times and ids are not compared, places in the inbox are.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BEGINNING, type EntryId, type Heard, type NodeId } from "./backbone.ts";
import {
  ANA,
  BEN,
  bytes,
  GATE,
  type OpenedBackbone,
  SHARDS,
  Stage,
  said,
  text,
  texts,
} from "./backbone-stage.contract.ts";
import { isAfter } from "./entry-id.ts";

/** Numbers are near the right ones: mostly right, now and then behind or ahead. */
type Doing =
  | { readonly on: "append"; readonly sender: string; readonly off: number; readonly most: number }
  | {
      readonly on: "commit";
      readonly owner: NodeId;
      readonly epochOff: number;
      readonly numberOff: number;
      readonly entries: number;
      readonly trims: boolean;
    }
  | { readonly on: "repeat" }
  | { readonly on: "assign"; readonly off: number; readonly next: NodeId | "" }
  | { readonly on: "bury"; readonly node: NodeId }
  | { readonly on: "say"; readonly to: NodeId };
type Deed = Doing & { readonly shard: number };

const nodes = fc.constantFrom(ANA, BEN, GATE);
const nearly = fc.constantFrom(0, 0, 0, 0, -1, 1);
const doings: fc.Arbitrary<Doing> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      on: fc.constant("append" as const),
      sender: fc.constantFrom<string>(ANA, GATE, "shard:1"),
      off: nearly,
      most: fc.constantFrom(0, 0, 3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      on: fc.constant("commit" as const),
      owner: fc.constantFrom(ANA, ANA, BEN),
      epochOff: nearly,
      numberOff: nearly,
      entries: fc.nat(3),
      trims: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ on: "repeat" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      on: fc.constant("assign" as const),
      off: nearly,
      next: fc.constantFrom<NodeId | "">(ANA, ANA, BEN, ""),
    }),
  },
  { weight: 1, arbitrary: fc.record({ on: fc.constant("bury" as const), node: nodes }) },
  { weight: 1, arbitrary: fc.record({ on: fc.constant("say" as const), to: nodes }) },
);
const deeds: fc.Arbitrary<Deed> = fc
  .tuple(doings, fc.nat(SHARDS - 1))
  .map(([doing, shard]) => ({ ...doing, shard }));

export function describeAgreement(
  open: () => Promise<OpenedBackbone>,
  openModel: (() => Promise<OpenedBackbone>) | undefined,
): void {
  const runs = { numRuns: 30, endOnFailure: true };
  describe("after any steps", () => {
    it("no position, epoch or number went back, and no entry is doubled or missing", async () => {
      const property = fc.asyncProperty(fc.array(deeds, { maxLength: 40 }), async (list) => {
        const opened = await open();
        const troupe = new Troupe(opened);
        try {
          for (const deed of list) {
            await troupe.does(deed);
            await troupe.judges(deed.shard);
          }
        } finally {
          await opened.close();
        }
      });
      await fc.assert(property, runs);
    }, 60_000);

    if (openModel === undefined) return;
    it("it says what the model says", async () => {
      const property = fc.asyncProperty(fc.array(deeds, { maxLength: 40 }), async (list) => {
        const [one, other] = [await open(), await openModel()];
        const troupes = [new Troupe(one), new Troupe(other)];
        try {
          for (const troupe of troupes) await troupe.listens();
          const [here, there] = await Promise.all(troupes.map((troupe) => troupe.plays(list)));
          expect(here).toEqual(there);
        } finally {
          await one.close();
          await other.close();
        }
      });
      await fc.assert(property, runs);
    }, 60_000);
  });
}

/** Does deeds on one backbone, and remembers what was said and what must be true. */
class Troupe {
  readonly #stage: Stage;
  readonly #heard = new Map<NodeId, Heard[]>();
  /** The last commit tried in each shard. */
  readonly #tried = new Map<number, Parameters<Stage["commit"]>[1]>();
  /** By shard: where it was after the last step. */
  readonly #places = new Map<number, Place>();
  #words = 0;

  constructor(opened: OpenedBackbone) {
    this.#stage = new Stage(opened);
  }

  async listens(): Promise<void> {
    for (const node of [ANA, BEN, GATE]) this.#heard.set(node, await this.#stage.hears(node));
  }

  async plays(list: readonly Deed[]): Promise<readonly unknown[]> {
    const told: unknown[] = [];
    for (const deed of list) {
      told.push(await this.does(deed));
      told.push(await this.#seen(deed.shard));
    }
    await this.#stage.opened.settle();
    for (const [node, heard] of this.#heard) {
      // Ears keep the order of each shard, and no order between shards.
      for (let shard = 0; shard < SHARDS; shard++) {
        told.push([node, said(heard.filter((it) => "shard" in it && it.shard === shard))]);
      }
    }
    return told;
  }

  async does(deed: Deed): Promise<unknown> {
    const { shard } = deed;
    switch (deed.on) {
      case "append": {
        const key = `${shard} ${deed.sender}`;
        const number = (this.#numbers.get(key) ?? 0) + 1 + deed.off;
        const appended = await this.#stage.append(shard, deed.sender, number, {
          bytes: bytes(`${deed.sender} ${number}`),
          most: deed.most,
        });
        if (appended.at === "taken" && deed.off === 0) this.#numbers.set(key, number);
        return appended;
      }
      case "commit":
        return this.#commit(deed);
      case "repeat": {
        const tried = this.#tried.get(shard);
        return tried === undefined ? "nothing" : this.#stage.commit(shard, tried);
      }
      case "assign": {
        const { epoch } = await this.#stage.holder(shard);
        return this.#stage.assign(shard, epoch + deed.off, deed.next);
      }
      case "bury": {
        const word = bytes(`farewell ${deed.node}`);
        const { backbone } = this.#stage;
        return this.#stage.ask<void>((then) => backbone.bury(shard, deed.node, word, then));
      }
      case "say":
        return this.#stage.backbone.say(shard, deed.to, bytes(`word ${++this.#words}`));
    }
  }
  readonly #numbers = new Map<string, number>();

  async #commit(deed: Deed & { readonly on: "commit" }): Promise<unknown> {
    const { shard } = deed;
    const { epoch, position, commit } = await this.#stage.open(shard);
    const entries = await this.#stage.read(shard, position, deed.entries + 1);
    const word = bytes(`commit ${++this.#words}`);
    const tried = {
      owner: deed.owner,
      epoch: epoch + deed.epochOff,
      from: position,
      to: entries.slice(0, deed.entries).at(-1)?.id ?? position,
      commit: commit + 1 + deed.numberOff,
      notes: new Map([["note", `${this.#words}`]]),
      live: new Map([[`live/${this.#words % 3}`, this.#words % 5 === 0 ? undefined : word]]),
      kept: new Map([
        [`kept/${this.#words % 3}`, this.#words % 4 === 0 ? undefined : word],
        [`room/${this.#words % 7}`, this.#words % 3 === 0 ? undefined : word],
      ]),
      outbox: new Map([[`out/${this.#words % 3}`, this.#words % 2 === 0 ? undefined : word]]),
      history: this.#words % 3 === 0 ? undefined : word,
      historyFrom: deed.trims ? commit - 1 : 0,
      frames: [{ to: GATE, bytes: word }],
    };
    this.#tried.set(shard, tried);
    return this.#stage.commit(shard, tried);
  }

  /** Everything that can be seen of a shard, places counted instead of named. */
  async #seen(shard: number): Promise<unknown> {
    const { position, notes, outbox, ...holder } = await this.#stage.open(shard);
    const ahead = await this.#stage.words(shard, position);
    const kept = await this.#stage.fetch(shard, ["kept/0", "kept/1", "kept/2"]);
    const maps = [notes, texts(outbox), await this.#stage.live(shard), kept];
    const count = await this.#stage.ask(
      this.#stage.backbone.count.bind(this.#stage.backbone, shard),
    );
    const sorted = maps.map((map) => [...map].sort());
    const found = [...(await this.#stage.find(shard, "room/", 4))];
    return { holder, ahead, sorted, count, found, history: await this.#stage.history(shard) };
  }

  async judges(shard: number): Promise<void> {
    const { position, epoch, commit } = await this.#stage.open(shard);
    const before = this.#places.get(shard) ?? { position: BEGINNING, epoch: 0, commit: 0 };
    expect(isAfter(before.position, position)).toBe(false);
    expect(epoch).toBeGreaterThanOrEqual(before.epoch);
    expect(epoch).toBeLessThanOrEqual(before.epoch + 1);
    expect(commit).toBeGreaterThanOrEqual(before.commit);
    expect(commit).toBeLessThanOrEqual(before.commit + 1);
    if (position !== before.position) expect(commit).toBe(before.commit + 1);
    this.#places.set(shard, { position, epoch, commit });
    const entries = await this.#stage.read(shard, position);
    const ids = entries.map(({ id }) => id);
    expect(entries.map(({ previous }) => previous)).toEqual([position, ...ids].slice(0, -1));
    const last = new Map<string, number>();
    for (const { sender, bytes: word } of entries) {
      if (text(word).startsWith("farewell")) continue;
      const number = Number(text(word).split(" ")[1]);
      const known = last.get(sender);
      if (known !== undefined) expect(number).toBe(known + 1);
      last.set(sender, number);
    }
  }
}

type Place = { readonly position: EntryId; readonly epoch: number; readonly commit: number };
