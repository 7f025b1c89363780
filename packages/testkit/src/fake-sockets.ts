/** In the place of uWebSockets.js: sockets that keep what they were sent, and topics. */
import type { Gateway } from "@roundhouse/gateway";
import type { Frame } from "@roundhouse/protocol";

type Connection = ReturnType<Gateway["admit"]>;
export type Closed = { readonly code: number; readonly reason: string };

/** The native topics of one gateway. */
export class FakeTopics {
  readonly #subscribers = new Map<string, Set<FakeSocket>>();

  publish(topic: string, frame: Frame, isBinary: boolean): boolean {
    const sockets = this.#subscribers.get(topic);
    for (const socket of sockets ?? []) socket.send(frame, isBinary);
    return sockets !== undefined;
  }

  numSubscribers(topic: string): number {
    return this.#subscribers.get(topic)?.size ?? 0;
  }

  add(topic: string, socket: FakeSocket): void {
    const sockets = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, sockets.add(socket));
  }

  remove(topic: string, socket: FakeSocket): void {
    const sockets = this.#subscribers.get(topic);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#subscribers.delete(topic);
  }
}

/** One socket. Like the native one it throws when it is used after its end. */
export class FakeSocket {
  /** What the peer has read. */
  readonly received: Frame[] = [];
  closed: Closed | undefined;
  /** While it is unset, frames wait and count as backlog. */
  isReading = true;
  readonly #waiting: Frame[] = [];
  readonly #topics = new Set<string>();
  readonly #gateway: Gateway;
  readonly #native: FakeTopics;
  readonly #connection: Connection;

  constructor(gateway: Gateway, native: FakeTopics, connection: Connection) {
    this.#gateway = gateway;
    this.#native = native;
    this.#connection = connection;
    connection.socket = this as unknown as NonNullable<Connection["socket"]>;
  }

  // What the gateway may do with it.

  send(frame: Frame, isBinary: boolean): number {
    this.#mustBeOpen();
    if (isBinary === (typeof frame === "string")) throw new TypeError("text or binary, not both");
    if (this.isReading) this.received.push(frame);
    else this.#waiting.push(frame);
    return this.isReading ? 1 : 0;
  }

  subscribe(topic: string): boolean {
    this.#mustBeOpen();
    this.#topics.add(topic);
    this.#native.add(topic, this);
    return true;
  }

  unsubscribe(topic: string): boolean {
    this.#mustBeOpen();
    this.#native.remove(topic, this);
    return this.#topics.delete(topic);
  }

  getBufferedAmount(): number {
    return this.#waiting.reduce((sum, frame) => sum + frame.length, 0);
  }

  end(code: number, reason: string): void {
    this.#mustBeOpen();
    this.#close({ code, reason }, true);
  }

  // What the peer may do with it.

  says(frame: Frame): void {
    if (this.closed === undefined) this.#gateway.message(this.#connection, frame);
  }

  /** Closes in good order, or is cut off. */
  leaves(isGoodbye: boolean): void {
    if (this.closed !== undefined) return;
    this.#close({ code: isGoodbye ? 1000 : 1006, reason: "" }, isGoodbye);
  }

  readsAgain(): void {
    this.isReading = true;
    this.received.push(...this.#waiting.splice(0));
  }

  #close(closed: Closed, isGoodbye: boolean): void {
    this.closed = closed;
    for (const topic of this.#topics) this.#native.remove(topic, this);
    this.#topics.clear();
    this.#gateway.closed(this.#connection, isGoodbye);
  }

  #mustBeOpen(): void {
    if (this.closed !== undefined) throw new Error("the socket is closed: nobody may use it");
  }
}
