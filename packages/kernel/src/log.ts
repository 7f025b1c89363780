/** Where events are told: one event and its facts per line. No payloads, no secrets. */
import type { Facts } from "./faults.ts";

export type Level = "debug" | "info" | "warn" | "error";

export interface Log {
  say(level: Level, event: string, facts?: Facts): void;
}

export const silentLog: Log = { say: () => {} };
