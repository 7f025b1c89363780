/** A shard node's life: which shards it holds, and how each of them comes and goes. */
import type { Clock, Log, Millis } from "@roundhouse/kernel";
import {
  type Backbone,
  type Census,
  type Epoch,
  HEARTBEAT_MS,
  type Heard,
  type Holder,
  type NodeId,
} from "@roundhouse/ledger";
import { assign, heardLately, hosts, isAlive } from "./assignment.ts";
import type { Holdings } from "./holdings.ts";
import type { Lookout, Onlooker } from "./lookout.ts";
import type { Membership } from "./membership.ts";
import { StationStats } from "./stats.ts";

export type StationOptions<Runner> = {
  readonly shards: number;
  readonly backbone: Pick<Backbone, "assign">;
  readonly membership: Membership;
  readonly lookout: Lookout;
  readonly holdings: Holdings;
  /** Makes the owner of a shard that was granted: it must call `own`. */
  readonly run: (shard: number) => Runner;
  /** The node was declared dead and holds nothing any more: only a new one can go on. */
  readonly buried: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly later: (run: () => void, afterMs: number) => void;
  /** How long `stop` may take to hand everything over. */
  readonly stopMs: Millis;
  /** Those of its life before, which it goes on with. */
  readonly stats?: StationStats;
};

/** One shard that is this node's. */
type Held<Runner> = {
  readonly epoch: Epoch;
  readonly since: Millis;
  /** undefined: it came while the node was leaving, and is passed on as it is. */
  readonly runner: Runner | undefined;
  isOpen: boolean;
  /** When its hand-over began; 0: it stays. */
  partingAt: Millis;
};

type At =
  | { readonly at: "running" }
  /** It hands everything over; `isReady` once it knows how the others stand. */
  | { readonly at: "leaving"; readonly since: Millis; isReady: boolean; readonly then: () => void }
  | { readonly at: "over" };

export class Station<Runner> {
  readonly stats: StationStats;
  readonly #options: StationOptions<Runner>;
  readonly #node: NodeId;
  readonly #held = new Map<number, Held<Runner>>();
  #at: At = { at: "running" };
  #isHastening = false;

