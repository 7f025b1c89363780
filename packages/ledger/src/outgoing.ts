/**
 * What a node says to the shards: collected for one turn of the loop, sent as numbered batches, kept
 * until the inbox has it. What is said while a batch is on its way forms the next one.
 */
import { type Clock, fail, type GatewayId, type Log, ok, type Result } from "@roundhouse/kernel";
import type { Append, NodeId, ShardSteps } from "./backbone.ts";
import { OutgoingStats } from "./bus-stats.ts";
import { packPosts, type Said } from "./cluster-wire.ts";
import type { Codec } from "./codec.ts";
import { Courier } from "./courier.ts";

export type OutgoingOptions<Command> = {
  readonly node: NodeId;
  readonly shards: number;
  readonly backbone: Pick<ShardSteps, "append">;
  readonly codec: Codec<Command>;
  readonly clock: Clock;
  readonly log: Log;
  readonly defer: (run: () => void) => void;
  readonly later: (run: () => void, afterMs: number) => void;
  /** How many commands may wait here for one shard. */
  readonly queueMax: number;
  /** How many entries one inbox may hold. */
  readonly inboxMax: number;
  /** No shard takes anything of this node any more. */
  readonly buried: () => void;
  /** Those of its life before, which it goes on with. */
  readonly stats?: OutgoingStats;
};

type Lane<Command> = {
  readonly shard: number;
  readonly courier: Courier;
  waiting: Said<Command>[];
  /** The last batch that was sent. */
  number: number;
  /** When the batch on its way was sent first. */
  sentAt: number;
  isReady: boolean;
};

export class Outgoing<Command> {
  readonly stats: OutgoingStats;
  readonly #options: OutgoingOptions<Command>;
  readonly #lanes: Lane<Command>[];
  readonly #ready: Lane<Command>[] = [];
  readonly #idle: (() => void)[] = [];
  #isDeferred = false;
  #isBuried = false;
  #isSettling = false;

  constructor(options: OutgoingOptions<Command>) {
    this.#options = options;
    this.stats = options.stats ?? new OutgoingStats();
    this.#lanes = Array.from({ length: options.shards }, (_, shard) => this.#open(shard));
  }

  append(shard: number, from: GatewayId, command: Command): Result<void> {
    const lane = this.#lanes[shard];
    if (lane === undefined) throw new RangeError(`there is no shard ${shard}`);
    const refusal = this.#refusal(lane);
    if (refusal !== undefined) {
      this.stats.refused++;
      return refusal;
    }
    lane.waiting.push({ from, command });
    this.stats.appended++;
    if (!lane.isReady && !lane.courier.isBusy) this.#wake(lane);
    return ACCEPTED;
  }

  /** Commands that wait here, on their way or not, and how long the oldest batch is on its way. */
  depth(): { readonly commands: number; readonly oldestSeconds: number } {
    const now = this.#options.clock.precise();
    let commands = 0;
    let oldest = now;
    for (const { waiting, courier, sentAt } of this.#lanes) {
      commands += waiting.length;
      if (courier.isBusy) oldest = Math.min(oldest, sentAt);
    }
    return { commands, oldestSeconds: (now - oldest) / 1000 };
  }

  /** Calls back once everything said so far is in the inboxes. */
  flushed(then: () => void): void {
    this.#idle.push(then);
    this.#settle();
  }

  stop(): void {
    this.#isBuried = true;
    for (const { courier } of this.#lanes) courier.stop();
  }

  #refusal({ shard, waiting, courier, sentAt }: Lane<Command>): Result<void> | undefined {
    const { queueMax, clock } = this.#options;
    if (this.#isBuried) return fail("shard_unavailable", { shard });
    if (courier.isStuck && clock.precise() - sentAt >= STUCK_MS) {
      return fail("shard_unavailable", { shard });
    }
    return waiting.length >= queueMax ? fail("inbox_full", { most: queueMax }) : undefined;
  }

  #open(shard: number): Lane<Command> {
    const { backbone, later } = this.#options;
    const courier = new Courier({
      backbone,
      shard,
      later,
      next: () => this.#next(lane),
      taken: () => {
        this.stats.append.observe((this.#options.clock.precise() - lane.sentAt) / 1000, 1);
        // What came meanwhile leaves with what this turn still brings.
        if (lane.waiting.length > 0) this.#wake(lane);
        this.#settle();
      },
      gap: (batch, last) => this.#renumber(lane, batch, last),
      buried: () => this.#bury(),
      stats: this.stats,
    });
    const lane: Lane<Command> = {
      shard,
      courier,
      waiting: [],
      number: 0,
      sentAt: 0,
      isReady: false,
    };
    return lane;
  }

  #wake(lane: Lane<Command>): void {
    if (lane.isReady) return;
    lane.isReady = true;
    this.#ready.push(lane);
    if (this.#isDeferred) return;
    this.#isDeferred = true;
    this.#options.defer(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isDeferred = false;
    for (const lane of this.#ready.splice(0)) {
      lane.isReady = false;
      lane.courier.wake();
    }
  };

  #next(lane: Lane<Command>): Append | undefined {
    // Only a turn sends: until it comes, more may join.
    if (lane.waiting.length === 0 || lane.isReady) return undefined;
    const { codec, node, inboxMax, clock } = this.#options;
    const { bytes, count } = packPosts(codec, lane.waiting, node, ENTRY_MAX);
    lane.waiting = count === lane.waiting.length ? [] : lane.waiting.slice(count);
    lane.number++;
    lane.sentAt = clock.precise();
    this.stats.batches++;
    this.stats.batch.observe(count, 1);
    return { sender: node, number: lane.number, bytes, most: inboxMax };
  }

  /** The shard forgot batches that it had taken: that cannot be mended, but what follows can. */
  #renumber(lane: Lane<Command>, batch: Append, last: number): Append {
    const { log } = this.#options;
    this.stats.lost += batch.number - last - 1;
    log.say("error", "inbox_lost", { shard: lane.shard, batches: batch.number - last - 1 });
    lane.number = last + 1;
    return { ...batch, number: lane.number };
  }

  #bury(): void {
    if (this.#isBuried) return;
    this.stop();
    this.#options.buried();
  }

  #settle(): void {
    if (this.#idle.length === 0) return;
    const isIdle = this.#lanes.every(({ waiting, courier }) => {
      return waiting.length === 0 && !courier.isBusy;
    });
    if (!isIdle) return this.#lookLater();
    for (const then of this.#idle.splice(0)) then();
  }

  #lookLater(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    this.#options.later(() => {
      this.#isSettling = false;
      this.#settle();
    }, SETTLE_MS);
  }
}

const ACCEPTED: Result<void> = ok(undefined);
/** An entry is never torn, so it is bounded by what it makes its shard do as well as by its size. */
const ENTRY_MAX = { weight: 1_000, bytes: 262_144 };
/** So long what is said waits for a backbone in trouble; after that nothing more is promised. */
const STUCK_MS = 5_000;
const SETTLE_MS = 10;
