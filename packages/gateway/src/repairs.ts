/**
 * That this gateway and each shard know the same of each other: compared by digests, and mended by a
 * resync and the snapshot that answers it, when they differ or when frames were lost for good.
 */
import type { Digests, Snapshot } from "@roundhouse/domain";
import type { Clock, Log, Millis } from "@roundhouse/kernel";
import type { Crowd } from "./crowd.ts";
import type { Halls } from "./halls.ts";
import type { Inboxes } from "./inboxes.ts";
import type { Difference } from "./mirror.ts";
import type { Restoration } from "./restoration.ts";
import type { Roll } from "./roll.ts";
import type { GatewayStats, RepairCause } from "./stats.ts";
import type { Watches } from "./watches.ts";

export type RepairsOptions = {
  readonly shards: number;
  readonly crowd: Crowd;
  readonly halls: Halls;
  readonly watches: Watches;
  readonly roll: Roll;
  readonly inboxes: Inboxes;
  readonly restoration: Restoration;
  readonly stats: GatewayStats;
  readonly clock: Clock;
  readonly log: Log;
};

/** A shard that must still say how things stand. */
type Repair = {
  readonly cause: RepairCause;
  /** The first round that was asked after everything that was lost. */
  readonly since: number;
  /** When it was last asked; undefined: its inbox did not take the question. */
  askedAt: Millis | undefined;
};

export class Repairs {
  readonly #options: RepairsOptions;
  readonly #repairs = new Map<number, Repair>();
  /** By shard, when the next digest is due. */
  readonly #due: Millis[];
  #round = 0;

  constructor(options: RepairsOptions) {
    this.#options = options;
    const now = options.clock.now();
    const { shards } = options;
    this.#due = Array.from({ length: shards }, (_, shard) => now + (DIGEST_MS * shard) / shards);
  }

  /** Of the last question to any shard. */
  get round(): number {
    return this.#round;
  }

  /** Frames of a shard are lost for good. What follows is whole. */
  missed(shard: number): void {
    const { halls, log } = this.#options;
    halls.lose(shard);
    log.say("warn", "frames_missed", { shard, halls: halls.of(shard).length });
    this.#begin(shard, "missed");
  }

  /** A shard said what it knows of this gateway. */
  compare(shard: number, round: number, theirs: Digests): void {
    const { roll, stats } = this.#options;
    const differences = roll.mirror(shard).compare(round, theirs);
    if (differences === undefined) return; // Asked before frames were lost.
    stats.digests++;
    if (differences.length === 0) return;
    this.#complain(shard, differences);
    this.#begin(shard, "digest");
  }

  /** A shard said how things stand. */
  restore(shard: number, snapshot: Snapshot): void {
    const { restoration, stats } = this.#options;
    const repair = this.#repairs.get(shard);
    stats.snapshots++;
    // One that was asked for before the last loss does not know what was lost.
    if (repair === undefined || snapshot.round < repair.since) return;
    this.#repairs.delete(shard);
    restoration.apply(shard, snapshot, stats.repairs[repair.cause]);
    this.#due[shard] = this.#options.clock.now() + DIGEST_MS;
  }

  /** About every second: digests that are due, and resyncs that were not answered. */
  sweep(now: Millis): void {
    for (const [shard, { askedAt }] of this.#repairs) {
      if (askedAt === undefined || now - askedAt >= RESYNC_MS) this.#resync(shard);
    }
    for (let shard = 0; shard < this.#due.length; shard++) this.#ask(shard, now);
  }

  clear(): void {
    this.#repairs.clear();
  }

  #ask(shard: number, now: Millis): void {
    if (now < (this.#due[shard] ?? 0)) return;
    const { inboxes, roll } = this.#options;
    const mirror = roll.mirror(shard);
    if (mirror.askedAt !== undefined && now - mirror.askedAt >= ANSWER_MS) mirror.forget();
    // Somebody went and the shard could not be told yet: it would count who is not here.
    const mustWait = inboxes.owes(shard) || this.#repairs.has(shard);
    if (mustWait || mirror.askedAt !== undefined) return;
    const round = ++this.#round;
    if (!inboxes.append(shard, { on: "digest", round }).ok) return;
    mirror.ask(round, now);
    this.#due[shard] = now + DIGEST_MS;
  }

  #begin(shard: number, cause: RepairCause): void {
    const { roll, stats } = this.#options;
    stats.repairs[cause].begun++;
    roll.mirror(shard).forget(); // The answer may be lost, or would be compared too early.
    this.#repairs.set(shard, { cause, since: this.#round + 1, askedAt: undefined });
    this.#resync(shard);
  }

  /** Says all that we take for true of the shard. */
  #resync(shard: number): void {
    const { clock, crowd, halls, inboxes, stats, watches } = this.#options;
    const repair = this.#repairs.get(shard);
    if (repair === undefined) return;
    const resync = {
      on: "resync",
      round: ++this.#round,
      sessions: crowd.of(shard),
      rooms: halls.of(shard).map(({ id, seats, lastSeq }) => {
        return { room: id, sessions: [...seats].map(({ session }) => session), after: lastSeq };
      }),
      watches: watches.of(shard),
    } as const;
    const isTaken = inboxes.append(shard, resync).ok;
    repair.askedAt = isTaken ? clock.now() : undefined;
    if (!isTaken) return;
    watches.listed(shard);
    stats.resyncs++;
  }

  #complain(shard: number, differences: readonly Difference[]): void {
    const counts = differences.map(({ set, ours, theirs }) => [
      set,
      `${ours} here, ${theirs} there`,
    ]);
    this.#options.log.say("warn", "digest_differs", { shard, ...Object.fromEntries(counts) });
  }
}

/** How often each shard is asked for its digests. */
const DIGEST_MS = 10_000;
/** After so long a digest is not waited for any more. */
const ANSWER_MS = 60_000;
/** After so long without a snapshot it is asked for again. */
const RESYNC_MS = 2_000;
