/** What a gateway counts. Plain numbers: reading them for a scrape is somebody else's work. */
import { type Code, LATENCY_SECONDS, Spread } from "@roundhouse/kernel";

export class GatewayStats {
  opened = 0;
  closed = 0;
  messages = 0;
  messageBytes = 0;
  /** Events handed to connections: one event to ten members is ten deliveries. */
  deliveries = 0;
  /** Bytes handed to connections, headers not counted. */
  fanOutBytes = 0;
  publishes = 0;
  slowCloses = 0;
  /** Seconds to fan one frame of the ledger out. */
  readonly fanOut = new Spread(LATENCY_SECONDS);
  /** What was refused, closed or ignored here, by code. */
  readonly refusals = new Map<Code, number>();

  refuse(code: Code): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
