/** What a connection to Redis counts. Plain numbers: reading them for a scrape is somebody else's work. */
import { LATENCY_SECONDS, Spread } from "@roundhouse/kernel";

export const REDIS_STEPS = [
  "append",
  "read",
  "commit",
  "open",
  "scan",
  "fetch",
  "find",
  "count",
  "history",
  "assign",
  "holder",
  "bury",
  "renew",
  "leave",
  "declareDead",
  "forget",
  "wish",
  "drain",
  "constant",
  "say",
] as const;
export type RedisStep = (typeof REDIS_STEPS)[number];

export class RedisStats {
  /** Calls by step, and how many of them had no certain answer. */
  readonly calls = zeros();
  readonly unknown = zeros();
  /** Seconds from a call to its answer, whatever it was. */
  readonly seconds = { append: new Spread(LATENCY_SECONDS), commit: new Spread(LATENCY_SECONDS) };
  /** Appends refused because Redis's memory is full. */
  outOfMemory = 0;
  /** Connections that were lost and came back. */
  reconnections = 0;
  /** Probes that an ear did not hear in time, and ears that were given a new connection for it. */
  probesMissed = 0;
  deafRecycles = 0;
  /** How often ears were lost and hear again: what was said meanwhile they have missed. */
  interruptions = 0;
  /** How often the functions were loaded into a Redis that had none. */
  functionsLoaded = 0;
  /** Cluster: commands that a primary sent on to another one, and changes of who serves what. */
  redirections = 0;
  topologyChanges = 0;
}

function zeros(): Record<RedisStep, number> {
  return Object.fromEntries(REDIS_STEPS.map((step) => [step, 0])) as Record<RedisStep, number>;
}
