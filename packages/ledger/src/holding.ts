/**
 * One shard in its owner's hands: what waits in the inbox is taken in order, decided elsewhere, and
 * committed in one step; the next batch grows meanwhile. Fenced means over, at once.
 */
import type { Clock, Log } from "@roundhouse/kernel";
import {
  type Answered,
  BEGINNING,
  type Committed,
  type Entry,
  type EntryId,
  type Epoch,
  type NodeId,
  type Shard,
  type ShardCommit,
  type ShardSteps,
} from "./backbone.ts";
import { decodePosts } from "./cluster-wire.ts";
import type { Codec } from "./codec.ts";
import { isAfter, timeOf } from "./entry-id.ts";
import type { HoldingStats } from "./holding-stats.ts";
import type { Commit, Owner, Post } from "./ledger.ts";
import { Outbox } from "./outbox.ts";
import { PastBound } from "./past-bound.ts";
import { Tails } from "./tails.ts";

export type HoldingOptions<Command> = {
  readonly node: NodeId;
  readonly shard: number;
  readonly epoch: Epoch;
  readonly backbone: ShardSteps;
  readonly codec: Codec<Command>;
  readonly clock: Clock;
  readonly log: Log;
  readonly defer: (run: () => void) => void;
  readonly later: (run: () => void, afterMs: number) => void;
  /** How many bytes of its commits the history of a shard keeps. */
  readonly historyBytesMax: number;
  readonly stats: HoldingStats;
  /** Somebody else owns the shard. */
  readonly fenced: () => void;
  /** It takes batches from now on. */
  readonly opened: () => void;
};

/** What makes it read the inbox: what was not heard, or what there was no room for. */
type Cause = "hole" | "look" | "interrupted" | "backlog";

/** Where it stands: each state goes on by itself, but for those that wait for the owner. */
type At =
  | "opening" // What the owner before left is being read.
  | "idle"
  | "ready" // The next turn takes a batch.
  | "deciding" // The owner has a batch, and owes a commit.
  | "committing"
  | "over";

export class Holding<Command, Item> {
  readonly shard: number;
  readonly epoch: Epoch;
  readonly tails = new Tails();
  readonly outbox: Outbox<Command>;
  /** How many records are kept here, roughly. */
  records = 0;
  readonly #options: HoldingOptions<Command>;
  readonly #past: PastBound;
  #owner: Owner<Command> | undefined;
  #at: At = "opening";
  /** The last entry whose effects are committed, and the last one that was heard. */
  #position: EntryId = BEGINNING;
  #heard: EntryId = BEGINNING;
  #reaches: EntryId = BEGINNING;
  #commit = 0;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  #isReading = false;
  /** More waits in the inbox than is held here. */
  #isBehind = false;
  /** Nothing is taken or committed for now. */
  #isPaused = false;
  #recordings = 0;
  #held: (() => void) | undefined;
  #release: (() => void) | undefined;
  /** When something was heard last, and when the batch in work was taken. */
  #heardAt = 0;
  #takenAt = 0;

  constructor(options: HoldingOptions<Command>) {
    const { shard, epoch } = options;
    this.#options = options;
    this.shard = shard;
    this.epoch = epoch;
    this.outbox = new Outbox({ ...options, lost: () => options.stats.lost++ });
    this.#past = new PastBound(options.historyBytesMax);
  }

  get commitNumber(): number {
    return this.#commit;
  }

  get isOpen(): boolean {
    return this.#at !== "opening" && this.#at !== "over";
  }

  /** Entries that wait, and since when the oldest does, by the backbone's clock. */
  get depth(): { readonly entries: number; readonly since: number | undefined } {
    const [oldest] = this.#waiting;
    return { entries: this.#waiting.length, since: oldest && timeOf(oldest.id) };
  }

  /** Reads everything that the owner before left, then takes what waits. */
  open(owner: Owner<Command>): void {
    this.#owner = owner;
    this.#options.backbone.open(this.shard, (answer) => {
      if (this.#at === "over") return;
      if (!answer.known) return this.#options.later(() => this.open(owner), AGAIN_MS);
      this.#found(answer.value);
    });
  }

