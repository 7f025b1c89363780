/**
 * Who holds which shard, as far as this node knows: it looks again and again, seldom while the
 * cluster is at rest, each second while it is not. A lost grant is found that way.
 */
import type { Clock, Millis } from "@roundhouse/kernel";
import type { Answered, Census, Holder, ShardSteps } from "@roundhouse/ledger";
import type { Membership } from "./membership.ts";

export type LookoutOptions = {
  readonly shards: number;
  readonly backbone: Pick<ShardSteps, "holder">;
  readonly membership: Membership;
  readonly clock: Clock;
  readonly later: (run: () => void, afterMs: number) => void;
};

/** What was seen, and when that was known at the latest, by the precise clock. */
export type Seen = Holder & { readonly at: Millis };

export type Onlooker = {
  /** `how`: the backbone was asked, or somebody here knew. */
  readonly seen?: (shard: number, holder: Holder, how: "looked" | "learned") => void;
  /** Everything that was to be looked at was seen, or can't be now. */
  readonly settled?: () => void;
};

export class Lookout {
  readonly stats = { looks: 0, unknown: 0 };
  readonly #options: LookoutOptions;
  readonly #seen = new Map<number, Seen>();
  readonly #onlookers = new Set<Onlooker>();
  /** Shards to look at, and those whose answer is on its way: with the moment they were asked. */
  readonly #wanted = new Set<number>();
  readonly #asked = new Map<number, number>();
  /** Counts what happens here: an answer to an older question does not undo newer knowledge. */
  #moment = 0;
  readonly #learned = new Map<number, number>();
  #isResting = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #changedAt = Number.NEGATIVE_INFINITY;
  #picture = "";

  constructor(options: LookoutOptions) {
    this.#options = options;
    options.membership.watch({ census: this.#census });
  }

  get seen(): ReadonlyMap<number, Seen> {
    return this.#seen;
  }

  /** Whether no answer is awaited. */
  get isSettled(): boolean {
    return this.#asked.size === 0 && this.#wanted.size === 0;
  }

  watch(onlooker: Onlooker): void {
    this.#onlookers.add(onlooker);
  }

  /** Looks at these, after what was asked before. */
  look(shards: Iterable<number>): void {
    for (const shard of shards) this.#wanted.add(shard);
    this.#ask();
  }

  lookAtAll(): void {
    this.#lookedAt = this.#options.clock.precise();
    this.look(Array.from({ length: this.#options.shards }, (_, shard) => shard));
  }

  /** Something may have been missed: looks soon, and each second for a while. */
  disturb(): void {
    const now = this.#options.clock.precise();
    this.#changedAt = now;
    if (now - this.#lookedAt >= RESTLESS_LOOK_MS) this.lookAtAll();
  }

  /** This is known without looking: it was heard, or done just now. */
  learn(shard: number, holder: Holder): void {
    // What was heard meanwhile is newer: the shard came back before we knew that it had gone.
    if (holder.epoch < (this.#seen.get(shard)?.epoch ?? 0)) return this.look([shard]);
    this.#learned.set(shard, ++this.#moment);
    this.#see(shard, holder, "learned");
  }

  readonly #census = (census: Census): void => {
    const now = this.#options.clock.precise();
    const picture = pictureOf(census);
    if (picture !== this.#picture || census.wishes.size > 0) this.#changedAt = now;
    this.#picture = picture;
    const isRestless = now - this.#changedAt < RESTLESS_MS;
    const { isCoordinator } = this.#options.membership;
    const period = isRestless ? RESTLESS_LOOK_MS : isCoordinator ? COORDINATOR_LOOK_MS : LOOK_MS;
    if (now - this.#lookedAt >= period) this.lookAtAll();
  };

  #ask(): void {
    for (const shard of this.#wanted) {
      if (this.#asked.size >= ASKED_MAX) return;
      if (this.#asked.has(shard)) continue; // Asked before we were told to look: ask again after.
      this.#wanted.delete(shard);
      this.#asked.set(shard, ++this.#moment);
      this.stats.looks++;
      this.#options.backbone.holder(shard, (answer) => this.#answered(shard, answer));
    }
  }

  #answered(shard: number, answer: Answered<Holder>): void {
    const asked = this.#asked.get(shard) ?? 0;
    this.#asked.delete(shard);
    if (!answer.known) {
      this.stats.unknown++;
      this.#wanted.add(shard);
      this.#tryLater();
    } else if (asked > (this.#learned.get(shard) ?? 0)) {
      this.#see(shard, answer.value, "looked");
    }
    if (!this.#isResting) this.#ask();
    this.#settle();
  }

  #tryLater(): void {
    if (this.#isResting) return;
    this.#isResting = true;
    this.#options.later(() => {
      this.#isResting = false;
      if (!this.#options.membership.isServing) this.#wanted.clear(); // Who serves again looks again.
      this.#ask();
      this.#settle();
    }, RETRY_MS);
  }

  #see(shard: number, { owner, epoch }: Holder, how: "looked" | "learned"): void {
    this.#seen.set(shard, { owner, epoch, at: this.#options.clock.precise() });
    for (const onlooker of this.#onlookers) onlooker.seen?.(shard, { owner, epoch }, how);
  }

  #settle(): void {
    if (!this.isSettled) return;
    for (const onlooker of this.#onlookers) onlooker.settled?.();
  }
}

/** What of a census makes shards change hands. */
function pictureOf({ members, coordinator, drained }: Census): string {
  const shardNodes = members.filter(({ role }) => role === "shard");
  const nodes = shardNodes.map(({ node, isLeaving }) => `${node}${isLeaving ? "-" : "+"}`);
  return [coordinator, nodes.sort(), [...drained].sort()].join(" ");
}

/** Shards change hands within this time after something that makes them. */
const RESTLESS_MS = 10_000;
const RESTLESS_LOOK_MS = 900;
const COORDINATOR_LOOK_MS = 4_900;
const LOOK_MS = 9_900;
const ASKED_MAX = 64;
const RETRY_MS = 250;
