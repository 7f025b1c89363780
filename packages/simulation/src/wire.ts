/** In the place of a WebSocket: a client here, a gateway there, and a way between that takes time. */
import type { Gateway } from "@roundhouse/gateway";
import type { Millis, Result, SessionId } from "@roundhouse/kernel";
import type { Frame } from "@roundhouse/protocol";
import type { Process } from "./process.ts";

type Connection = ReturnType<Gateway["admit"]>;

/** Where a gateway's sockets end. */
export type Port = {
  readonly gateway: Gateway;
  readonly topics: Topics;
  readonly process: Process;
  /** The world's own timers: frames on their way outlive who sent them. */
  readonly later: (run: () => void, afterMs: Millis) => void;
};

/** Whoever holds the other end. */
export type Peer = {
  readonly received: (wire: Wire, frame: Frame) => void;
  readonly closed: (wire: Wire, code: number) => void;
};

/** The native topics of one gateway. */
export class Topics {
  readonly #wires = new Map<string, Set<Wire>>();

  publish(topic: string, frame: Frame): boolean {
    const wires = this.#wires.get(topic);
    for (const wire of wires ?? []) wire.send(frame);
    return wires !== undefined;
  }

  numSubscribers(topic: string): number {
    return this.#wires.get(topic)?.size ?? 0;
  }

  add(topic: string, wire: Wire): void {
    const wires = this.#wires.get(topic) ?? new Set();
    this.#wires.set(topic, wires.add(wire));
  }

  remove(topic: string, wire: Wire): void {
    const wires = this.#wires.get(topic);
    wires?.delete(wire);
    if (wires?.size === 0) this.#wires.delete(topic);
  }
}

export class Wire {
  readonly connection: Connection;
  readonly port: Port;
  readonly #peer: Peer;
  readonly #latencyMs: Millis;
  readonly #topics = new Set<string>();
  /** Frames on their way to the client: they arrive together, in order. */
  #coming: Frame[] = [];
  #isClientThere = true;
  #isGatewayThere = true;

  private constructor(port: Port, connection: Connection, peer: Peer, latencyMs: Millis) {
    this.port = port;
    this.connection = connection;
    this.#peer = peer;
    this.#latencyMs = latencyMs;
  }

  /** Connects; a gateway that lets nobody in says why. */
  static connect(port: Port, subprotocol: string, peer: Peer, latencyMs: Millis): Result<Wire> {
    const { gateway, process } = port;
    const voice = gateway.voices.find(({ protocol: { carrier } }) => {
      return carrier.over === "websocket" && carrier.subprotocol === subprotocol;
    });
    if (voice === undefined) throw new Error(`nobody speaks ${subprotocol}`);
    const address = gateway.door.enter("here", process.clock.now());
    if (!address.ok) return address;
    const connection = gateway.admit(voice, address.value);
    const wire = new Wire(port, connection, peer, latencyMs);
    connection.socket = wire as unknown as NonNullable<Connection["socket"]>;
    process.run(() => gateway.opened(connection));
    return { ok: true, value: wire };
  }

  get session(): SessionId {
    return this.connection.session;
  }

  /** Whether the client could still say something here. */
  get isOpen(): boolean {
    return this.#isClientThere;
  }

  /** Whether the gateway takes the connection for open. */
  get isOpenThere(): boolean {
    return this.#isGatewayThere && !this.port.process.isDead;
  }

  // What the gateway may do with it.

  send(frame: Frame): number {
    this.#mustBeOpen();
    this.#coming.push(frame);
    if (this.#coming.length === 1) this.port.later(this.#arrive, this.#latencyMs);
    return SENT;
  }

  subscribe(topic: string): boolean {
    this.#mustBeOpen();
    this.#topics.add(topic);
    this.port.topics.add(topic, this);
    return true;
  }

  unsubscribe(topic: string): boolean {
    this.#mustBeOpen();
    this.port.topics.remove(topic, this);
    return this.#topics.delete(topic);
  }

  getBufferedAmount(): number {
    return 0;
  }

  end(code: number): void {
    this.#mustBeOpen();
    this.#leaveGateway(false);
    this.port.later(() => this.#end(code), this.#latencyMs);
  }

  // What the client may do with it.

  says(frame: Frame): void {
    if (!this.#isClientThere) return;
    const { later, process, gateway } = this.port;
    later(() => {
      process.run(() => {
        if (this.#isGatewayThere) gateway.message(this.connection, frame);
      });
    }, this.#latencyMs);
  }

  /** Closes in good order, or is cut off: then what was on its way is lost. */
  leaves(isGoodbye: boolean): void {
    if (!this.#isClientThere) return;
    this.#isClientThere = false;
    const { later, process } = this.port;
    later(() => process.run(() => this.#leaveGateway(isGoodbye)), this.#latencyMs);
  }

  /** The client does not look at it any more, but nobody has closed it. */
  forget(): void {
    this.#isClientThere = false;
  }

  /** The gateway's process is gone, and what it had sent may have arrived or not. */
  breaks(isTailLost: boolean): void {
    if (isTailLost) this.#coming = [];
    this.port.later(() => this.#end(ABNORMAL), this.#latencyMs);
  }

  readonly #arrive = (): void => {
    const frames = this.#coming;
    this.#coming = [];
    for (const frame of frames) {
      if (this.#isClientThere) this.#peer.received(this, frame);
    }
  };

  #end(code: number): void {
    if (!this.#isClientThere) return;
    this.#arrive();
    if (!this.#isClientThere) return;
    this.#isClientThere = false;
    this.#peer.closed(this, code);
  }

  #leaveGateway(isGoodbye: boolean): void {
    if (!this.#isGatewayThere) return;
    this.#isGatewayThere = false;
    for (const topic of this.#topics) this.port.topics.remove(topic, this);
    this.#topics.clear();
    this.port.gateway.closed(this.connection, isGoodbye);
  }

  #mustBeOpen(): void {
    if (!this.#isGatewayThere) throw new Error("the socket is closed: nobody may use it");
  }
}

const SENT = 1;
/** RFC 6455: the connection ended without a close frame. */
const ABNORMAL = 1006;
