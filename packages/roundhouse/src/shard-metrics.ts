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
    ...accountMetrics(runners, sum),
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

type Sum = (of: (runner: ShardRunner) => number) => number;

/** Durable things are counted by their shards, of which each says its number once it looked it up. */
function accountMetrics(runners: Runners, sum: Sum): readonly Metric[] {
  return [
    gauge("roundhouse_accounts", "Accounts, in memory or not.", () =>
      sum(({ state }) => state.numbers?.accounts ?? 0),
    ),
    gauge("roundhouse_accounts_online", "Accounts with an open session.", () =>
      sum(({ state }) => total(state.users.values(), (user) => Number(isAtHome(user)))),
    ),
    gauge("roundhouse_rooms_created", "Created rooms, in memory or not.", () =>
      sum(({ state }) => state.numbers?.rooms ?? 0),
    ),
    counterBy(
      "roundhouse_mail_total",
      "Notices for who was away: kept, and of those dropped because a mailbox was full.",
      "what",
      () => [
        ["kept", runners().reduce((total, { stats }) => total + stats.mailKept, 0)],
        ["dropped", runners().reduce((total, { stats }) => total + stats.mailDropped, 0)],
      ],
    ),
  ];
}

type User = ShardRunner["state"]["users"] extends Map<unknown, infer Known> ? Known : never;

const isAtHome = ({ stays }: User): boolean =>
  stays.some(({ isRegistered, partedUntil }) => isRegistered && partedUntil === undefined);

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
