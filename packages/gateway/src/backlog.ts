/**
 * Readers that lag behind. What waits for one connection is bounded, and an ordered event is never
 * skipped: who cannot keep up is closed with its own code and may resume.
 */
import type { Millis } from "@roundhouse/kernel";
import type { Connection } from "./connection.ts";

export type BacklogLimits = {
  /** Below this a backlog is nothing to worry about. */
  readonly softBytes: number;
  /** Above this a connection is closed. */
  readonly hardBytes: number;
  /** So long it may stay above the soft bound. */
  readonly slowMs: Millis;
};

/** Whether the connection lags too far behind, looking at what the socket has not taken yet. */
export function isTooSlow(connection: Connection, limits: BacklogLimits, now: Millis): boolean {
  const waiting = connection.socket?.getBufferedAmount() ?? 0;
  if (waiting <= limits.softBytes) {
    connection.slowSince = 0;
    return false;
  }
  if (waiting > limits.hardBytes && now >= connection.patientUntil) return true;
  if (connection.slowSince === 0) connection.slowSince = now;
  return now - connection.slowSince >= limits.slowMs;
}
