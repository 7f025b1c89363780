/**
 * What the parts of a shard node count. Plain numbers: a scrape reads them. A part is given those that
 * it goes on with, so that they outlive the runner of a shard and one life of a node: what a scrape
 * reads must never fall.
 */
import type { Command } from "@roundhouse/domain";
import { type Code, LATENCY_SECONDS, Spread } from "@roundhouse/kernel";

/** What the runners of a node's shards count together. */
export class RunnerStats {
  readonly commands = new Map<Command["on"], number>();
  /** How many of the commands were refused. */
  readonly refused = new Map<Command["on"], number>();
  readonly refusals = new Map<Code, number>();
  /** Notices that were put into mailboxes, and those that made room for newer ones. */
  mailKept = 0;
  mailDropped = 0;
  /** How often the past was recalled: at most once after each change of owner. */
  recalls = 0;
}

export class MembershipStats {
  renewals = 0;
  /** Renewals without an answer. */
  unknown = 0;
  /** How often the lease came into doubt. */
  doubts = 0;
  /** How often another coordinator was seen. */
  coordinators = 0;
  /** Seconds that the lease had left when it was renewed. */
  readonly margin = new Spread([0, 0.5, 1, 2, 3, 4, 4.5, 4.8, 4.9, 5, 5.5, 6]);
}

export class StationStats {
  /** Shards taken, and those among them whose grant was not heard but found by looking. */
  grants = 0;
  found = 0;
  handOvers = 0;
  /** Hand-overs that came too late: the shard was somebody else's already. */
  lateHandOvers = 0;
  /** Shards passed on unopened while leaving. */
  passedOn = 0;
  /** Shards that were somebody else's when this node wanted to commit, and when it looked. */
  fenced = 0;
  lost = 0;
  /** Seconds from the moment a shard stopped taking here until it was the next owner's. */
  readonly handOver = new Spread(LATENCY_SECONDS);
  /** Seconds from the grant until the shard takes batches here. */
  readonly opening = new Spread(LATENCY_SECONDS);
}

export class CoordinatorStats {
  /** Nodes declared dead, and nodes buried in every shard. */
  dead = 0;
  buried = 0;
  /** Shards taken over from the dead, the absent and nobody. */
  takeOvers = 0;
  /** Take-overs that came too late: another owner was there. */
  refused = 0;
  /** Shards moved as wished, and wishes taken back. */
  moves = 0;
  withdrawn = 0;
  /** Answers that were lost: the step is planned again. */
  unknown = 0;
}
