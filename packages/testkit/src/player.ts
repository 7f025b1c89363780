/** Somebody at a client: says things, and remembers what the server said. */
import type { Code } from "@roundhouse/kernel";
import type { Frame } from "@roundhouse/protocol";
import type { FakeSocket } from "./fake-sockets.ts";
import { type Heard, sentences, type Tongue } from "./tongue.ts";

/** What a player needs of the scene. */
export type Ground = {
  readonly connect: () => FakeSocket;
  /** Lets the house do what follows, unless several things are said at once. */
  readonly settle: () => void;
  readonly now: () => number;
};

export type Identity = {
  readonly token?: string;
  readonly resume?: string;
  readonly seen?: object;
};

export class Player {
  readonly name: string;
  readonly #ground: Ground;
  readonly #tongue: Tongue;
  #socket: FakeSocket;
  #read = 0;
  #request = 0;
  /** The last word about each user it watches. */
  readonly #statuses = new Map<string, string>();

  constructor(name: string, ground: Ground, tongue: Tongue) {
    this.name = name;
    this.#ground = ground;
    this.#tongue = tongue;
    this.#socket = ground.connect();
    ground.settle();
  }

  // What it does.

  says(command: string, data: unknown, request?: number): void {
    this.sends(this.#tongue.write(command, data, request));
  }

  sends(frame: Frame): void {
    this.#socket.says(frame);
    this.#ground.settle();
  }

  /** Says and asks for an answer to it, where the protocol can. */
  asks(command: string, data: unknown): void {
    this.says(command, data, ++this.#request);
  }

  identifies(identity: Identity = {}): void {
    const isBare = Object.keys(identity).length === 0;
    this.says("idme", isBare ? this.name : { id: this.name, ...identity });
  }

  watches(...users: readonly string[]): void {
    this.says("subscribe", users);
  }

  joins(channel: string, more: { readonly self?: string; readonly invite?: string[] } = {}): void {
    this.says("joingame", { channel, ...more });
  }

  leaves(channel: string): void {
    this.says("leavegame", { channel });
  }

  invites(channel: string, user: string): void {
    this.says("invite", { channel, user });
  }

  /** One action for each of `data`, in one message. */
  acts(channel: string, ...data: readonly unknown[]): void {
    const timestamp = this.#ground.now();
    const actions = data.map((it) => ({ timestamp, from: this.name, data: it }));
    this.says("game", { channel, actions });
  }

  /** Closes the connection in good order. */
  goes(): void {
    this.#socket.leaves(true);
    this.#ground.settle();
  }

  /** The connection breaks. */
  drops(): void {
    this.#socket.leaves(false);
    this.#ground.settle();
  }

  /** Comes back on a new connection under the same name. */
  returns(identity: Identity = {}): void {
    this.#socket = this.#ground.connect();
    this.#read = 0;
    this.identifies(identity);
  }

  stopsReading(): void {
    this.#socket.isReading = false;
  }

  readsAgain(): void {
    this.#socket.readsAgain();
  }

  // What it noticed.

  /** The frames since it was last asked. */
  heard(): readonly Heard[] {
    const heard = this.frames().map((frame) => this.#tongue.read(frame));
    for (const { command, data } of heard) {
      if (command !== "userchange") continue;
      for (const [user, status] of Object.entries(data as object)) this.#statuses.set(user, status);
    }
    return heard;
  }

  /** The same, as they came. */
  frames(): readonly Frame[] {
    const frames = this.#socket.received.slice(this.#read);
    this.#read = this.#socket.received.length;
    return frames;
  }

  /** The same, as sentences. */
  wasTold(): readonly string[] {
    return this.heard().flatMap(sentences);
  }

  /** What it knows of those it watches, by name. */
  sees(): readonly string[] {
    this.heard();
    return [...this.#statuses].map(([user, status]) => `${user} is ${status}`).sort();
  }

  get isConnected(): boolean {
    return this.#socket.closed === undefined;
  }

  /** Why the server closed its connection, with the code on the wire. */
  get closedBy(): { readonly why: Code; readonly code: number } | undefined {
    const { closed } = this.#socket;
    return closed === undefined ? undefined : { why: closed.reason as Code, code: closed.code };
  }
}
