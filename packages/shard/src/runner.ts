/** Runs one shard: takes a batch, loads what it needs, decides, commits. The only writer it has. */
import {
  admit,
  type Command,
  decide,
  type Item,
  liveChanges,
  missing,
  needsPast,
  openScene,
  openShard,
  type Rules,
  remember,
  restore,
  type Scene,
  type ShardState,
  type Stored,
  tidy,
  wanted,
} from "@roundhouse/domain";
import { type GatewayId, type Millis, shardOf } from "@roundhouse/kernel";
import type { Ledger, Post } from "@roundhouse/ledger";
import { RunnerStats } from "./stats.ts";

export type ShardLedger = Ledger<Command, Item, Stored>;

export type RunnerOptions = {
  readonly shard: number;
  /** K: how many shards the data set has. */
  readonly shards: number;
  readonly rules: Rules;
  readonly ledger: ShardLedger;
  /** Where it counts: those of all shards of a node. */
  readonly stats?: RunnerStats;
};

export class ShardRunner {
  readonly stats: RunnerStats;
  readonly state: ShardState;
  readonly #options: RunnerOptions;
  readonly #isFull = (): boolean => this.#options.ledger.isFull(this.#options.shard);
  #isOver = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.stats = options.stats ?? new RunnerStats();
    this.state = openShard(options.rules, options);
    options.ledger.own(options.shard, {
      restore: (live) => {
        if (!this.#isOver) restore(this.state, live);
      },
      take: (posts) => {
        if (!this.#isOver) this.#load(posts);
      },
    });
  }

  /** Something may be due: if so, it goes through the inbox like everything else. */
  tick(now: Millis): void {
    const { next } = this.state.due;
    if (this.#isOver || next === undefined || next > now) return;
    const { ledger, shard } = this.#options;
    ledger.append(shard, OWNER, { on: "tick" }); // A full inbox is retried with the next tick.
  }

  /** The shard is somebody else's: nothing is decided here any more, whatever is still answered. */
  end(): void {
    this.#isOver = true;
  }

  /** What the batch needs is looked up, unless it is here; what is found may lead to more. */
  #load(posts: readonly Post<Command>[]): void {
    const keys = this.#missing(posts);
    if (keys === undefined) return this.#search(posts);
    const { ledger, shard } = this.#options;
    ledger.load(shard, keys, (records) => {
      if (this.#isOver) return;
      admit(this.state, keys, records);
      this.#load(posts);
    });
  }

  /** Most batches need nothing, and are not to pay for the question. */
  #missing(posts: readonly Post<Command>[]): readonly string[] | undefined {
    let needed: Set<string> | undefined;
    for (const { command } of posts) {
      for (const key of missing(this.state, command)) {
        needed ??= new Set();
        needed.add(key);
      }
    }
    return needed && [...needed];
  }

  /** Searches are answered from the store, one after another. */
  #search(posts: readonly Post<Command>[]): void {
    const { ledger, shard } = this.#options;
    for (const { command } of posts) {
      const search = wanted(this.state, command);
      if (search === undefined) continue;
      return ledger.scan(shard, search, (records) => {
        if (this.#isOver) return;
        this.state.found.set(search.prefix, records);
        this.#search(posts);
      });
    }
    this.#recall(posts);
  }

  /** Somebody asks for what an owner before this one saw happen. */
  #recall(posts: readonly Post<Command>[]): void {
    const { ledger, shard } = this.#options;
    if (!posts.some(({ command }) => needsPast(this.state, command))) return this.#run(posts);
    this.stats.recalls++;
    ledger.recall(shard, (past) => {
      if (this.#isOver) return;
      remember(this.state, past);
      this.#run(posts);
    });
  }

  #run(posts: readonly Post<Command>[]): void {
    const { ledger, shard, shards } = this.#options;
    const { state, stats } = this;
    const scene = openScene(state, { keepsLive: ledger.keepsLive, isFull: this.#isFull });
    for (const post of posts) this.#decide(post, scene);
    tidy(state, scene);
    const { items, outbox, records, refusals } = scene.effects;
    for (const code of refusals) count(stats.refusals, code);
    stats.mailKept += scene.effects.mailKept;
    stats.mailDropped += scene.effects.mailDropped;
    const sent = outbox.map(({ subject, command, lasts }) => {
      return { shard: shardOf(subject, shards), command, lasts };
    });
    const live = liveChanges(state, scene.changed);
    ledger.commit(shard, { items, outbox: sent, records, live }, nothingMore);
  }

  #decide({ command, from, at }: Post<Command>, scene: Scene): void {
    const { state, stats } = this;
    scene.gateway = from;
    scene.now = at;
    count(stats.commands, command.on);
    const { effects } = scene;
    const refusedBefore = effects.refusals.length + effects.shed;
    decide(state, command, scene);
    if (effects.refusals.length + effects.shed > refusedBefore) count(stats.refused, command.on);
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const nothingMore = (): void => {};
/** Who asks when a shard asks itself. */
const OWNER = "" as GatewayId;
