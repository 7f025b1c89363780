/** Where frames leave: to one connection, or to all who subscribed to a topic. */
import type { Frame } from "@roundhouse/protocol";
import type { Connection } from "./connection.ts";
import { SENT } from "./link.ts";
import type { GatewayStats } from "./stats.ts";

export class Outlet {
  readonly stats: GatewayStats;
  #native: Native = { publish: () => false, numSubscribers: () => 0 };

  constructor(stats: GatewayStats) {
    this.stats = stats;
  }

  /** The native topics: publishing packs what one socket gets in a turn into one write. */
  connect(native: Native): void {
    this.#native = native;
  }

  listeners(topic: string): number {
    return this.#native.numSubscribers(topic);
  }

  /** One frame to `listeners` connections, telling them of `events` events. */
  publish(topic: string, frame: Frame, out: Spreading): void {
    this.#native.publish(topic, frame, out.isBinary);
    const { stats } = this;
    stats.publishes++;
    stats.messagesOut += out.listeners;
    stats.fanOutBytes += frame.length * out.listeners;
  }

  /** Answers whether the socket took it at once; if not, some of it waits or was dropped. */
  send(connection: Connection, frame: Frame): boolean {
    const { socket, voice } = connection;
    if (socket === undefined) return true; // It closed while this was on its way.
    this.stats.messagesOut++;
    this.stats.fanOutBytes += frame.length;
    return socket.send(frame, voice.isBinary) === SENT;
  }
}

export type Spreading = { readonly isBinary: boolean; readonly listeners: number };

type Native = {
  publish(topic: string, frame: Frame, isBinary: boolean): boolean;
  numSubscribers(topic: string): number;
};
