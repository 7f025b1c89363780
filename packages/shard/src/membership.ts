/** A node's place in the cluster: it renews its lease, and knows the others as of that renewal. */
import type { Clock, Log, Millis } from "@roundhouse/kernel";
import {
  type Answered,
  type Card,
  type Census,
  type ClusterSteps,
  HEARTBEAT_MS,
  LEASE_MS,
  type NodeId,
  type Renewed,
} from "@roundhouse/ledger";
import { MembershipStats } from "./stats.ts";

export type MembershipOptions = {
  readonly node: NodeId;
  /** What it says of itself, asked anew for each renewal. */
  readonly card: () => Omit<Card, "isLeaving">;
  readonly backbone: Pick<ClusterSteps, "renew" | "leave">;
  readonly clock: Clock;
  readonly log: Log;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Those of its life before, which it goes on with. */
  readonly stats?: MembershipStats;
};

/** Whoever wants to know what becomes of a node's lease. */
export type Watcher = {
  /** A renewal succeeded; what it saw is at least as new as `sentAt`, by the precise clock. */
  readonly census?: (census: Census, sentAt: Millis) => void;
  /** From now on the node serves, or its lease is in doubt and it must not. */
  readonly serving?: (isServing: boolean) => void;
  /** It was declared dead: under this id nothing succeeds any more. */
  readonly buried?: () => void;
};

/** What it does between two events. */
type At =
  | "new"
  | "resting" // Until the next beat is due.
  | "asking" // A renewal is on its way: never two.
  | "parting" // The lease is being given back.
  | "over";

export class Membership {
  readonly node: NodeId;
  readonly stats: MembershipStats;
  readonly #options: MembershipOptions;
  readonly #watchers = new Set<Watcher>();
  #at: At = "new";
  #isLeaving = false;
  #isServing = false;
  /** A beat was asked for while a renewal was on its way. */
  #isWanted = false;
  /** Only the newest appointment counts. */
  #appointment = 0;
  #census: Census | undefined;
  /** When the last renewal that succeeded was sent. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #parted: (() => void) | undefined;
  #partBefore = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.node = options.node;
    this.stats = options.stats ?? new MembershipStats();
  }

  /** What the last renewal saw. */
  get census(): Census | undefined {
    return this.#census;
  }

  /** When that renewal was sent, by the precise clock. */
  get censusAt(): Millis {
    return this.#renewedAt;
  }

  /** The backbone's time as far as it is known here; ours may be anything. */
  get now(): Millis | undefined {
    if (this.#census === undefined) return undefined;
    return this.#census.now + this.#options.clock.precise() - this.#renewedAt;
  }

  /** Whether the lease is surely ours: what is served now is served in time. */
  get isServing(): boolean {
    const isMember = this.#at === "resting" || this.#at === "asking";
    return isMember && this.#options.clock.precise() - this.#renewedAt < DOUBT_MS;
  }

  get isCoordinator(): boolean {
    return this.#census?.coordinator === this.node;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** How long the lease lasts at least; negative: it may have ended so long ago. */
  get marginMs(): Millis {
    return LEASE_MS - (this.#options.clock.precise() - this.#renewedAt);
  }

  /** Watchers are told in the order in which they came. */
  watch(watcher: Watcher): void {
    this.#watchers.add(watcher);
  }

  /** Renews now, and from then on each second. More often is allowed: for a newer census. */
  beat(): void {
    switch (this.#at) {
      case "new":
      case "resting":
        return this.#renew();
      case "asking":
        this.#isWanted = true;
        return;
      case "parting":
      case "over":
        return;
    }
  }

  /** Nobody gives this node anything any more. */
  setLeaving(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.beat();
  }

  /** Gives the lease back: everything was handed over. Calls back once it is done or hopeless. */
  leave(then: () => void): void {
    const { later } = this.#options;
    if (this.#at === "over" || this.#at === "parting") return later(then, 0);
    this.#parted = then;
    const isAsking = this.#at === "asking"; // A renewal after the leave would undo it.
    this.#at = "parting";
    this.#partBefore = this.#options.clock.precise() + PART_MS;
    this.#tellServing();
    if (!isAsking) this.#part();
  }

  #renew(): void {
    const { node, card, backbone, clock } = this.#options;
    this.#at = "asking";
    this.#isWanted = false;
    this.#appointment++;
    const sentAt = clock.precise();
    backbone.renew(node, { ...card(), isLeaving: this.#isLeaving }, (answer) => {
      this.#answered(answer, sentAt);
    });
  }

  #answered(answer: Answered<Renewed>, sentAt: Millis): void {
    if (this.#at === "parting") return this.#part();
    if (this.#at === "over") return;
    if (!answer.known) {
      this.stats.unknown++;
      this.#rest(RETRY_MS);
      return;
    }
    if (answer.value.at === "buried") return this.#end();
    this.#rest(sentAt + HEARTBEAT_MS - this.#options.clock.precise());
    this.#renewed(answer.value.census, sentAt);
    if (this.#isWanted) this.beat();
  }

  #renewed(census: Census, sentAt: Millis): void {
    const { stats } = this;
    stats.renewals++;
    if (this.#census !== undefined) {
      const used = this.#options.clock.precise() - this.#renewedAt;
      stats.margin.observe(Math.max(0, LEASE_MS - used) / 1000);
    }
    if (this.#census?.coordinator !== census.coordinator) stats.coordinators++;
    this.#census = census;
    this.#renewedAt = sentAt;
    const left = sentAt + DOUBT_MS - this.#options.clock.precise();
    this.#options.later(this.#tellServing, Math.max(0, left));
    this.#tellServing();
    for (const watcher of this.#watchers) watcher.census?.(census, sentAt);
  }

  #rest(afterMs: Millis): void {
    this.#at = "resting";
    const appointment = ++this.#appointment;
    this.#options.later(
      () => {
        if (appointment === this.#appointment) this.beat();
      },
      Math.max(0, afterMs),
    );
  }

  /** Whoever watches hears of each change once. */
  readonly #tellServing = (): void => {
    const { isServing } = this;
    if (isServing === this.#isServing) return;
    this.#isServing = isServing;
    if (!isServing && this.#at !== "parting" && this.#at !== "over") {
      this.stats.doubts++;
      this.#options.log.say("warn", "lease_in_doubt", { marginMs: Math.round(this.marginMs) });
    }
    for (const watcher of this.#watchers) watcher.serving?.(isServing);
  };

  #part(): void {
    const { backbone, node, later, clock, log } = this.#options;
    backbone.leave(node, (answer) => {
      const isLate = clock.precise() >= this.#partBefore;
      if (!answer.known && !isLate) return later(() => this.#part(), RETRY_MS);
      if (!answer.known) log.say("warn", "leave_unknown", { why: answer.why });
      this.#at = "over"; // At worst the lease ends by itself.
      this.#parted?.();
    });
  }

  #end(): void {
    this.#at = "over";
    this.#options.log.say("warn", "buried", { node: this.node });
    this.#tellServing();
    for (const watcher of this.#watchers) watcher.buried?.();
  }
}

/** Without a renewal for so long a node stops serving: well before anybody may take its place. */
const DOUBT_MS = 4_000;
const RETRY_MS = 250;
/** How long it tries to give its lease back. */
const PART_MS = 2_000;
