/** What the shards of a node show of themselves: every metric's name, meaning and source. */
import type { ShardRunner } from "@roundhouse/shard";
import { counterBy, counterByPair, gauge, type Metric } from "./metrics.ts";

/** Those that it owns at the moment of the scrape. */
export type Runners = () => readonly ShardRunner[];

export function shardMetrics(runners: Runners): readonly Metric[] {
  const sum = (of: (runner: ShardRunner) => number): number => {
    return runners().reduce((total, runner) => total + of(runner), 0);
  };
  return [
    gauge("roundhouse_shards", "Shards that this node owns.", () => runners().length),
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
      () => outcomes(runners()),
    ),
    counterBy("roundhouse_refusals_total", "Commands that a shard refused, by code.", "code", () =>
      merged(runners().map(({ stats }) => stats.refusals)),
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
