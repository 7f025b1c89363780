/**
 * Does what the plan says, while this node is the coordinator. It may be one of two, or act on old
 * news: every step is one that does no harm then.
 */
import type { Clock, Log, Millis } from "@roundhouse/kernel";
import {
  type Answered,
  type Backbone,
  type Census,
  type Holder,
  LEASE_MS,
  type NodeId,
} from "@roundhouse/ledger";
import type { Lookout } from "./lookout.ts";
import type { Membership } from "./membership.ts";
import { type Memory, NO_MEMORY, plan, type Step } from "./plan.ts";
import { CoordinatorStats } from "./stats.ts";

export type CoordinatorOptions = {
  readonly shards: number;
  readonly backbone: Pick<Backbone, "assign" | "declareDead" | "wish" | "bury" | "forget">;
  readonly membership: Membership;
  readonly lookout: Lookout;
  /** What stands in every inbox where a dead node's entries end. */
  readonly lastWord: (node: NodeId) => Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
  readonly defer: (run: () => void) => void;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Those of its life before, which it goes on with. */
  readonly stats?: CoordinatorStats;
};

/** A step that is done, but that a census sent before `at` does not show yet. */
type Deed = { readonly at: Millis; readonly change: (census: Census) => Census };

export class Coordinator {
  readonly stats: CoordinatorStats;
  readonly #options: CoordinatorOptions;
  readonly #inFlight = new Set<string>();
  readonly #buried = new Map<NodeId, Set<number>>();
  #memory: Memory = NO_MEMORY;
  #deeds: Deed[] = [];
  #isThinking = false;
  #isWatchingMoves = false;
  #wasActing = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.stats = options.stats ?? new CoordinatorStats();
    options.membership.watch({ census: this.#census });
    options.lookout.watch({ settled: () => this.#think() });
  }

  /** Only one who is sure of its lease acts: its census is news then. */
  get isActing(): boolean {
    const { membership } = this.#options;
    return membership.isCoordinator && membership.isServing;
  }

  /** Shards that living owners were asked to hand over and have not yet. */
  get movesOutstanding(): number {
    return this.isActing ? (this.#believed()?.wishes.size ?? 0) : 0;
  }

  readonly #census = (_: Census, sentAt: Millis): void => {
    this.#deeds = this.#deeds.filter(({ at }) => at >= sentAt);
    if (!this.isActing) {
      if (this.#wasActing) this.#options.log.say("info", "coordinator_no_more");
      this.#wasActing = false;
      this.#memory = NO_MEMORY;
      this.#buried.clear();
      return;
    }
    if (!this.#wasActing) this.#options.log.say("info", "coordinator");
    this.#wasActing = true;
    this.#think();
  };

  /** Plans anew after the present turn, once for all that happens in it. */
  #think(): void {
    if (this.#isThinking || !this.isActing) return;
    this.#isThinking = true;
    this.#options.defer(() => {
      this.#isThinking = false;
      if (this.isActing) this.#act();
    });
  }

  #act(): void {
    const census = this.#believed();
    if (census === undefined) return;
    const { shards, clock } = this.#options;
    const memory = { ...this.#memory, buried: this.#buried };
    const holders = this.#holders(census);
    const planned = plan({ census, holders, shards, memory, now: clock.precise() });
    this.#memory = planned.memory;
    for (const step of planned.steps) {
      if (this.#inFlight.size >= IN_FLIGHT_MAX) break; // An answer makes room, and plans again.
      this.#perform(step, census);
    }
    if (census.wishes.size > 0) this.#watchMoves();
  }

  /** The last census, and what was done since. */
  #believed(): Census | undefined {
    const { census } = this.#options.membership;
    if (census === undefined) return undefined;
    return this.#deeds.reduce((believed, { change }) => change(believed), census);
  }

  /**
   * What is known of the holders. One that the census does not name may be gone, or have come after
   * it: only a newer census can tell, so it is asked for, and until then nothing is known.
   */
  #holders(census: Census): ReadonlyMap<number, Holder> {
    const { lookout, membership } = this.#options;
    const known = new Set<NodeId | "">(census.members.map(({ node }) => node));
    for (const node of ["" as const, ...census.dead]) known.add(node);
    const holders = new Map<number, Holder>();
    let isNews = false;
    for (const [shard, seen] of lookout.seen) {
      if (known.has(seen.owner) || seen.at <= membership.censusAt) holders.set(shard, seen);
      else isNews = true;
    }
    if (isNews) membership.beat();
    return holders;
  }

  #perform(step: Step, census: Census): void {
    const key = keyOf(step);
    if (this.#inFlight.has(key)) return;
    this.#inFlight.add(key);
    const { backbone, lastWord, log } = this.#options;
    const { stats } = this;
    const done = <Value>(then: (value: Value) => void) => {
      return (answer: Answered<Value>) => this.#answered(key, answer, then);
    };
    switch (step.do) {
      case "declareDead":
        return backbone.declareDead(
          step.node,
          done((isDead) => {
            if (isDead) this.#declared(step.node, census);
            else this.#spared(step.node);
          }),
        );
      case "assign":
        log.say("debug", "taking_over", { shard: step.shard, next: step.next });
        return backbone.assign(
          step.shard,
          step,
          done(({ isDone, holder }) => {
            if (isDone) stats.takeOvers++;
            else stats.refused++;
            this.#options.lookout.learn(step.shard, holder);
          }),
        );
      case "wish":
        log.say("debug", "moving", { shards: [...step.changes.keys()].join(" ") });
        return backbone.wish(
          step.changes,
          done(() => this.#wished(step.changes, census)),
        );
      case "bury":
        return backbone.bury(
          step.shard,
          step.node,
          lastWord(step.node),
          done(() => this.#buriedIn(step.shard, step.node)),
        );
      case "forget":
        return backbone.forget(
          step.node,
          done(() => this.#forgot(step.node)),
        );
    }
  }

  #answered<Value>(key: string, answer: Answered<Value>, then: (value: Value) => void): void {
    this.#inFlight.delete(key);
    if (answer.known) {
      then(answer.value);
      return this.#think();
    }
    this.stats.unknown++;
    this.#options.later(() => this.#think(), RETRY_MS);
  }

  #done(change: (census: Census) => Census): void {
    this.#deeds.push({ at: this.#options.clock.precise(), change });
  }

  #declared(node: NodeId, { members }: Census): void {
    this.stats.dead++;
    const card = members.find((member) => member.node === node);
    this.#options.log.say("warn", "node_dead", { node, name: card?.name ?? "" });
    this.#done((census) => ({
      ...census,
      members: census.members.filter((member) => member.node !== node),
      dead: census.dead.includes(node) ? census.dead : [...census.dead, node],
    }));
  }

  /** It renewed just in time. */
  #spared(node: NodeId): void {
    this.#done((census) => ({
      ...census,
      members: census.members.map((member) => {
        return member.node === node ? { ...member, until: census.now + LEASE_MS } : member;
      }),
    }));
  }

  #wished(changes: ReadonlyMap<number, NodeId | undefined>, { wishes }: Census): void {
    const { seen } = this.#options.lookout;
    for (const [shard, to] of changes) {
      const before = wishes.get(shard);
      if (before === undefined || before === to) continue;
      if (seen.get(shard)?.owner === before) this.stats.moves++;
      else this.stats.withdrawn++;
    }
    this.#done((census) => {
      const wishes = new Map(census.wishes);
      for (const [shard, to] of changes) {
        if (to === undefined) wishes.delete(shard);
        else wishes.set(shard, to);
      }
      return { ...census, wishes };
    });
  }

  #buriedIn(shard: number, node: NodeId): void {
    const shards = this.#buried.get(node);
    if (shards === undefined) this.#buried.set(node, new Set([shard]));
    else shards.add(shard);
  }

  #forgot(node: NodeId): void {
    this.stats.buried++;
    this.#buried.delete(node);
    this.#options.log.say("info", "node_buried", { node });
    this.#done((census) => ({ ...census, dead: census.dead.filter((dead) => dead !== node) }));
  }

  /** While shards are on their way their owners are looked at more often. */
  #watchMoves(): void {
    if (this.#isWatchingMoves) return;
    this.#isWatchingMoves = true;
    this.#options.later(() => {
      this.#isWatchingMoves = false;
      const wishes = this.#believed()?.wishes;
      if (wishes !== undefined && this.isActing) this.#options.lookout.look(wishes.keys());
    }, MOVES_LOOK_MS);
  }
}

/** One name for each thing that must not be done twice at the same time. */
function keyOf(step: Step): string {
  switch (step.do) {
    case "declareDead":
    case "forget":
      return `${step.do} ${step.node}`;
    case "assign":
      return `assign ${step.shard}`;
    case "wish":
      return "wish";
    case "bury":
      return `bury ${step.node} ${step.shard}`;
  }
}

/** Steps whose answer is awaited: many at once, but not all shards of a large data set. */
const IN_FLIGHT_MAX = 128;
const RETRY_MS = 200;
const MOVES_LOOK_MS = 150;
