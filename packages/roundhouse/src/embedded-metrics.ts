/** What an embedded node shows of itself: every metric's name, meaning and source. */

import type { Gateway } from "@roundhouse/gateway";
import type { EmbeddedLedger } from "@roundhouse/ledger";
import type { ShardRunner } from "@roundhouse/shard";
import {
  counter,
  counterBy,
  counterByPair,
  gauge,
  gaugeBy,
  histogram,
  histogramBy,
  info,
  type Metric,
} from "./metrics.ts";

// biome-ignore lint/suspicious/noExplicitAny: its commands and items do not matter to who counts them
type AnyLedger = EmbeddedLedger<any, any, any>;

export type Sources = {
  readonly gateway: Gateway;
  readonly ledger: AnyLedger;
  readonly runners: readonly ShardRunner[];
  readonly facts: Readonly<Record<string, string>>;
};

export function embeddedMetrics(sources: Sources): readonly Metric[] {
  return [
    info("roundhouse_info", "What this node is.", sources.facts),
    ...gatewayMetrics(sources),
    ...shardMetrics(sources),
    ...ledgerMetrics(sources),
  ];
}

function gatewayMetrics({ gateway }: Sources): readonly Metric[] {
  const { stats, voices, door } = gateway;
  return [
    gaugeBy("roundhouse_connections", "Open connections by protocol.", "protocol", () =>
      voices.map(({ protocol, connections }) => [protocol.name, connections] as const),
    ),
    gauge("roundhouse_addresses", "Addresses that hold connections.", () => door.addresses),
    gauge("roundhouse_gateway_rooms", "Rooms with a member here.", () => gateway.halls),
    gauge("roundhouse_gateway_watched", "Users that somebody here watches.", () => gateway.watched),
    counter("roundhouse_connections_opened_total", "Connections opened.", () => stats.opened),
    counter("roundhouse_connections_closed_total", "Connections closed.", () => stats.closed),
    counter("roundhouse_messages_total", "Messages from clients.", () => stats.messages),
    counter(
      "roundhouse_message_characters_total",
      "Characters of text and bytes of binary messages from clients.",
      () => stats.messageBytes,
    ),
    counter(
      "roundhouse_deliveries_total",
      "Events handed to connections; one event to ten members is ten.",
      () => stats.deliveries,
    ),
    counter(
      "roundhouse_fan_out_characters_total",
      "Characters of text and bytes of binary frames handed to connections.",
      () => stats.fanOutBytes,
    ),
    counter("roundhouse_publishes_total", "Frames given to a topic.", () => stats.publishes),
    counter(
      "roundhouse_slow_closes_total",
      "Connections closed because they did not read.",
      () => stats.slowCloses,
    ),
    counterBy(
      "roundhouse_gateway_refusals_total",
      "What the gateway refused, ignored or told its clients was refused, by code.",
      "code",
      () => stats.refusals,
    ),
  ];
}

function shardMetrics({ runners }: Sources): readonly Metric[] {
  const sum = (of: (runner: ShardRunner) => number): number => {
    return runners.reduce((total, runner) => total + of(runner), 0);
  };
  return [
    gauge("roundhouse_shards", "Shards that this node owns.", () => runners.length),
    gauge("roundhouse_users", "Users in memory.", () => sum(({ state }) => state.users.size)),
    gauge("roundhouse_sessions", "Sessions, those that wait to be resumed included.", () =>
      sum(({ state }) => total(state.users.values(), (user) => user.stays.length)),
    ),
    gauge("roundhouse_rooms", "Rooms.", () => sum(({ state }) => state.rooms.size)),
    gauge("roundhouse_members", "Members of all rooms together.", () =>
      sum(({ state }) => total(state.rooms.values(), (room) => room.members.size)),
    ),
    counterByPair(
      "roundhouse_commands_total",
      "Commands decided, by kind and outcome.",
      ["kind", "outcome"],
      () => outcomes(runners),
    ),
    counterBy("roundhouse_refusals_total", "Commands that a shard refused, by code.", "code", () =>
      merged(runners.map(({ stats }) => stats.refusals)),
    ),
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

function* outcomes(runners: readonly ShardRunner[]): Iterable<readonly [string, string, number]> {
  const refused = merged(runners.map(({ stats }) => stats.refused));
  for (const [kind, all] of merged(runners.map(({ stats }) => stats.commands))) {
    const bad = refused.get(kind) ?? 0;
    yield [kind, "done", all - bad];
    if (bad > 0) yield [kind, "refused", bad];
  }
}

function merged<Key extends string>(counts: readonly ReadonlyMap<Key, number>[]): Map<Key, number> {
  const sums = new Map<Key, number>();
  for (const one of counts) {
    for (const [key, count] of one) sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return sums;
}

function total<Value>(values: Iterable<Value>, of: (value: Value) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum;
}
