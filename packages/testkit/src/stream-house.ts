/** A gateway behind a real port for streams, and peers with real sockets that speak to it in lines. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Command, Item } from "@roundhouse/domain";
import {
  Gateway,
  type GatewayOptions,
  openStreams,
  type Streams,
  type StreamsOptions,
} from "@roundhouse/gateway";
import { type GatewayId, type Level, ok, systemClock } from "@roundhouse/kernel";
import { limits } from "./numbers.ts";
import { parrot } from "./parrot.ts";

export type StreamHouseOptions = {
  readonly limits?: Partial<GatewayOptions["limits"]>;
  readonly tls?: StreamsOptions["tls"];
  readonly passwords?: GatewayOptions["passwords"];
  readonly silenceSeconds?: number;
};

/** A gateway behind a real port, whose one shard says nothing unless the test does. */
export class StreamHouse {
  readonly gateway: Gateway;
  readonly asked: Command[] = [];
  readonly logged: string[] = [];
  streams: Streams | undefined;
  readonly #clients: Socket[] = [];
  #tell: (item: Item) => void = () => {};

  /** Listens; `close` it. */
  static async open(options: StreamHouseOptions = {}): Promise<StreamHouse> {
    const house = new StreamHouse(options);
    await house.listens(0, options.tls);
    return house;
  }

  readonly #silenceSeconds: number;

  private constructor(options: StreamHouseOptions) {
    this.#silenceSeconds = options.silenceSeconds ?? 40;
    this.gateway = new Gateway({
      id: "gate" as GatewayId,
      shards: 1,
      bus: {
        append: (_shard, _from, command) => ok(void this.asked.push(command)),
        hear: (_gateway, listener) => {
          this.#tell = (item) => listener.frame({ shard: 0, items: [item] });
          return () => {};
        },
      },
      protocols: [parrot({ lineMax: 200_000 })],
      identity: { isDemanded: false, prove: (_token, _user, then) => then(ok(undefined)) },
      passwords: options.passwords ?? { hash: () => () => {}, check: () => () => {} },
      limits: { ...limits, ...options.limits },
      clock: systemClock,
      log: this.log,
    });
  }

  readonly log = { say: (_level: Level, event: string) => void this.logged.push(event) };

  async listens(port: number, tls?: StreamsOptions["tls"]): Promise<void> {
    const [voice] = this.gateway.voices;
    if (voice === undefined) throw new Error("nobody speaks here");
    this.streams = await openStreams({
      ...{ gateway: this.gateway, voice, clock: systemClock, log: this.log },
      ...{ host: "127.0.0.1", port, silenceSeconds: this.#silenceSeconds, tls },
    });
  }

  get port(): number {
    return this.streams?.port ?? 0;
  }

  tell(item: Item): void {
    this.#tell(item);
  }

  async enter(): Promise<LineClient> {
    const client = this.knock();
    await once(client.socket, "connect");
    return client;
  }

  /** Without waiting to be let in. */
  knock(): LineClient {
    const socket = connect({ host: "127.0.0.1", port: this.port });
    this.#clients.push(socket);
    return new LineClient(socket);
  }

  async enterSecurely(options: ConnectionOptions = {}): Promise<LineClient> {
    const socket = connectTls({
      ...{ host: "127.0.0.1", port: this.port, rejectUnauthorized: false },
      ...options,
    });
    this.#clients.push(socket);
    await once(socket, "secureConnect");
    return new LineClient(socket);
  }

  close(): void {
    for (const socket of this.#clients) socket.destroy();
    this.gateway.close();
    this.streams?.close();
  }
}

/** A peer that reads lines. */
export class LineClient {
  readonly socket: Socket;
  /** In order; each line is read once, however often a test looks. */
  readonly heard: { readonly on: string }[] = [];
  isClosed = false;
  #rest = "";

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#hear(text));
    socket.on("error", () => {});
    socket.on("close", () => (this.isClosed = true));
  }

  says(...lines: readonly (object | string)[]): void {
    const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
    this.socket.write(`${text.join("\n")}\n`);
  }

  #hear(text: string): void {
    const lines = text.split("\n");
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.heard.push(JSON.parse(line) as { readonly on: string });
  }
}