  /** An entry was pushed: the next in line, one known already, or a sign that others are missing. */
  hear(entry: Entry): void {
    if (this.#at === "opening" || this.#at === "over") return; // Reading will bring it.
    this.#heardAt = this.#options.clock.precise();
    if (entry.previous !== this.#heard || this.#isCrowded) {
      if (isAfter(entry.id, this.#heard)) this.read("hole");
      return;
    }
    this.#take(entry);
    this.#wake();
  }

  /** Looks whether something was pushed and not heard. */
  look(): void {
    const isQuiet = this.#options.clock.precise() - this.#heardAt >= LOOK_MS;
    if (this.isOpen && isQuiet) this.read("look");
  }

  read(cause: Cause): void {
    if (this.#isReading || this.#at === "over") return;
    if (this.#isCrowded) {
      this.#isBehind = true; // The next turn makes room, and reads on.
      return;
    }
    this.#isReading = true;
    const { backbone, stats, later } = this.#options;
    backbone.read(this.shard, this.#heard, PAGE, (answer) => {
      this.#isReading = false;
      if (this.#at === "over") return;
      if (!answer.known) return later(() => this.read(cause), AGAIN_MS);
      let found = 0;
      for (const entry of answer.value) {
        if (!isAfter(entry.id, this.#heard)) continue; // Heard while it was being read.
        this.#take(entry);
        found++;
      }
      if (found > 0 && cause !== "backlog") stats.reread(cause);
      this.#wake();
      if (answer.value.length === PAGE) this.read("backlog");
    });
  }

  commit(commit: Commit<Command, Item, unknown>, then: () => void): void {
    if (this.#at !== "deciding") return; // It was dropped while its owner decided.
    this.#at = "committing";
    this.#send(this.#written(commit), then);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const held = this.#held;
    this.#held = undefined;
    held?.();
    this.#wake();
    if (this.isOpen) this.read("interrupted");
  }

  /** Calls back once no commit is on its way; nothing more is taken. */
  finish(then: () => void): void {
    this.#release = then;
    if (this.#at === "opening" || this.#at === "idle" || this.#at === "ready") this.#finish();
  }

  /** Forgets everything: nothing is sent in this shard's name any more. */
  end(): void {
    this.#at = "over";
    this.#owner = undefined;
    this.#waiting = [];
    this.#held = undefined;
    this.outbox.stop();
  }

  #found({ owner, epoch, position, commit, notes, outbox }: Shard): void {
    const { node, backbone, codec, later } = this.#options;
    if (owner !== node || epoch !== this.epoch) return this.#lose();
    this.#position = position;
    this.#heard = position;
    this.#commit = commit;
    this.tails.restore(notes);
    this.#past.restore(notes.get(PAST) ?? "", commit);
    this.outbox.restore(notes, outbox);
    const page = (entries: ReadonlyMap<string, Uint8Array>): void => {
      const live = new Map<string, unknown>();
      for (const [key, bytes] of entries) live.set(key, codec.decode(bytes));
      this.#owner?.restore(live);
    };
    const done = (answer: Answered<void>): void => {
      if (this.#at === "over") return;
      // What was read is the same when it is read again: nobody else writes here.
      if (!answer.known) return later(() => backbone.scan(this.shard, page, done), AGAIN_MS);
      this.#begin();
    };
    backbone.scan(this.shard, page, done);
    this.#count();
  }

  #begin(): void {
    this.#at = "idle";
    if (this.#release !== undefined) return this.#finish();
    this.outbox.sendAll();
    this.#options.opened();
    this.read("backlog");
  }

  #count(): void {
    this.#options.backbone.count(this.shard, (answer) => {
      if (answer.known) this.records = answer.value;
    });
  }

  get #isCrowded(): boolean {
    return this.#waiting.length >= WAITING_MAX || this.#waitingBytes >= WAITING_BYTES_MAX;
  }

  #take(entry: Entry): void {
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes.length;
    this.#heard = entry.id;
  }

  #wake(): void {
    if (this.#at !== "idle" || this.#waiting.length === 0 || this.#isPaused) return;
    if (this.#release !== undefined) return;
    this.#at = "ready";
    this.#options.defer(this.#turn);
  }

  readonly #turn = (): void => {
    if (this.#at !== "ready") return;
    if (this.#isPaused || this.#release !== undefined) {
      this.#at = "idle";
      return;
    }
    this.#at = "deciding";
    const { clock, stats, codec } = this.#options;
    this.#takenAt = clock.precise();
    const posts: Post<Command>[] = [];
    let [taken, weight, size] = [0, 0, 0];
    // A batch is bounded, so that its commit is, too: Redis does nothing else meanwhile.
    for (const { id, sender, bytes } of this.#waiting) {
      if (weight >= BATCH_MAX.weight || size >= BATCH_MAX.bytes) break;
      size += bytes.length;
      const at = timeOf(id);
      for (const { from, command } of decodePosts(codec, bytes, sender)) {
        if (codec.isFarewell(command)) this.tails.forget(from);
        weight += codec.weightOf(command);
        posts.push({ from, at, command });
      }
      this.#reaches = id;
      taken++;
    }
    const first = this.#waiting[0];
    if (first !== undefined) stats.taken(posts.length, clock.now() - timeOf(first.id));
    this.#waiting = taken === this.#waiting.length ? [] : this.#waiting.slice(taken);
    this.#waitingBytes -= size;
    if (this.#isBehind) {
      this.#isBehind = false;
      this.read("backlog");
    }
    this.#owner?.take(posts);
  };

  #written({ items, outbox, records, live }: Commit<Command, Item, unknown>): ShardCommit {
    const { node, codec } = this.#options;
    const notes = new Map<string, string | undefined>();
    const sent = new Map<string, Uint8Array | undefined>();
    this.outbox.write(outbox, notes, sent);
    // Numbers go with time: one that a failover took back is never given again, so that whoever heard
    // it notices.
    const before = this.#commit;
    const commit = Math.max(before + 1, timeOf(this.#reaches) * COMMITS_PER_MS);
    const said = this.tails.write(codec, { commit, at: timeOf(this.#reaches), items, notes });
    if (said.history !== undefined) {
      this.#past.add(commit, said.history.length);
      notes.set(PAST, this.#past.note);
    }
    if (records.size > 0 && this.#recordings++ % COUNT_EACH === 0) this.#count();
    return {
      owner: node,
      epoch: this.epoch,
      from: this.#position,
      to: this.#reaches,
      before,
      commit,
      notes,
      live: encoded(codec, live),
      kept: encoded(codec, records),
      outbox: sent,
      history: said.history,
      historyFrom: this.#past.from,
      frames: said.frames,
    };
  }

  #send(written: ShardCommit, then: () => void): void {
    const { backbone, later, stats } = this.#options;
    const again = (): void => this.#send(written, then);
    if (this.#isPaused) {
      this.#held = again;
      return;
    }
    backbone.commit(this.shard, written, (answer: Answered<Committed>) => {
      if (this.#at === "over") return;
      if (!answer.known) {
        stats.unknownCommits++;
        return later(() => {
          if (this.#at === "committing") again();
        }, AGAIN_MS);
      }
      if (answer.value.at === "fenced") return this.#lose();
      this.#done(written, then);
    });
  }

  #done({ commit, to, frames }: ShardCommit, then: () => void): void {
    const { stats, clock } = this.#options;
    this.#commit = commit;
    this.#position = to;
    this.tails.done();
    stats.committed(frames.length, (clock.precise() - this.#takenAt) / 1000);
    this.outbox.send();
    this.#at = "idle";
    then();
    if (this.#release !== undefined) return this.#finish();
    this.#wake();
  }

  #finish(): void {
    const release = this.#release;
    if (release === undefined) return;
    this.#at = "over";
    this.outbox.stop();
    release();
  }

  #lose(): void {
    if (this.#at === "over") return;
    this.#options.stats.fenced++;
    this.end();
    this.#options.fenced();
  }
}

function encoded(
  codec: Codec<never>,
  values: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, Uint8Array | undefined> {
  if (values.size === 0) return NOTHING;
  const bytes = new Map<string, Uint8Array | undefined>();
  for (const [key, value] of values) {
    bytes.set(key, value === undefined ? undefined : codec.encode(value));
  }
  return bytes;
}

const NOTHING: ReadonlyMap<string, undefined> = new Map();
/** The note of how much history there is. */
const PAST = "past";
/** What one batch makes the shard do, and its size: but for the entry that passes the bound. */
const BATCH_MAX = { weight: 5_000, bytes: 1_048_576 };
/** What is held here of the inbox: the rest waits there. */
const WAITING_MAX = 1_024;
const WAITING_BYTES_MAX = 16_777_216;
const PAGE = 64;
/** Of the commits that change records, every so many'th has them counted anew. */
const COUNT_EACH = 32;
/** Far more than there can be. */
const COMMITS_PER_MS = 64;
const AGAIN_MS = 50;
const LOOK_MS = 1_000;
