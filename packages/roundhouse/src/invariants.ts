/**
 * The promises of the design that a running node can check by itself: how often one was broken. All
 * of them stay 0; which of them are looked at depends on what the node does.
 */
import type { ShardRunner } from "@roundhouse/shard";
import { counterBy, type Metric } from "./metrics.ts";

export type Invariant =
  /** Accepted batches that an inbox has lost. */
  | "no_loss"
  /** Frames of two owners at once: one of them was deposed. */
  | "fence"
  /** Commits of a shard that went back. */
  | "position"
  /** Digests of a gateway and a shard that differed. */
  | "presence_true"
  /** Rooms with more members than may be. */
  | "seats"
  /** Queues above their cap. */
  | "bounded";

export type Checks = Partial<Readonly<Record<Invariant, () => number>>>;

export function invariantMetric(checks: Checks): Metric {
  return counterBy(
    "roundhouse_invariant_violations_total",
    "Promises found broken, by name: 0 unless something is wrong with the house, or Redis lost data.",
    "invariant",
    () => Object.entries(checks).map(([name, count]) => [name, count()] as const),
  );
}

/** Of what is looked at only now and then: what each look finds is added up. */
export function summed(look: () => number): () => number {
  let sum = 0;
  return () => {
    sum += look();
    return sum;
  };
}

export function crowdedRooms(runners: readonly ShardRunner[], membersMax: number): number {
  let crowded = 0;
  for (const { state } of runners) {
    for (const { members } of state.rooms.values()) if (members.size > membersMax) crowded++;
  }
  return crowded;
}

/** Tells of how many shards the number of the last commit is lower than it ever was here. */
export function openPositions(): (held: Iterable<Position>) => number {
  const reached = new Map<number, number>();
  return (held) => {
    let fallen = 0;
    for (const { shard, isOpen, commitNumber } of held) {
      if (!isOpen) continue; // What it has reached is not read yet.
      if (commitNumber < (reached.get(shard) ?? 0)) fallen++;
      reached.set(shard, commitNumber);
    }
    return fallen;
  };
}

type Position = {
  readonly shard: number;
  readonly isOpen: boolean;
  readonly commitNumber: number;
};
