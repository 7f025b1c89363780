/** What a node shows of its connections to Redis. */
import type { RedisStats } from "@roundhouse/ledger";
import { counter, counterBy, histogramBy, type Metric } from "../metrics.ts";

export function redisMetrics(stats: RedisStats): readonly Metric[] {
  const { append, commit } = stats.seconds;
  return [
    counterBy("roundhouse_redis_calls_total", "Steps asked of Redis, by step.", "step", () =>
      Object.entries(stats.calls),
    ),
    counterBy(
      "roundhouse_redis_unknown_total",
      "Steps without a certain answer, by step: they are asked again.",
      "step",
      () => Object.entries(stats.unknown),
    ),
    histogramBy(
      "roundhouse_redis_seconds",
      "From asking Redis for a step to its answer.",
      append.bounds,
      {
        label: "step",
        read: () => [
          ["append", append],
          ["commit", commit],
        ],
      },
    ),
    counter(
      "roundhouse_redis_out_of_memory_total",
      "Appends refused: Redis's memory is full.",
      () => {
        return stats.outOfMemory;
      },
    ),
    counter("roundhouse_redis_reconnections_total", "Connections lost that came back.", () => {
      return stats.reconnections;
    }),
    counter("roundhouse_redis_probes_missed_total", "Probes that an ear did not hear.", () => {
      return stats.probesMissed;
    }),
    counter("roundhouse_redis_deaf_recycles_total", "Deaf ears that got a new connection.", () => {
      return stats.deafRecycles;
    }),
    counter(
      "roundhouse_redis_interruptions_total",
      "How often an ear may have missed something.",
      () => {
        return stats.interruptions;
      },
    ),
    counter(
      "roundhouse_redis_functions_loaded_total",
      "How often a Redis lacked our functions.",
      () => {
        return stats.functionsLoaded;
      },
    ),
    counter(
      "roundhouse_redis_redirections_total",
      "Commands that a primary sent on to another.",
      () => {
        return stats.redirections;
      },
    ),
    counter(
      "roundhouse_redis_topology_changes_total",
      "Changes of who serves what in Redis.",
      () => {
        return stats.topologyChanges;
      },
    ),
  ];
}
