/** Who sends too fast, who reads too slowly: told so, and in the end closed by name. */
import { type Clock, type Code, catalogue, type Log, type Millis } from "@roundhouse/kernel";
import type { Frame, Input } from "@roundhouse/protocol";
import type { Connection, Hall } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Doorkeeper } from "./limits.ts";
import type { GatewayStats } from "./stats.ts";

export type PatienceOptions = {
  readonly door: Doorkeeper;
  readonly crowd: Crowd;
  readonly stats: GatewayStats;
  readonly clock: Clock;
  readonly log: Log;
  readonly input: (connection: Connection, input: Input<unknown>) => void;
};

export class Patience {
  readonly #options: PatienceOptions;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Whether one more message may pass. */
  isWithinRate(connection: Connection, frame: Frame): boolean {
    const { clock, door, stats } = this.#options;
    const now = clock.now();
    const verdict = door.judge(connection, now);
    if (verdict === "take") return true;
    stats.refuse("rate_exceeded");
    if (verdict === "close") {
      this.#warn(connection, undefined);
      this.end(connection, "rate_exceeded");
      return false;
    }
    const request = this.#requestOf(connection, frame);
    if (request !== undefined) this.#warn(connection, request);
    else if (now - connection.warnedAt >= WARN_MS) {
      connection.warnedAt = now;
      this.#warn(connection, undefined);
    }
    return false;
  }

  inspect(hall: Hall): void {
    const now = this.#options.clock.now();
    for (const connection of hall.seats) this.look(connection, now);
  }

  look(connection: Connection, now: Millis): void {
    if (this.#options.crowd.isTooSlow(connection, now)) this.#closeSlow(connection);
  }

  /** Closes from our side. The socket's own close event tells the rest. */
  end(connection: Connection, code: Code): void {
    connection.endedBy = code;
    connection.socket?.end(catalogue[code].close, code);
  }

  /** A bug of ours met this connection: it ends, the house goes on. */
  crashed(connection: Connection, cause: unknown): void {
    const { log, stats } = this.#options;
    log.say("error", "connection_crashed", { session: connection.session, cause: String(cause) });
    stats.refuse("internal");
    this.end(connection, "internal");
  }

  /** Where each request is answered by its number, none is left without: its client waits for it. */
  #requestOf(connection: Connection, frame: Frame): number | undefined {
    const { protocol } = connection.voice;
    if (protocol.requestOf === undefined) return undefined;
    this.#options.door.weigh(connection, frame);
    const said = protocol.decode(frame);
    return said.ok ? protocol.requestOf(said.value) : undefined;
  }

  #warn(connection: Connection, request: number | undefined): void {
    const warning = { on: "garbled", code: "rate_exceeded", facts: {} } as const;
    this.#options.input(connection, request === undefined ? warning : { ...warning, request });
  }

  #closeSlow(connection: Connection): void {
    const { log, stats } = this.#options;
    stats.slowCloses++;
    stats.refuse("reader_too_slow");
    const { session, address } = connection;
    log.say("info", "reader_too_slow", { session, address: address.name });
    this.end(connection, "reader_too_slow");
  }
}

/** Who sends too fast and asks for no answer is told so, but not in a flood of its own. */
const WARN_MS = 1_000;
