/** What a gateway counts. Plain numbers: reading them for a scrape is somebody else's work. */
import { type Code, LATENCY_SECONDS, Spread } from "@roundhouse/kernel";

/** Why a shard was asked how things stand: digests differed, or frames were lost for good. */
export type RepairCause = "digest" | "missed";

export class RepairCount {
  /** How often it began. */
  begun = 0;
  /** What was wrong and is right now, at the shard or here. */
  sessions = 0;
  seats = 0;
  watches = 0;
  /** Events of rooms that were lost on the way and told again. */
  events = 0;
  /** Numbers of rooms' orders that no history reached: told as gaps. */
  lost = 0;
}

export class GatewayStats {
  opened = 0;
  closed = 0;
  messages = 0;
  messageBytes = 0;
  /** Frames handed to connections: one frame to ten members is ten. */
  messagesOut = 0;
  /** TLS connections that ended before they could say anything. */
  handshakesFailed = 0;
  /** Events handed to connections: one event to ten members is ten deliveries. */
  deliveries = 0;
  /** Bytes handed to connections, headers not counted. */
  fanOutBytes = 0;
  publishes = 0;
  slowCloses = 0;
  /** Digests that were answered and compared. */
  digests = 0;
  resyncs = 0;
  snapshots = 0;
  /** Seats that lost their connection and were given up to the shards. */
  parts = 0;
  /** How often this gateway was declared dead and went on under a new name. */
  rebirths = 0;
  /** Without a fault all of this is 0. */
  readonly repairs: Readonly<Record<RepairCause, RepairCount>> = {
    digest: new RepairCount(),
    missed: new RepairCount(),
  };
  /** Seconds to fan one frame of the ledger out. */
  readonly fanOut = new Spread(LATENCY_SECONDS);
  /** What was refused, closed or ignored here, by code. */
  readonly refusals = new Map<Code, number>();

  /** Errands that ended, by what they were and how: `logIn done`, `logIn password_wrong`, `enter left`. */
  readonly errands = new Map<string, number>();

  /** Left: its connection closed, or logged out. */
  errandEnded(errand: string, outcome: Code | "done" | "left"): void {
    const ended = `${errand} ${outcome}`;
    this.errands.set(ended, (this.errands.get(ended) ?? 0) + 1);
  }

  refuse(code: Code): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
