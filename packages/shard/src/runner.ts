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
  tidy,
  type UserRecord,
} from "@roundhouse/domain";
import { type Code, type GatewayId, type Millis, shardOf, type UserId } from "@roundhouse/kernel";
import type { Ledger, Post } from "@roundhouse/ledger";

export type ShardLedger = Ledger<Command, Item, UserRecord>;

export type RunnerOptions = {
  readonly shard: number;
  /** K: how many shards the data set has. */
  readonly shards: number;
  readonly rules: Rules;
  readonly ledger: ShardLedger;
};

export class ShardRunner {
  readonly stats = {
    commands: new Map<Command["on"], number>(),
    /** How many of the commands were refused. */
    refused: new Map<Command["on"], number>(),
    refusals: new Map<Code, number>(),
    /** How often the past was recalled: at most once after each change of owner. */
    recalls: 0,
  };
  readonly state: ShardState;
  readonly #options: RunnerOptions;
  #isOver = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.state = openShard(options.rules);
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

  /** Those whose names come up are looked up, unless they are here. */
  #load(posts: readonly Post<Command>[]): void {
    const needed: UserId[] = [];
    for (const { command } of posts) {
      const users = missing(this.state, command);
      if (users.length > 0) needed.push(...users);
    }
    if (needed.length === 0) return this.#recall(posts);
    const { ledger, shard } = this.#options;
    ledger.load(shard, needed.map(keyOf), (records) => {
      if (this.#isOver) return;
      for (const user of needed) admit(this.state, user, records.get(keyOf(user)));
      this.#recall(posts);
    });
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
    const scene = openScene(state, ledger);
    for (const post of posts) this.#decide(post, scene);
    tidy(state, scene);
    const { items, outbox, records, refusals } = scene.effects;
    for (const code of refusals) count(stats.refusals, code);
    const sent = outbox.map(({ subject, command }) => {
      return { shard: shardOf(subject, shards), command };
    });
    const live = liveChanges(state, scene.changed);
    ledger.commit(shard, { items, outbox: sent, records: keyed(records), live }, nothingMore);
  }

  #decide({ command, from, at }: Post<Command>, scene: Scene): void {
    const { state, stats } = this;
    scene.gateway = from;
    scene.now = at;
    count(stats.commands, command.on);
    if (command.on === "invited" && this.#isTooMuch(command.user)) {
      count(stats.refused, command.on);
      scene.touched.push(command.user); // Looked up for this alone: it leaves memory again.
      return;
    }
    const refusedBefore = scene.effects.refusals.length;
    decide(state, command, scene);
    if (scene.effects.refusals.length > refusedBefore) count(stats.refused, command.on);
  }

  /** A full store begins no record for a name that is not here: it could be any name. */
  #isTooMuch(user: UserId): boolean {
    const known = this.state.users.get(user);
    const isKept = known !== undefined && (known.guarded || known.invites.length > 0);
    const isHere = known !== undefined && known.stays.length > 0;
    return !isKept && !isHere && this.#options.ledger.isFull(this.#options.shard);
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Most batches change nothing durable. */
function keyed(
  records: ReadonlyMap<UserId, UserRecord | undefined>,
): ReadonlyMap<string, UserRecord | undefined> {
  if (records.size === 0) return NO_RECORDS;
  return new Map([...records].map(([user, record]) => [keyOf(user), record]));
}

const NO_RECORDS: ReadonlyMap<string, undefined> = new Map();
const keyOf = (user: UserId): string => `user/${user}`;
const nothingMore = (): void => {};
/** Who asks when a shard asks itself. */
const OWNER = "" as GatewayId;
