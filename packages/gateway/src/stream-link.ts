/** One TCP or TLS connection: frames out of its bytes, and what it is sent in a turn in one write. */
import type { Socket } from "node:net";
import { endianness } from "node:os";
import { TLSSocket } from "node:tls";
import { type Clock, type Failure, fail, type Result } from "@roundhouse/kernel";
import type { Frame, Wire } from "@roundhouse/protocol";
import type { Connection } from "./connection.ts";
import type { Gateway } from "./gateway.ts";
import type { HalfFrames } from "./half-frames.ts";
import { type Link, SENT } from "./link.ts";
import { type Place, placeOf } from "./socket-table.ts";
import type { StreamWatch, Watched } from "./stream-watch.ts";
import type { Turns } from "./turns.ts";

export type StreamGround = {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly halves: HalfFrames<StreamLink>;
  readonly watch: StreamWatch | undefined;
};

export class StreamLink implements Link, Watched {
  readonly place: Place | undefined;
  aliveAt: number;
  sentAt = 0;
  readonly #ground: StreamGround;
  readonly #socket: Socket;
  readonly #connection: Connection;
  readonly #wire: Wire;
  /** What leaves at the end of this turn. */
  #out: Frame[] = [];
  #outBytes = 0;
  #isFlushDue = false;
  /** Frames whose turn has not come; while there are any, no more is read. */
  readonly #in: Frame[] = [];
  /** Frames handled in this turn. */
  #taken = 0;
  #turn = 0;
  /** Nothing is read while it does not read what it asked for. */
  #isUnread = false;
  /** What ends it as soon as nothing waits: the stream made no sense, or the peer is done. */
  #last: Failure | "goodbye" | undefined;
  /** It ended by a fault: a peer that is gone altogether answers so to what it is sent. */
  #isBroken = false;
  /** The gateway was told that it is gone. */
  #isOver = false;

