/** What the parts of the backbone's contract share: questions with answers, ears, nodes, commits. */
import { expect } from "vitest";
import {
  type Append,
  type Appended,
  type Backbone,
  BEGINNING,
  type Card,
  type Census,
  type Committed,
  type Entry,
  type EntryId,
  type Heard,
  type NodeId,
  type ShardCommit,
  type Then,
} from "./backbone.ts";

export type OpenedBackbone = {
  readonly backbone: Backbone;
  /** Lets what is due happen, where nothing happens by itself; elsewhere it does nothing. */
  turn(): void;
  /** Resolves when everything published so far was heard. */
  settle(): Promise<void>;
  /** Lets time pass by the backbone's own clock. */
  passes(ms: number): Promise<void>;
  close(): Promise<void>;
};

export const SHARDS = 3;
export const ANA = "aaaaaaaaaaaaaaaa" as NodeId;
export const BEN = "bbbbbbbbbbbbbbbb" as NodeId;
export const GATE = "cccccccccccccccc" as NodeId;

/** One empty backbone, and short ways to ask it things. */
export class Stage {
  readonly backbone: Backbone;
  readonly opened: OpenedBackbone;

  constructor(opened: OpenedBackbone) {
    this.opened = opened;
    this.backbone = opened.backbone;
  }

  /** What is answered; a lost answer fails the test. */
  ask<Value>(step: (then: Then<Value>) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      step((answer) => {
        if (answer.known) resolve(answer.value);
        else reject(new Error(answer.why));
      });
      this.opened.turn();
    });
  }

  async hears(node: NodeId): Promise<Heard[]> {
    const heard: Heard[] = [];
    this.backbone.listen(node, (it) => heard.push(it));
    await this.opened.settle(); // From here on nothing is missed.
    heard.length = 0;
    return heard;
  }

  append(shard: number, sender: string, number: number, more: Partial<Append> = {}) {
    const batch = { sender, number, bytes: bytes(`${sender} ${number}`), most: 0, ...more };
    return this.ask<Appended>((then) => this.backbone.append(shard, batch, then));
  }

  read(shard: number, after: EntryId = BEGINNING, most = 100): Promise<readonly Entry[]> {
    return this.ask((then) => this.backbone.read(shard, after, most, then));
  }

  /** What the inbox holds, as words. */
  async words(shard: number, after?: EntryId): Promise<readonly string[]> {
    return (await this.read(shard, after)).map((entry) => text(entry.bytes));
  }

  commit(shard: number, commit: ShardCommit): Promise<Committed> {
    return this.ask((then) => this.backbone.commit(shard, commit, then));
  }

  open(shard: number) {
    return this.ask(this.backbone.open.bind(this.backbone, shard));
  }

  async live(shard: number): Promise<ReadonlyMap<string, string>> {
    const live = new Map<string, string>();
    const page = (entries: ReadonlyMap<string, Uint8Array>): void => {
      for (const [key, value] of entries) live.set(key, text(value));
    };
    await this.ask<void>((then) => this.backbone.scan(shard, page, then));
    return live;
  }

  async fetch(shard: number, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return texts(await this.ask((then) => this.backbone.fetch(shard, keys, then)));
  }

  async find(shard: number, prefix: string, most = 100): Promise<ReadonlyMap<string, string>> {
    return texts(await this.ask((then) => this.backbone.find(shard, prefix, most, then)));
  }

  async history(shard: number, from = 0, most = 100): Promise<readonly string[]> {
    const passages = await this.ask(this.backbone.history.bind(this.backbone, shard, from, most));
    return passages.map((it) => `${it.commit} ${text(it.bytes)}`);
  }

  /** The shard is the node's; its epoch. */
  async gives(shard: number, next: NodeId | ""): Promise<number> {
    const { epoch } = await this.holder(shard);
    const { isDone, holder } = await this.assign(shard, epoch, next);
    expect([isDone, holder]).toEqual([true, { owner: next, epoch: epoch + 1 }]);
    return holder.epoch;
  }

  assign(shard: number, epoch: number, next: NodeId | "") {
    return this.ask(this.backbone.assign.bind(this.backbone, shard, { epoch, next }));
  }

  holder(shard: number) {
    return this.ask(this.backbone.holder.bind(this.backbone, shard));
  }

  renew(node: NodeId, card: Partial<Card> = {}) {
    const whole: Card = { name: node, role: "shard", address: "", isLeaving: false, ...card };
    return this.ask(this.backbone.renew.bind(this.backbone, node, whole));
  }

  /** What a renewal of a living node sees. */
  async census(node: NodeId, card: Partial<Card> = {}): Promise<Census> {
    const renewed = await this.renew(node, card);
    if (renewed.at === "buried") throw new Error(`${node} was declared dead`);
    return renewed.census;
  }

  /** The node owns the shard and goes on from the last entry that it holds. */
  async nextCommit(shard: number, work: Partial<ShardCommit> = {}): Promise<ShardCommit> {
    const { owner, epoch, position, commit } = await this.open(shard);
    const to = (await this.read(shard, position)).at(-1)?.id ?? position;
    const place = { owner: owner as NodeId, epoch, from: position, to, commit: commit + 1 };
    return { ...NOTHING, ...place, ...work };
  }

  async commits(shard: number, work: Partial<ShardCommit> = {}): Promise<ShardCommit> {
    const commit = await this.nextCommit(shard, work);
    expect(await this.commit(shard, commit)).toEqual({ at: "done" });
    return commit;
  }
}

export const bytes = (word: string): Uint8Array => new TextEncoder().encode(word);
export const text = (word: Uint8Array): string => new TextDecoder().decode(word);
export const texts = (map: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, string> => {
  return new Map([...map].map(([key, value]) => [key, text(value)]));
};

/** What was heard, as sentences. */
export const said = (heard: readonly Heard[]): readonly string[] => heard.map(sentence);

function sentence(heard: Heard): string {
  switch (heard.on) {
    case "said":
      return `${heard.shard} ${text(heard.bytes)}`;
    case "entry":
      return `${heard.shard} entry ${text(heard.entry.bytes)}`;
    case "granted":
      return `${heard.shard} granted ${heard.epoch}`;
    case "interrupted":
      return "interrupted";
  }
}

const NOTHING = {
  notes: new Map(),
  live: new Map(),
  kept: new Map(),
  outbox: new Map(),
  history: undefined,
  historyFrom: 0,
  frames: [],
};