  constructor(options: StationOptions<Runner>) {
    this.#options = options;
    this.#node = options.membership.node;
    this.stats = options.stats ?? new StationStats();
    options.holdings.fate = { opened: this.#opened, ended: this.#ended };
    options.lookout.watch({ seen: this.#seen, settled: this.#settled });
    const watcher = { census: this.#census, serving: this.#serving, buried: this.#buried };
    options.membership.watch(watcher);
  }

  /** Shards held here, with their runners and epochs. */
  get held(): ReadonlyMap<number, { readonly runner: Runner | undefined; readonly epoch: Epoch }> {
    return this.#held;
  }

  get movesOutstanding(): number {
    let count = 0;
    for (const { partingAt } of this.#held.values()) if (partingAt > 0) count++;
    return count;
  }

  /** Whether every shard held here takes batches: nothing is on its way in or out. */
  get isSettled(): boolean {
    for (const { isOpen, partingAt } of this.#held.values()) {
      if (!isOpen || partingAt > 0) return false;
    }
    return this.#at.at === "running";
  }

  /** What the node's ear heard. */
  heard(heard: Heard): void {
    if (heard.on !== "granted") {
      this.#options.holdings.heard(heard);
      if (heard.on === "interrupted") this.#options.lookout.disturb();
      return;
    }
    const { lookout } = this.#options;
    const { shard, epoch } = heard;
    const known = lookout.seen.get(shard);
    // A grant may come late, or twice: one that is no news is looked into.
    if (known !== undefined && epoch <= known.epoch) lookout.look([shard]);
    else lookout.learn(shard, { owner: this.#node, epoch });
  }

  /** Hands everything over and leaves. Calls back once that is done, or time is up. */
  stop(then: () => void): void {
    const { later, clock, membership, lookout, stopMs, log } = this.#options;
    if (this.#at.at !== "running") return later(then, 0);
    log.say("info", "leaving", { shards: this.#held.size });
    this.#at = { at: "leaving", since: clock.precise(), isReady: false, then };
    // Without a lease and without shards there is nothing to wait for.
    if (this.#held.size === 0 && !membership.isServing) return this.#finish("left");
    membership.setLeaving();
    lookout.lookAtAll();
    later(this.#settled, LINGER_MS);
    later(() => {
      if (this.#at.at === "leaving") this.#finish("stop_late");
    }, stopMs);
  }

  readonly #census = (census: Census, sentAt: Millis): void => {
    this.#prepare(sentAt);
    this.#move(census);
    if (census.wishes.size > 0) this.#hasten();
  };

  /** While shards are on their way the next wishes are not waited for as long as usual. */
  #hasten(): void {
    if (this.#isHastening) return;
    this.#isHastening = true;
    this.#options.later(() => {
      this.#isHastening = false;
      this.#options.membership.beat();
    }, HASTE_MS);
  }

  readonly #settled = (): void => {
    const { census, censusAt } = this.#options.membership;
    if (this.#at.at !== "leaving" || census === undefined) return;
    this.#prepare(censusAt);
    this.#move(census);
  };

  /** Who leaves first learns how the others stand: or goes without, if that takes too long. */
  #prepare(censusAt: Millis): void {
    if (this.#at.at !== "leaving") return;
    const waited = censusAt - this.#at.since;
    const isKnown = this.#options.lookout.isSettled;
    if ((waited >= 0 && isKnown) || waited >= PATIENCE_MS) this.#at.isReady = true;
  }

  readonly #serving = (isServing: boolean): void => {
    if (this.#at.at === "over") return;
    const { holdings, lookout } = this.#options;
    if (!isServing) return holdings.pause();
    holdings.resume();
    lookout.lookAtAll(); // What was said meanwhile was not listened to.
  };

  readonly #buried = (): void => {
    const before = this.#at;
    this.#end();
    this.#options.buried();
    if (before.at === "leaving") before.then();
  };

  /** Who holds a shard, as it was heard or seen. */
  readonly #seen: NonNullable<Onlooker["seen"]> = (shard, { owner, epoch }, how) => {
    const { membership, holdings } = this.#options;
    if (this.#at.at === "over" || !membership.isServing) return;
    const held = this.#held.get(shard);
    const isMine = owner === this.#node;
    if (held !== undefined) {
      if (isMine && held.epoch === epoch) return;
      if (held.partingAt > 0) return; // Its hand-over will tell.
      this.stats.lost++;
      this.#held.delete(shard);
      holdings.drop(shard);
    }
    if (isMine) this.#take(shard, epoch, how);
  };

  #take(shard: number, epoch: Epoch, how: "looked" | "learned"): void {
    const { holdings, run, clock, membership, log } = this.#options;
    log.say("debug", "granted", { shard, epoch, how });
    const since = clock.precise();
    if (this.#at.at === "leaving") {
      const held = { epoch, since, runner: undefined, isOpen: true, partingAt: 0 };
      this.#held.set(shard, held);
      if (membership.census !== undefined) this.#move(membership.census);
      return;
    }
    this.stats.grants++;
    if (how === "looked") this.stats.found++;
    holdings.grant(shard, epoch);
    const held = { epoch, since, runner: run(shard), isOpen: false, partingAt: 0 };
    this.#held.set(shard, held);
  }

  readonly #opened = (shard: number): void => {
    const held = this.#held.get(shard);
    if (held === undefined || held.isOpen) return;
    held.isOpen = true;
    this.stats.opening.observe((this.#options.clock.precise() - held.since) / 1000);
  };

  readonly #ended = (shard: number): void => {
    if (!this.#held.delete(shard)) return;
    this.stats.fenced++;
    this.#options.log.say("warn", "fenced", { shard });
    this.#options.lookout.look([shard]);
    this.#settled();
  };

  /** Hands over what should go, a few at a time. */
  #move(census: Census): void {
    const { membership } = this.#options;
    if (this.#at.at === "over" || !membership.isServing) return;
    if (this.#at.at === "running") {
      for (const [shard, next] of census.wishes) {
        if (next !== this.#node && isMember(next, census)) this.#handOver(shard, next);
      }
      return;
    }
    if (!this.#at.isReady) return;
    if (this.#held.size === 0 && this.#isUnasked(census)) return this.#finish("left");
    const targets = this.#targets(census);
    for (const shard of [...this.#held.keys()]) this.#handOver(shard, targets.get(shard) ?? "");
  }

  /**
   * Whether nobody gives this node anything any more. Others who leave as well may not have seen yet
   * that it leaves: what they give to one that is gone nobody serves until the coordinator sees it.
   */
  #isUnasked({ members }: Census): boolean {
    const isAlone = members.every(({ node, role }) => role !== "shard" || node === this.#node);
    const since = this.#at.at === "leaving" ? this.#at.since : 0;
    return isAlone || this.#options.clock.precise() - since >= LINGER_MS;
  }

  /** Where things should be without this node. */
  #targets(census: Census): ReadonlyMap<number, NodeId> {
    const { lookout, shards } = this.#options;
    const held = new Map<number, NodeId>();
    for (const [shard, { owner }] of lookout.seen) if (owner !== "") held.set(shard, owner);
    const all = Array.from({ length: shards }, (_, shard) => shard);
    const others = hosts(census, this.#node);
    const lately = heardLately(census, others);
    return assign({ shards: all, nodes: lately.length > 0 ? lately : others, held });
  }

  #handOver(shard: number, next: NodeId | ""): void {
    const held = this.#held.get(shard);
    if (held === undefined || held.partingAt > 0) return;
    if (this.movesOutstanding >= MOVES_MAX) return;
    const { clock, holdings, log } = this.#options;
    log.say("debug", "handing_over", { shard, next });
    held.partingAt = Math.max(clock.precise(), MOMENT);
    if (held.runner === undefined) return this.#passOn(shard, held, next);
    holdings.handOver(shard, next, (isDone) => {
      if (this.#held.get(shard) !== held) return;
      this.#parted(shard, held, isDone ? { owner: next, epoch: held.epoch + 1 } : undefined);
    });
  }

  #passOn(shard: number, held: Held<Runner>, next: NodeId | ""): void {
    const { backbone, later } = this.#options;
    backbone.assign(shard, { epoch: held.epoch, next }, (answer) => {
      if (this.#held.get(shard) !== held) return;
      if (!answer.known) return later(() => this.#passOn(shard, held, next), RETRY_MS);
      this.stats.passedOn++;
      this.#parted(shard, held, answer.value.holder);
    });
  }

  #parted(shard: number, { partingAt }: Held<Runner>, holder: Holder | undefined): void {
    const { lookout, clock, membership } = this.#options;
    this.#held.delete(shard);
    if (holder === undefined) {
      this.stats.lateHandOvers++;
      lookout.look([shard]);
    } else {
      this.stats.handOvers++;
      this.stats.handOver.observe((clock.precise() - partingAt) / 1000);
      lookout.learn(shard, holder);
    }
    if (membership.census !== undefined) this.#move(membership.census);
  }

  #finish(event: string): void {
    if (this.#at.at !== "leaving") return;
    const { then } = this.#at;
    const { log, membership } = this.#options;
    log.say(this.#held.size === 0 ? "info" : "warn", event, { shards: this.#held.size });
    this.#end(); // What is left is taken over as soon as the lease is given back.
    membership.leave(then);
  }

  #end(): void {
    this.#at = { at: "over" };
    for (const shard of this.#held.keys()) this.#options.holdings.drop(shard);
    this.#held.clear();
  }
}

function isMember(node: NodeId, census: Census): boolean {
  return census.members.some((member) => {
    return member.node === node && !member.isLeaving && isAlive(member, census);
  });
}

/** How many shards are handed over at a time. */
const MOVES_MAX = 4;
/** How long a leaving node waits to learn how all the others stand. */
const PATIENCE_MS = 1_000;
/** So long after it said that it leaves, every other node has renewed and seen it. */
const LINGER_MS = HEARTBEAT_MS + 500;
const RETRY_MS = 200;
const HASTE_MS = 200;
/** The first moment that is not "never". */
const MOMENT = Number.MIN_VALUE;
