/** Runs the shards a node owns. */
export { type RunnerOptions, type ShardLedger, ShardRunner } from "./runner.ts";
