/** What a shard node shows of its shards: how they come and go, and how they are committed. */

import {
  counter,
  counterBy,
  gauge,
  gaugeBy,
  histogram,
  histogramBy,
  type Metric,
} from "../metrics.ts";
import type { HouseStats } from "./node-stats.ts";
import type { House } from "./shard-house.ts";

type Source = () => House;

/** `stats` are those of all its lives. */
export function stationMetrics(house: Source, stats: HouseStats): readonly Metric[] {
  return [
    ...commitMetrics(house, stats),
    ...moveMetrics(house, stats),
    ...coordinatorMetrics(house, stats),
  ];
}

function commitMetrics(house: Source, { ledger: stats }: HouseStats): readonly Metric[] {
  const depth = () => {
    const { ledger, life } = house();
    return ledger.depth(life.membership.now ?? 0); // By the clock that entries are dated by.
  };
  return [
    gauge("roundhouse_inbox_entries", "Batches that wait to be decided here.", () => {
      return depth().entries;
    }),
    gauge("roundhouse_inbox_age_seconds", "How long the oldest of them waits.", () => {
      return depth().oldestSeconds;
    }),
    counterBy(
      "roundhouse_inbox_rereads_total",
      "Looks into an inbox that found what was not heard, by what made it look.",
      "cause",
      () => stats.rereads,
    ),
    counter("roundhouse_commits_total", "Batches committed.", () => stats.commits),
    counter("roundhouse_commits_unknown_total", "Commits sent again: no answer came.", () => {
      return stats.unknownCommits;
    }),
    counter(
      "roundhouse_commits_fenced_total",
      "Commits refused, because the shard was somebody else's.",
      () => stats.fenced,
    ),
    counter("roundhouse_frames_published_total", "Frames published by commits.", () => {
      return stats.frames;
    }),
    gauge("roundhouse_outbox_batches", "Batches for other shards not known to be there.", () => {
      let batches = 0;
      for (const { outbox } of house().ledger.held) batches += outbox.size;
      return batches;
    }),
    histogram("roundhouse_batch_commands", "Commands in a batch.", stats.batch.bounds, () => {
      return stats.batch;
    }),
    histogramBy(
      "roundhouse_hop_seconds",
      "Latency by hop: inbox (the oldest command of each batch), commit (decide and commit it).",
      stats.wait.bounds,
      {
        label: "hop",
        read: () => [
          ["inbox", stats.wait],
          ["commit", stats.commit],
        ],
      },
    ),
  ];
}

function moveMetrics(house: Source, { station: stats }: HouseStats): readonly Metric[] {
  return [
    gaugeBy(
      "roundhouse_shard_epoch",
      "How many owners a shard has had; those held here.",
      "shard",
      () => [...house().station.held].map(([shard, { epoch }]) => [String(shard), epoch] as const),
    ),
    gauge("roundhouse_shards_moving", "Shards on their way from here.", () => {
      return house().station.movesOutstanding;
    }),
    counter("roundhouse_shard_grants_total", "Shards taken.", () => stats.grants),
    counter(
      "roundhouse_shard_grants_found_total",
      "Grants not heard, but found by looking.",
      () => {
        return stats.found;
      },
    ),
    counter("roundhouse_hand_overs_total", "Shards handed over.", () => stats.handOvers),
    counter(
      "roundhouse_hand_overs_late_total",
      "Hand-overs of a shard that was somebody else's already.",
      () => stats.lateHandOvers,
    ),
    counter("roundhouse_shards_lost_total", "Shards found to be somebody else's.", () => {
      return stats.lost + stats.fenced;
    }),
    histogram(
      "roundhouse_hand_over_seconds",
      "From the last batch taken here until the shard was the next owner's.",
      stats.handOver.bounds,
      () => stats.handOver,
    ),
    histogram(
      "roundhouse_shard_opening_seconds",
      "From the grant of a shard until it takes batches here.",
      stats.opening.bounds,
      () => stats.opening,
    ),
  ];
}

function coordinatorMetrics(house: Source, { coordinator: stats }: HouseStats): readonly Metric[] {
  return [
    gauge("roundhouse_coordinator", "1 while this node coordinates, else 0.", () => {
      return Number(house().coordinator.isActing);
    }),
    counter(
      "roundhouse_take_overs_total",
      "Shards given to a new owner: of the dead, or nobody's.",
      () => {
        return stats.takeOvers;
      },
    ),
    counter(
      "roundhouse_moves_total",
      "Shards that living owners were asked to hand over, and did.",
      () => {
        return stats.moves;
      },
    ),
    counter("roundhouse_nodes_declared_dead_total", "Nodes declared dead.", () => stats.dead),
    counter("roundhouse_nodes_buried_total", "Nodes buried in every shard.", () => stats.buried),
    counter("roundhouse_coordinator_unknown_total", "Steps planned again: no answer came.", () => {
      return stats.unknown;
    }),
  ];
}