  constructor(ground: StreamGround, socket: Socket, connection: Connection, wire: Wire) {
    this.#ground = ground;
    this.#socket = socket;
    this.#connection = connection;
    this.#wire = wire;
    this.place = placeOf(socket, ORDER);
    this.aliveAt = ground.clock.precise();
    socket.on("data", (chunk) => this.#guarded(() => this.#read(chunk)));
    socket.on("drain", () => this.#readOn());
    socket.on("end", () => this.#guarded(() => this.#sayGoodbye()));
    socket.on("error", () => this.#break());
    socket.on("close", () => this.#gone(false));
  }

  send(frame: Frame): number {
    const wrapped = this.#wire.wrap(frame);
    this.#out.push(wrapped);
    this.#outBytes += wrapped.length;
    if (this.#outBytes >= WRITE_BYTES) this.#flush();
    else if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      process.nextTick(this.#flush);
    }
    return this.#socket.writableLength === 0 ? SENT : WAITS;
  }

  subscribe(): boolean {
    return false;
  }

  unsubscribe(): boolean {
    return false;
  }

  getBufferedAmount(): number {
    return this.#outBytes + this.#socket.writableLength;
  }

  /** No code travels: what the peer should know, its protocol has said before. */
  end(): void {
    if (this.#isOver) return;
    this.#flush();
    this.#gone(false);
  }

  /** A message of its peer's began long ago and does not end. */
  tire(): void {
    this.#guarded(() => this.#finish(fail("frame_malformed")));
  }

  /** As when keep-alive fails: what is on its way is dropped, for its user's shard keeps it. */
  vanish(): void {
    this.#break();
    // Node resets no TLS: what is on its way there may come twice to a peer that is back in time.
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  goOn(): void {
    this.#guarded(() => {
      while (this.#in.length > 0 && this.#mayTake()) this.#say(this.#in.shift() ?? "");
      if (this.#isOver) return;
      if (this.#in.length > 0) this.#ground.turns.wait(this);
      else if (this.#last !== undefined) this.#finish(this.#last);
      else this.#readOn();
    });
  }

  #read(chunk: Uint8Array): void {
    const { clock, halves } = this.#ground;
    this.aliveAt = clock.precise();
    if (this.#isOver || this.#last !== undefined) return;
    let frames = 0;
    const taken = this.#wire.take(chunk, (frame) => {
      frames++;
      this.#hear(frame);
    });
    if (this.#isOver) return;
    if (frames > 0) halves.end(this);
    const hasRoom = frames > 0 || halves.grow(this, chunk.length, clock.now());
    const ending: Result<void> = hasRoom ? taken : fail("frame_too_large");
    if (!ending.ok) this.#finish(ending);
    // Who does not read what it asked for is not asked for more.
    else if (this.getBufferedAmount() > UNREAD_BYTES) {
      this.#isUnread = true;
      this.#socket.pause();
    }
  }

  #hear(frame: Frame): void {
    if (this.#isOver) return;
    if (this.#in.length === 0 && this.#mayTake()) {
      this.#say(frame);
      return;
    }
    // Bytes are lent for the moment.
    this.#in.push(typeof frame === "string" ? frame : new Uint8Array(frame));
    if (this.#in.length > 1) return;
    this.#socket.pause();
    this.#ground.turns.wait(this);
  }

  #say(frame: Frame): void {
    this.#ground.gateway.message(this.#connection, frame);
  }

  #mayTake(): boolean {
    const { turns } = this.#ground;
    if (this.#turn !== turns.number) this.#taken = 0;
    this.#turn = turns.number;
    if (this.#isOver || !turns.take(this.#taken)) return false;
    this.#taken++;
    return true;
  }

  /** What follows from it is in "close". */
  #break(): void {
    this.#isBroken = true;
  }

  #sayGoodbye(): void {
    if (!this.#isOver) this.#ground.gateway.ending(this.#connection);
    this.#finish("goodbye");
  }

  /** Not before everything that came earlier was handled. */
  #finish(last: Failure | "goodbye"): void {
    this.#last ??= last;
    if (this.#isOver || this.#in.length > 0) return;
    if (this.#last === "goodbye") this.#farewell(FAREWELLS);
    else this.#ground.gateway.spoiled(this.#connection, this.#last);
  }

  /** It will say no more, but may still read: what it asked for is answered if that is soon. */
  #farewell(patience: number): void {
    const wait = (): void => {
      const isBusy = !this.#isOver && this.#ground.gateway.isBusy(this.#connection);
      if (isBusy && patience > 1) this.#farewell(patience - 1);
      else this.#gone(true);
    };
    setTimeout(wait, FAREWELL_MS).unref();
  }

  readonly #flush = (): void => {
    this.#isFlushDue = false;
    const out = this.#out;
    if (out.length === 0) return;
    this.#out = [];
    this.#outBytes = 0;
    if (this.#isOver) return;
    this.#socket.write(joined(out));
    this.sentAt = this.#ground.clock.precise();
    this.#ground.watch?.sent(this);
    if (this.#isUnread) this.#readOn();
  };

  #readOn(): void {
    if (this.#in.length > 0 || this.getBufferedAmount() > UNREAD_BYTES) return;
    this.#isUnread = false;
    this.#socket.resume();
  }

  #gone(isGoodbye: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { gateway, halves, turns, watch } = this.#ground;
    watch?.leave(this);
    halves.end(this);
    turns.leave(this);
    this.#in.length = 0;
    this.#linger();
    const isInOrder = (isGoodbye || this.#last === "goodbye") && !this.#isBroken;
    gateway.closed(this.#connection, isInOrder);
  }

  /** Who does not take what is left in time is cut off. */
  #linger(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    // Unread bytes would make the kernel cut off, and with it what we said last.
    socket.resume();
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once("close", () => clearTimeout(timer));
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (cause) {
      this.#ground.gateway.crashed(this.#connection, cause);
    }
  }
}

function joined(out: readonly Frame[]): Frame {
  const [first = ""] = out;
  if (out.length === 1) return first;
  if (out.every((frame) => typeof frame === "string")) return out.join("");
  return Buffer.concat(
    out.map((frame) => (typeof frame === "string" ? Buffer.from(frame) : frame)),
  );
}

const ORDER = endianness();
const WAITS = 0;
/** Well below the second within which a goodbye is known everywhere. */
const FAREWELL_MS = 250;
/** While a password of its is hashed or checked: five seconds. */
const FAREWELLS = 20;
/** So much is not kept until the turn ends. */
const WRITE_BYTES = 65_536;
/** With more than this unread, a peer is not read itself. */
const UNREAD_BYTES = 65_536;
/** So long a peer has to read what we said last. */
const LINGER_MS = 2_000;
