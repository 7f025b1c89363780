/** A client that writes down everything it hears, and waits for what it expects. */
import { pack, unpack } from "msgpackr";
import { WebSocket } from "ws";
import { Conditions } from "./condition.ts";

export type Data = {
  readonly [name: string]: unknown;
};
export type Message = {
  readonly command: string;
  readonly data: Data;
  /** Version 2: the number of the request that this answers. */
  readonly request?: number | undefined;
};
export type Closed = { readonly code: number; readonly reason: string };

/** An action as the server passes it on. */
export type Action = {
  readonly timestamp: number;
  readonly from: string;
  readonly [name: string]: unknown;
};

export type ClientOptions = {
  readonly path?: string;
  readonly subprotocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The address of this side: all of 127.0.0.0/8 is this machine. */
  readonly from?: string;
  /** Whether it answers pings, as every decent client does. */
  readonly answersPings?: boolean;
};

export class Client {
  /** Everything heard, in order. */
  readonly heard: Message[] = [];
  /** The same as it came. */
  readonly texts: string[] = [];
  closed: Closed | undefined;
  pings = 0;
  readonly #socket: WebSocket;
  readonly #conditions = new Conditions();
  /** By command: what `expect` has already answered with lies before it. */
  readonly #next = new Map<string, number>();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (bytes, isBinary) => {
      const message = isBinary ? unpacked(bytes as Buffer) : (JSON.parse(String(bytes)) as Message);
      this.texts.push(isBinary ? JSON.stringify(message) : String(bytes));
      this.heard.push(message);
      this.#conditions.changed();
    });
    socket.on("ping", () => {
      this.pings++;
      this.#conditions.changed();
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#conditions.changed();
    });
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  say(command: string, data?: unknown): void {
    this.sayText(JSON.stringify({ command, data }));
  }

  sayText(text: string): void {
    this.#socket.send(text);
  }

  sayBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: true });
  }

  /** As version 2 says it: a msgpack array, numbered if it is to be answered. */
  sayPacked(command: string, data: unknown, request?: number): void {
    this.sayBytes(pack(request === undefined ? [command, data] : [command, data, request]));
  }

  act(channel: string, ...actions: readonly object[]): void {
    this.say("game", { channel, actions });
  }

  /** The next message of this command; those of it that are not meant are passed over. */
  expect(command: string, isMeant: (data: Data) => boolean = () => true): Promise<Data> {
    return this.until(() => {
      const index = this.heard.findIndex((it, at) => {
        return at >= (this.#next.get(command) ?? 0) && it.command === command && isMeant(it.data);
      });
      const found = this.heard[index];
      if (found !== undefined) this.#next.set(command, index + 1);
      return found?.data;
    }, `"${command}"`);
  }

  /** The next refusal. */
  expectError(code: string): Promise<Data> {
    return this.expect("error", (data) => data["code"] === code);
  }

  /** The next change of a user to a status. */
  expectStatus(user: string, status: string): Promise<Data> {
    return this.expect("userchange", (data) => data[user] === status);
  }

  /** How the connection ended. */
  end(): Promise<Closed> {
    return this.until(() => this.closed, "the end of the connection");
  }

  /** Whatever else is to be waited for. */
  until<Value>(look: () => Value | undefined, what: string, patienceMs?: number): Promise<Value> {
    const why = (): string => {
      const last = this.texts.slice(-20).map((text) => text.slice(0, 300));
      const end = this.closed === undefined ? "" : `\nclosed by ${JSON.stringify(this.closed)}`;
      return `${what}; the last messages heard were\n${last.join("\n")}${end}`;
    };
    return this.#conditions.until(look, why, patienceMs);
  }

  /** The data of every message of a command, in order. */
  all(command: string): readonly Data[] {
    return this.heard.filter((it) => it.command === command).map((it) => it.data);
  }

  /** Everything that was heard of one user's status, in order. */
  statusesOf(user: string): readonly unknown[] {
    return this.all("userchange").flatMap((data) =>
      Object.hasOwn(data, user) ? [data[user]] : [],
    );
  }

  /** The same, once there are so many of them. */
  async statuses(user: string, count: number): Promise<readonly unknown[]> {
    const look = (): true | undefined => (this.statusesOf(user).length >= count ? true : undefined);
    await this.until(look, `${count} words about ${user}`);
    return this.statusesOf(user);
  }

  /** All actions heard in a channel, in order. */
  actionsIn(channel: string): readonly Action[] {
    const games = this.all("game").filter((data) => data["channel"] === channel);
    return games.flatMap((data) => data["actions"] as readonly Action[]);
  }

  /** Says goodbye and waits for the answer. */
  leave(): Promise<Closed> {
    this.#socket.close(1000);
    return this.end();
  }

  /** The connection breaks: no goodbye. */
  drop(): void {
    this.#socket.terminate();
  }

  /** Stops reading from the socket; what the server sends waits there. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

function unpacked(bytes: Buffer): Message {
  const [command, data, request] = unpack(bytes) as readonly [string, Data, number | undefined];
  return { command, data, request };
}

/** Connects, and waits until that has succeeded or failed. */
export function connect(address: string, options: ClientOptions = {}): Promise<Client> {
  const { path = "/", subprotocols = ["turntable"], headers = {} } = options;
  const { from = "127.0.0.1", answersPings = true } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${address}${path}`, [...subprotocols], {
      headers,
      localAddress: from,
      autoPong: answersPings,
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
    });
    // Before the upgrade is answered: the first message may come with the answer.
    const client = new Client(socket);
    socket.on("open", () => resolve(client));
    socket.on("error", reject);
  });
}
