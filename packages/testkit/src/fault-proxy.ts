/**
 * Stands between a client and a Redis and loses what it is told to lose. Bytes never vanish from the
 * middle of a connection in life: so one that lost some is cut when the fault is healed.
 */
import { connect, createServer, type Server, type Socket } from "node:net";

/** Connections that have subscribed to something, those that have not, or both. */
export type Concerned = "ears" | "steps" | "all";

type Pair = {
  readonly client: Socket;
  readonly server: Socket;
  isEar: boolean;
  hasLost: boolean;
};

export class FaultProxy {
  readonly port: number;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #repliesLost: Concerned | undefined;
  #requestsLost: Concerned | undefined;

  constructor(listener: Server, target: number) {
    const address = listener.address();
    this.port = typeof address === "object" && address !== null ? address.port : 0;
    this.#listener = listener.on("connection", (client: Socket) => this.#join(client, target));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** From now on what the server says does not arrive: its effects are there, nobody knows. */
  loseReplies(of: Concerned): void {
    this.#repliesLost = of;
  }

  /** From now on what the client says does not arrive. */
  loseRequests(of: Concerned): void {
    this.#requestsLost = of;
  }

  /** Everything passes again. */
  heal(): void {
    this.#repliesLost = undefined;
    this.#requestsLost = undefined;
    for (const pair of this.#pairs) if (pair.hasLost) this.#cut(pair);
  }

  cut(which: Concerned): void {
    for (const pair of this.#pairs) if (isMeant(pair, which)) this.#cut(pair);
  }

  stop(): Promise<void> {
    this.cut("all");
    return new Promise((resolve) => this.#listener.close(() => resolve()));
  }

  #join(client: Socket, target: number): void {
    const pair: Pair = {
      client,
      server: connect({ port: target, host: "127.0.0.1", noDelay: true }),
      isEar: false,
      hasLost: false,
    };
    client.setNoDelay(true);
    this.#pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      socket.on("error", () => {}); // "close" follows.
      socket.on("close", () => this.#cut(pair));
    }
    client.on("data", (bytes) => {
      if (SUBSCRIBES.test(bytes.toString("latin1"))) pair.isEar = true;
      this.#pass(pair, bytes, pair.server, this.#requestsLost);
    });
    pair.server.on("data", (bytes) => this.#pass(pair, bytes, client, this.#repliesLost));
  }

  #pass(pair: Pair, bytes: Buffer, to: Socket, lost: Concerned | undefined): void {
    if (lost !== undefined && isMeant(pair, lost)) pair.hasLost = true;
    // After a hole nothing passes: the rest would be taken for something else.
    if (!pair.hasLost) to.write(bytes);
  }

  #cut(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }
}

export function startFaultProxy(target: number): Promise<FaultProxy> {
  return new Promise((resolve, reject) => {
    const listener = createServer().once("error", reject);
    listener.listen(0, "127.0.0.1", () => resolve(new FaultProxy(listener, target)));
  });
}

function isMeant({ isEar }: Pair, which: Concerned): boolean {
  return which === "all" || isEar === (which === "ears");
}

const SUBSCRIBES = /\r\ns?subscribe\r\n/i;
