/** What every node of a cluster shows: its lease, what it says and hears, whether the way is whole. */
import { isAlive } from "@roundhouse/shard";
import { counter, counterBy, gauge, gaugeBy, histogram, type Metric } from "../metrics.ts";
import type { Life, World } from "./life.ts";
import type { LifeStats } from "./node-stats.ts";
import type { Readiness } from "./readiness.ts";

export type LifeSources = {
  readonly world: World;
  /** The present one. */
  readonly life: () => Life;
  /** Of all its lives. */
  readonly stats: LifeStats;
  readonly readiness: Readiness;
  readonly rebirths: () => number;
};

export function lifeMetrics(sources: LifeSources): readonly Metric[] {
  return [
    ...leaseMetrics(sources),
    ...othersMetrics(sources),
    ...appendMetrics(sources),
    ...frameMetrics(sources),
    ...roundTripMetrics(sources),
  ];
}

/** Shown from the first moment: a node that never found Redis must be seen to be no good. */
export function stateMetrics({ isSound, isReady }: State): readonly Metric[] {
  return [
    gauge("roundhouse_redis_sound", "1 while Redis answers and the ear hears, else 0.", () => {
      return Number(isSound());
    }),
    gauge("roundhouse_ready", "1 while a ping came back within the last 5 s, else 0.", () => {
      return Number(isReady());
    }),
  ];
}

type State = { readonly isSound: () => boolean; readonly isReady: () => boolean };

function leaseMetrics({
  life,
  stats: { membership: stats },
  rebirths,
}: LifeSources): readonly Metric[] {
  const lease = () => life().membership;
  return [
    gauge("roundhouse_lease_margin_seconds", "How long the lease lasts without renewal.", () => {
      return Math.max(lease().marginMs, -FOREVER_MS) / 1000;
    }),
    histogram(
      "roundhouse_lease_renewal_margin_seconds",
      "What the lease had left when it was renewed.",
      stats.margin.bounds,
      () => stats.margin,
    ),
    counter("roundhouse_lease_renewals_total", "Renewals.", () => stats.renewals),
    counter("roundhouse_lease_unknown_total", "Renewals without an answer.", () => {
      return stats.unknown;
    }),
    counter(
      "roundhouse_lease_doubts_total",
      "How often the node stopped serving because it could not renew.",
      () => stats.doubts,
    ),
    gauge("roundhouse_serving", "1 while the lease is sure, else 0.", () => {
      return Number(lease().isServing);
    }),
    counter(
      "roundhouse_rebirths_total",
      "How often the node was declared dead and went on under another id.",
      rebirths,
    ),
    counter("roundhouse_coordinator_changes_total", "Other coordinators seen.", () => {
      return stats.coordinators;
    }),
  ];
}

function othersMetrics({ life }: LifeSources): readonly Metric[] {
  const census = () => life().membership.census;
  return [
    gaugeBy("roundhouse_nodes", "Nodes with a lease, by role.", "role", () => {
      const seen = census();
      const alive = seen?.members.filter((member) => isAlive(member, seen)) ?? [];
      return (["gateway", "shard"] as const).map((role) => {
        return [role, alive.filter((member) => member.role === role).length] as const;
      });
    }),
    gauge(
      "roundhouse_nodes_with_other_rules",
      "Nodes whose settings differ where all must be one.",
      () => {
        return life().agreement.others(census()).length;
      },
    ),
    gauge(
      "roundhouse_nodes_dead",
      "Nodes declared dead and not yet buried in every shard: their users may still look online.",
      () => census()?.dead.length ?? 0,
    ),
    gauge(
      "roundhouse_presence_staleness_seconds",
      "How long ago the oldest gateway's lease ended that is not yet declared dead; 0 if there is none.",
      () => {
        const seen = census();
        const ended = seen?.members.filter(({ role, until }) => {
          return role === "gateway" && until < seen.now;
        });
        return (
          Math.max(0, ...(ended ?? []).map(({ until }) => (seen?.now ?? until) - until)) / 1000
        );
      },
    ),
  ];
}

function appendMetrics({ life, stats: { bus } }: LifeSources): readonly Metric[] {
  const outgoing = () => life().bus.outgoing;
  const { outgoing: stats } = bus;
  return [
    counter("roundhouse_inbox_appended_total", "Commands taken in.", () => {
      return stats.appended;
    }),
    counter("roundhouse_inbox_refused_total", "Commands refused: no room, or no Redis.", () => {
      return stats.refused;
    }),
    gauge("roundhouse_append_queue_commands", "Commands that wait here for their inbox.", () => {
      return outgoing().depth().commands;
    }),
    gauge("roundhouse_append_queue_age_seconds", "How long the oldest batch is on its way.", () => {
      return outgoing().depth().oldestSeconds;
    }),
    counter("roundhouse_append_batches_total", "Batches sent to inboxes.", () => {
      return stats.batches;
    }),
    histogram(
      "roundhouse_append_batch_commands",
      "Commands in a batch to an inbox.",
      stats.batch.bounds,
      () => stats.batch,
    ),
    histogram(
      "roundhouse_append_seconds",
      "From sending a batch to knowing that the inbox has it.",
      stats.append.bounds,
      () => stats.append,
    ),
    counter("roundhouse_append_unknown_total", "Batches sent again: no answer came.", () => {
      return stats.unknown;
    }),
    counter("roundhouse_append_full_total", "Batches sent again: the inbox was full.", () => {
      return stats.full;
    }),
  ];
}

function frameMetrics({ life, stats: { bus } }: LifeSources): readonly Metric[] {
  const { incoming: stats } = bus;
  return [
    counter("roundhouse_frames_total", "Frames heard in their order.", () => {
      return stats.frames;
    }),
    counter("roundhouse_frames_doubled_total", "Frames heard twice, or after a repair.", () => {
      return stats.doubled;
    }),
    counterBy(
      "roundhouse_frame_repairs_total",
      "Holes in the frames of a shard that were mended, by what uncovered them.",
      "cause",
      () => stats.repairs,
    ),
    counter("roundhouse_frames_refilled_total", "Frames that the history brought back.", () => {
      return stats.refilled;
    }),
    counter("roundhouse_frames_missed_total", "Holes that no history reached.", () => {
      return stats.missed;
    }),
    gauge("roundhouse_frame_repairs_open", "Shards whose frames are being refilled.", () => {
      return life().bus.incoming.repairing;
    }),
  ];
}

function roundTripMetrics({ world, readiness }: LifeSources): readonly Metric[] {
  const { stats } = readiness;
  return [
    ...stateMetrics({
      isSound: () => world.backbone.isSound,
      isReady: () => readiness.verdict.ok,
    }),
    counterBy(
      "roundhouse_round_trips_total",
      "Pings through the inbox of one shard after the other.",
      "outcome",
      () => [
        ["answered", stats.answered],
        ["unanswered", stats.unanswered],
      ],
    ),
    histogram(
      "roundhouse_round_trip_seconds",
      "From a ping to its answer: inbox, decision, commit, frame.",
      stats.seconds.bounds,
      () => stats.seconds,
    ),
  ];
}

/** A lease that was never renewed ended so long ago. */
const FOREVER_MS = 3_600_000;
