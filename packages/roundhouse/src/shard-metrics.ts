/** What the shards of a node show of themselves: every metric's name, meaning and source. */
import type { RunnerStats, ShardRunner } from "@roundhouse/shard";
import { counterBy, counterByPair, gauge, type Metric } from "./metrics.ts";

/** Those that it owns at the moment of the scrape. */
export type Runners = () => readonly ShardRunner[];

/** `stats` are of all that it ever owned. */
export function shardMetrics(runners: Runners, stats: RunnerStats): readonly Metric[] {
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
    ...accountMetrics(sum),
    counterByPair(
      "roundhouse_commands_total",
      "Commands decided, by kind and outcome.",
      ["kind", "outcome"],
      () => outcomes(stats),
    ),
    counterBy(
      "roundhouse_refusals_total",
      "Commands that a shard refused, by code.",
      "code",
      () => stats.refusals,
    ),
    counterBy(
      "roundhouse_mail_total",
      "Notices for who was away: kept, and of those dropped because a mailbox was full.",
      "what",
      () => [
        ["kept", stats.mailKept],
        ["dropped", stats.mailDropped],
      ],
    ),
  ];
}

type Sum = (of: (runner: ShardRunner) => number) => number;

/** Durable things are counted by their shards, of which each says its number once it looked it up. */
function accountMetrics(sum: Sum): readonly Metric[] {
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
  ];
}

type User = ShardRunner["state"]["users"] extends Map<unknown, infer Known> ? Known : never;

const isAtHome = ({ stays }: User): boolean =>
  stays.some(({ isRegistered, partedUntil }) => isRegistered && partedUntil === undefined);

function* outcomes({
  commands,
  refused,
}: RunnerStats): Iterable<readonly [string, string, number]> {
  for (const [kind, all] of commands) {
    const bad = refused.get(kind) ?? 0;
    yield [kind, "done", all - bad];
    if (bad > 0) yield [kind, "refused", bad];
  }
}

function total<Value>(values: Iterable<Value>, of: (value: Value) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum;
}
