/** Runs the shards a node owns, and decides which these are. */
export { assign, hosts, isAlive, type Owners } from "./assignment.ts";
export { Coordinator, type CoordinatorOptions } from "./coordinator.ts";
export type { Fate, Holdings } from "./holdings.ts";
export { Lookout, type LookoutOptions, type Seen } from "./lookout.ts";
export { Membership, type MembershipOptions, type Watcher } from "./membership.ts";
export { type RunnerOptions, type ShardLedger, ShardRunner } from "./runner.ts";
export { Station, type StationOptions } from "./station.ts";
export { CoordinatorStats, MembershipStats, RunnerStats, StationStats } from "./stats.ts";
