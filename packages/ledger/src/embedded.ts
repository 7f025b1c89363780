/** The ledger in one process: the inbox is a queue, the commit a call, records go to a store. */
import {
  type Clock,
  fail,
  type GatewayId,
  LATENCY_SECONDS,
  type Log,
  type Millis,
  ok,
  type Result,
  Spread,
} from "@roundhouse/kernel";
import { type Inbox, NO_KEYS, openInbox, takeAll } from "./embedded-inbox.ts";
import { Listeners } from "./embedded-listeners.ts";
import { isDurable, LastingOutbox, type Written } from "./embedded-outbox.ts";
import type { Commit, Ledger, Listener, Owner, Past } from "./ledger.ts";
import type { Store } from "./store.ts";
import { recordKey } from "./store-keys.ts";

export type EmbeddedOptions = {
  readonly shards: number;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** How many commands may wait in one inbox. */
  readonly inboxMax: number;
  /** How many records the store should have at most; without it there is no such bound. */
  readonly recordsMax?: number;
  /** Runs something after the present turn of the event loop: setImmediate, or a test's hand. */
  readonly defer: (run: () => void) => void;
  /** Runs something later: setTimeout, or a test's hand. */
  readonly later: (run: () => void, afterMs: number) => void;
};

export class EmbeddedLedger<Command, Item, Stored> implements Ledger<Command, Item, Stored> {
  readonly stats = {
    appended: 0,
    refused: 0,
    commits: 0,
    durableCommits: 0,
    storeFailures: 0,
    /** Seconds that commands waited in the inbox: each counts as its batch's oldest did. */
    wait: new Spread(LATENCY_SECONDS),
    /** Seconds from taking a command's batch to the end of its commit, fan-out included. */
    commit: new Spread(LATENCY_SECONDS),
    batch: new Spread([1, 2, 5, 10, 25, 50, 100, 250, 1000]),
  };
  readonly keepsLive = false;
  readonly #options: EmbeddedOptions;
  readonly #inboxes: Inbox<Command>[];
  readonly #lasting: LastingOutbox<Command>;
  readonly #listeners = new Listeners<Item>();
  readonly #ready: Inbox<Command>[] = [];
  #isDeferred = false;
  /** The time of the turn that comes next. */
  #now: Millis = 0;
  #storeTrouble = false;
  #pending = 0;
  readonly #idle: (() => void)[] = [];

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#inboxes = Array.from({ length: options.shards }, (_, shard) => openInbox(shard));
    this.#lasting = new LastingOutbox(options.store);
    // Before anything else: what is appended from now on comes behind it.
    for (const { to, command, key } of this.#lasting.left()) {
      this.#post(this.#inbox(to), NOBODY, command, key);
    }
  }

  append(shard: number, from: GatewayId, command: Command): Result<void> {
    const inbox = this.#inbox(shard);
    const { inboxMax } = this.#options;
    if (this.#isStuck(inbox)) {
      this.stats.refused++;
      return fail("shard_unavailable", { shard });
    }
    if (inbox.waiting.length >= inboxMax) {
      this.stats.refused++;
      return fail("inbox_full", { most: inboxMax });
    }
    this.#post(inbox, from, command);
    return ACCEPTED;
  }

  hear(gateway: GatewayId, listener: Listener<Item>): () => void {
    return this.#listeners.add(gateway, listener);
  }

  /** Its owner lives as long as the process: nothing live is ever restored. */
  own(shard: number, owner: Owner<Command>): void {
    const inbox = this.#inbox(shard);
    inbox.owner = owner;
    if (inbox.waiting.length > 0) this.#wake(inbox);
  }

  load(
    shard: number,
    keys: readonly string[],
    then: (records: ReadonlyMap<string, Stored>) => void,
  ): void {
    const records = new Map<string, Stored>();
    for (const key of keys) {
      const value = this.#options.store.get(recordKey(shard, key));
      if (value !== undefined) records.set(key, value as Stored);
    }
    then(records);
  }

  scan(
    shard: number,
    { prefix, limit }: { readonly prefix: string; readonly limit: number },
    then: (records: ReadonlyMap<string, Stored>) => void,
  ): void {
    const begins = recordKey(shard, "").length;
    const records = new Map<string, Stored>();
    for (const [key, value] of this.#options.store.scan(recordKey(shard, prefix), limit)) {
      records.set(key.slice(begins), value as Stored);
    }
    then(records);
  }

  /** Nobody takes over from anybody here: what was said is with whoever said it. */
  recall(_shard: number, then: (past: readonly Past<Item>[]) => void): void {
    then([]);
  }

  /** All shards have one store: it is full for all of them or none. */
  isFull(_shard: number): boolean {
    const { store, recordsMax } = this.#options;
    return recordsMax !== undefined && store.count() >= recordsMax;
  }

  commit(shard: number, commit: Commit<Command, Item, Stored>, then: () => void): void {
    const { settling } = this.#inbox(shard);
    if (!isDurable(commit, settling)) return this.#finish(shard, commit, NO_KEYS, then);
    this.#write(shard, commit, this.#lasting.write(shard, commit, settling), then);
  }

  /** How many commands wait in all inboxes together, and for how long the oldest has, in seconds. */
  depth(): { readonly commands: number; readonly oldestSeconds: number } {
    const now = this.#options.clock.precise();
    let commands = 0;
    let oldest = now;
    for (const inbox of this.#inboxes) {
      commands += inbox.waiting.length;
      if (inbox.waiting.length > 0) oldest = Math.min(oldest, inbox.since);
    }
    return { commands, oldestSeconds: (now - oldest) / 1000 };
  }

  /** Whether the store took the last write. */
  get isHealthy(): boolean {
    return !this.#storeTrouble;
  }

  /** Resolves when every inbox is empty and every commit is done. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#pending === 0) resolve();
      else this.#idle.push(resolve);
    });
  }

  /** For a while what comes waits for the store; after that nothing more is promised. */
  #isStuck({ stuckAt }: Inbox<Command>): boolean {
    return stuckAt > 0 && this.#options.clock.precise() - stuckAt >= STUCK_MS;
  }

  #inbox(shard: number): Inbox<Command> {
    const inbox = this.#inboxes[shard];
    if (inbox === undefined) throw new RangeError(`there is no shard ${shard}`);
    return inbox;
  }

  #post(inbox: Inbox<Command>, from: GatewayId, command: Command, key?: string): void {
    if (!this.#isDeferred) this.#now = this.#options.clock.now(); // Once a turn is often enough.
    if (inbox.waiting.length === 0) inbox.since = this.#options.clock.precise();
    inbox.waiting.push({ from, at: this.#now, command });
    if (key !== undefined) inbox.lasting.push(key);
    this.stats.appended++;
    this.#pending++;
    if (!inbox.isReady) this.#wake(inbox);
  }

  #wake(inbox: Inbox<Command>): void {
    if (inbox.isBusy || inbox.isReady || inbox.owner === undefined) return;
    inbox.isReady = true;
    this.#ready.push(inbox);
    if (this.#isDeferred) return;
    this.#isDeferred = true;
    this.#options.defer(this.#turn);
  }

  /** One turn: every inbox that has something, also what this turn itself appends. */
  readonly #turn = (): void => {
    for (let index = 0; index < this.#ready.length; index++) {
      const inbox = this.#ready[index];
      if (inbox === undefined) break;
      const now = this.#options.clock.precise();
      const posts = takeAll(inbox, now);
      this.stats.wait.observe((now - inbox.since) / 1000, posts.length);
      this.stats.batch.observe(posts.length);
      this.#pending -= posts.length - 1; // The batch as a whole stays pending.
      inbox.owner?.take(posts);
    }
    this.#ready.length = 0;
    this.#isDeferred = false;
  };

  #finish(
    shard: number,
    commit: Commit<Command, Item, Stored>,
    keys: Written["keys"],
    then: () => void,
  ): void {
    const inbox = this.#inbox(shard);
    let at = 0;
    for (const { shard: to, command } of commit.outbox) {
      this.#post(this.#inbox(to), NOBODY, command, keys[at++]); // Beyond any bound: it was promised.
    }
    if (commit.items.length > 0) this.#listeners.deliver(shard, commit.items);
    then();
    this.stats.commits++;
    this.stats.commit.observe((this.#options.clock.precise() - inbox.takenAt) / 1000, inbox.taken);
    inbox.isBusy = false;
    this.#pending--;
    if (inbox.waiting.length > 0) this.#wake(inbox);
    if (this.#pending > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #write(
    shard: number,
    commit: Commit<Command, Item, Stored>,
    written: Written,
    then: () => void,
  ): void {
    const { store, log, later } = this.#options;
    const done = (): void => {
      this.#storeTrouble = false;
      this.#inbox(shard).stuckAt = 0;
      this.stats.durableCommits++;
      this.#finish(shard, commit, written.keys, then);
    };
    const failed = (cause: unknown): void => {
      this.#storeTrouble = true;
      this.stats.storeFailures++;
      const inbox = this.#inbox(shard);
      if (inbox.stuckAt === 0) inbox.stuckAt = Math.max(this.#options.clock.precise(), MOMENT);
      log.say("error", "store_failed", { shard, cause: String(cause), retryMs: RETRY_MS });
      later(() => this.#write(shard, commit, written, then), RETRY_MS);
    };
    store.write(written.changes).then(done, failed);
  }
}

const ACCEPTED: Result<void> = ok(undefined);
/** The author of what shards send each other. */
const NOBODY = "" as GatewayId;
const RETRY_MS = 500;
const STUCK_MS = 5_000;
/** The first moment that is not "never". */
const MOMENT = Number.MIN_VALUE;
