/** What an embedded node shows of itself. */
import type { PasswordQueue } from "@roundhouse/accounts";
import type { Gateway } from "@roundhouse/gateway";
import type { EmbeddedLedger } from "@roundhouse/ledger";
import type { RunnerStats, ShardRunner } from "@roundhouse/shard";
import type { CertificateStats } from "./certificate.ts";
import { gatewayMetrics } from "./gateway-metrics.ts";
import { crowdedRooms, invariantMetric, summed } from "./invariants.ts";
import { counter, gauge, histogram, histogramBy, info, type Metric } from "./metrics.ts";
import { passwordMetrics } from "./password-metrics.ts";
import { shardMetrics } from "./shard-metrics.ts";

// biome-ignore lint/suspicious/noExplicitAny: its commands and items do not matter to who counts them
type AnyLedger = EmbeddedLedger<any, any, any>;

export type Sources = {
  readonly gateway: Gateway;
  readonly passwords: PasswordQueue;
  readonly certificates: CertificateStats;
  readonly ledger: AnyLedger;
  readonly runners: readonly ShardRunner[];
  readonly runnerStats: RunnerStats;
  readonly membersPerRoomMax: number;
  readonly facts: Readonly<Record<string, string>>;
};

export function embeddedMetrics(sources: Sources): readonly Metric[] {
  return [
    info("roundhouse_info", "What this node is.", sources.facts),
    ...gatewayMetrics(sources),
    ...passwordMetrics(sources.passwords),
    ...shardMetrics(() => sources.runners, sources.runnerStats),
    ...ledgerMetrics(sources),
    invariantMetric({
      presence_true: () => sources.gateway.stats.repairs.digest.begun,
      seats: summed(() => crowdedRooms(sources.runners, sources.membersPerRoomMax)),
    }),
  ];
}

function ledgerMetrics({ ledger, gateway }: Sources): readonly Metric[] {
  const { stats } = ledger;
  return [
    counter("roundhouse_inbox_appended_total", "Commands taken in.", () => stats.appended),
    counter(
      "roundhouse_inbox_refused_total",
      "Commands a full inbox refused.",
      () => stats.refused,
    ),
    gauge("roundhouse_inbox_commands", "Commands that wait.", () => ledger.depth().commands),
    gauge("roundhouse_inbox_age_seconds", "How long the oldest waits.", () => {
      return ledger.depth().oldestSeconds;
    }),
    counter("roundhouse_commits_total", "Batches committed.", () => stats.commits),
    counter("roundhouse_durable_commits_total", "Batches that reached the disk.", () => {
      return stats.durableCommits;
    }),
    counter("roundhouse_store_failures_total", "Writes that the store refused.", () => {
      return stats.storeFailures;
    }),
    histogram("roundhouse_batch_commands", "Commands in a batch.", stats.batch.bounds, () => {
      return stats.batch;
    }),
    histogramBy(
      "roundhouse_hop_seconds",
      "Latency of commands by hop: inbox (wait; each counts as its batch's oldest), commit (decide, " +
        "commit and fan-out of its batch); fan_out: of frames, from frame to sockets.",
      stats.wait.bounds,
      {
        label: "hop",
        read: () => [
          ["inbox", stats.wait],
          ["commit", stats.commit],
          ["fan_out", gateway.stats.fanOut],
        ],
      },
    ),
  ];
}
