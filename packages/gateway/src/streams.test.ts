// With real sockets: what only they show.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import type { Command, Item } from "@roundhouse/domain";
import { type GatewayId, type Level, ok, type SessionId, systemClock } from "@roundhouse/kernel";
import { certificateOne, certificateOther, limits, parrot } from "@roundhouse/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Gateway } from "./gateway.ts";
import type { GatewayOptions } from "./options.ts";
import { openStreams, type Streams, type StreamsOptions } from "./streams.ts";

type HouseOptions = {
  readonly limits?: Partial<GatewayOptions["limits"]>;
  readonly tls?: StreamsOptions["tls"];
  readonly passwords?: GatewayOptions["passwords"];
};

/** A gateway behind a real port, whose one shard says nothing unless the test does. */
class House {
  readonly gateway: Gateway;
  readonly asked: Command[] = [];
  readonly logged: string[] = [];
  streams: Streams | undefined;
  readonly #clients: Socket[] = [];
  #tell: (item: Item) => void = () => {};

  constructor(options: HouseOptions) {
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
      passwords: options.passwords ?? { hash: () => {}, check: () => {} },
      limits: { ...limits, ...options.limits },
      clock: systemClock,
      log: this.log,
    });
  }

  readonly log = { say: (_level: Level, event: string) => void this.logged.push(event) };

  get port(): number {
    return this.streams?.port ?? 0;
  }

  tell(item: Item): void {
    this.#tell(item);
  }

  async enter(): Promise<Client> {
    const client = this.knock();
    await once(client.socket, "connect");
    return client;
  }

  /** Without waiting to be let in. */
  knock(): Client {
    const socket = connect({ host: "127.0.0.1", port: this.port });
    this.#clients.push(socket);
    return new Client(socket);
  }

  async enterSecurely(options: ConnectionOptions = {}): Promise<Client> {
    const socket = connectTls({
      ...{ host: "127.0.0.1", port: this.port, rejectUnauthorized: false },
      ...options,
    });
    this.#clients.push(socket);
    await once(socket, "secureConnect");
    return new Client(socket);
  }

  close(): void {
    for (const socket of this.#clients) socket.destroy();
    this.gateway.close();
    this.streams?.close();
  }
}

/** A peer that reads lines. */
class Client {
  readonly socket: Socket;
  text = "";
  isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => (this.text += text));
    socket.on("error", () => {});
    socket.on("close", () => (this.isClosed = true));
  }

  says(...lines: readonly (object | string)[]): void {
    const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
    this.socket.write(`${text.join("\n")}\n`);
  }

  get heard(): readonly { readonly on: string }[] {
    const lines = this.text.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as { readonly on: string });
  }
}

let house: House;
async function open(options: HouseOptions = {}): Promise<House> {
  house = new House(options);
  const [voice] = house.gateway.voices;
  if (voice === undefined) throw new Error("nobody speaks here");
  house.streams = await openStreams({
    ...{ gateway: house.gateway, voice, clock: systemClock, log: house.log },
    ...{ host: "127.0.0.1", port: 0, silenceSeconds: 40, tls: options.tls },
  });
  return house;
}
afterEach(() => house.close());

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const echo = { to: "send", reply: { on: "echo" } };
const big = (bytes: number) => ({ to: "send", reply: { on: "echo", text: "x".repeat(bytes) } });
const who = { to: "identify", attach: { user: "ana", means: "idme" } };

describe("a stream", () => {
  it("hands on whole messages, however they are cut", async () => {
    await open();
    const client = await house.enter();
    client.socket.setNoDelay(true);
    for (const byte of Buffer.from(`${JSON.stringify({ to: "send", reply: { on: "ä€😀" } })}\n`)) {
      client.socket.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    client.says(echo, echo);
    await until(() => expect(client.heard.map(({ on }) => on)).toEqual(["ä€😀", "echo", "echo"]));
    expect(house.gateway.stats.messages).toBe(3);
  });

  it("answers what makes no sense, and goes on", async () => {
    await open();
    const client = await house.enter();
    client.says("garbage", echo);
    await until(() => expect(client.heard).toHaveLength(2));
    expect(client.heard[0]).toMatchObject({ on: "garbled", code: "frame_malformed" });
    expect(client.heard[1]).toMatchObject({ on: "echo" });
  });

  it("that cannot be framed is told so and ends, behind all that came before", async () => {
    await open();
    const client = await house.enter();
    client.says(...Array.from({ length: 200 }, () => echo), "x".repeat(200_001));
    await until(() => expect(client.isClosed).toBe(true));
    expect(client.heard).toHaveLength(201);
    expect(client.heard.at(-1)).toMatchObject({ on: "garbled", code: "frame_too_large" });
    expect(house.gateway.connections).toBe(0);
    expect(house.gateway.stats.refusals.get("frame_too_large")).toBe(1);
  });

  it("sends what is said in one turn in one write", async () => {
    await open();
    const client = await house.enter();
    const chunks: string[] = [];
    client.socket.on("data", (chunk: string) => chunks.push(chunk));
    client.says(...Array.from({ length: 50 }, () => echo));
    await until(() => expect(client.heard).toHaveLength(50));
    expect(chunks).toHaveLength(1);
  });

  it("that floods is told so once a second and cut off, and costs nobody else's turn", async () => {
    await open({ limits: { messagesPerSecondMax: 100, addressRateFactor: 100 } });
    const [flooder, polite] = [await house.enter(), await house.enter()];
    for (let n = 0; n < 20; n++) flooder.says(...Array.from({ length: 200 }, () => echo));
    polite.says(echo);
    await until(() => expect(polite.heard).toEqual([{ on: "echo" }]));
    await until(() => expect(flooder.isClosed).toBe(true));
    expect(flooder.heard.filter(({ on }) => on === "garbled").length).toBeLessThan(4);
    expect(house.gateway.stats.messages).toBeLessThan(1_000);
    expect(polite.isClosed).toBe(false);
  });

  it("of a reader that does not read is closed by name, and holds little meanwhile", async () => {
    await open({ limits: { slowMs: 200 } });
    const client = await house.enter();
    const other = await house.enter();
    client.socket.pause();
    for (let n = 0; n < 200; n++) client.says(big(100_000));
    await until(() => {
      house.gateway.sweep();
      expect(house.gateway.stats.slowCloses).toBe(1);
    });
    expect(house.gateway.stats.refusals.get("reader_too_slow")).toBe(1);
    other.says(echo);
    await until(() => expect(other.heard).toHaveLength(1));
    expect(house.gateway.connections).toBe(1);
  });

  it("of a reader that does not read what others cause is closed at the hard bound", async () => {
    await open({ limits: { slowMs: 3_600_000 } });
    const client = await house.enter();
    client.says(who);
    await until(() => expect(house.asked).toHaveLength(1));
    const [asked] = house.asked;
    if (asked?.on !== "attach") throw new Error("no name was asked for");
    client.socket.pause();
    const text = "x".repeat(100_000);
    const notice = { on: "whispered", id: 1, at: 0, from: asked.user, text } as const;
    const told = { on: "notices", notices: [notice], kept: false } as const;
    for (let n = 0; n < 200; n++) {
      house.tell({ to: "session", session: asked.session, told });
      await new Promise(setImmediate);
    }
    expect(house.gateway.stats.slowCloses).toBe(1);
    expect(house.gateway.stats.fanOutBytes).toBeLessThan(12_000_000);
    client.socket.resume();
    await until(() => expect(client.isClosed).toBe(true));
  });

  it("of a reader that pauses is not read meanwhile, and loses nothing", async () => {
    await open({ limits: { softBytes: 10_000_000, hardBytes: 20_000_000 } });
    const client = await house.enter();
    client.socket.pause();
    for (let n = 0; n < 200; n++) client.says(big(100_000));
    let seen = -1;
    await until(() => {
      const { messages } = house.gateway.stats;
      const isStill = messages === seen;
      seen = messages;
      expect(isStill && messages > 0).toBe(true);
    });
    expect(seen).toBeLessThan(200);
    client.socket.resume();
    await until(() => expect(client.heard).toHaveLength(200));
  });
});

describe("the end of a stream", () => {
  const how = (): unknown => house.asked.find(({ on }) => on === "detach");
  async function named(): Promise<Client> {
    const client = await house.enter();
    client.says(who);
    await until(() => expect(house.asked).toHaveLength(1));
    return client;
  }

  it("in good order is a goodbye", async () => {
    await open();
    const client = await named();
    client.socket.end();
    await until(() => expect(how()).toMatchObject({ user: "ana", how: "left" }));
    await until(() => expect(client.isClosed).toBe(true));
  });

  it("by a reset is a loss", async () => {
    await open();
    const client = await named();
    client.socket.resetAndDestroy();
    await until(() => expect(how()).toMatchObject({ user: "ana", how: "lost" }));
  });

  it("by a reset while a password is checked leaves nothing behind", async () => {
    let answer: (() => void) | undefined;
    const passwords: GatewayOptions["passwords"] = {
      hash: () => {},
      check: (_password, _hash, then) => (answer = () => then(ok(true))),
    };
    await open({ passwords });
    const client = await house.enter();
    const attach = { user: "ana", means: "account", resume: undefined };
    client.says({ to: "errand", errand: { on: "logIn", attach, password: "secret" }, request: 1 });
    await until(() => expect(house.asked).toHaveLength(1));
    const [asked] = house.asked;
    if (asked?.on !== "credentials") throw new Error("no credentials were asked for");
    const { request, session } = asked;
    const proof = { hash: "h", turn: 1 };
    const told = { on: "credentials", born: 1, proof, request } as const;
    house.tell({ to: "session", session: session as SessionId, told });
    client.socket.resetAndDestroy();
    await until(() => expect(house.gateway.connections).toBe(0));
    answer?.();
    expect(house.asked).toHaveLength(1);
    expect(house.gateway.door.addresses).toBe(0);
  });

  it("by us comes after what was said last, also when the peer still sends", async () => {
    await open();
    const client = await house.enter();
    client.says(echo, { to: "close", why: "rate_exceeded" }, echo);
    client.says(echo);
    await until(() => expect(client.isClosed).toBe(true));
    expect(client.heard).toEqual([{ on: "echo" }]);
    expect(house.gateway.connections).toBe(0);
  });

  it("of a gateway that ends is for all", async () => {
    await open();
    const clients = [await house.enter(), await house.enter()];
    await until(() => expect(house.gateway.connections).toBe(2));
    house.gateway.close();
    house.streams?.stopListening();
    await until(() => expect(clients.every(({ isClosed }) => isClosed)).toBe(true));
    expect(house.gateway.connections).toBe(0);
  });

  it("is complete: a thousand connections leave nothing behind", async () => {
    await open();
    const half = Buffer.from("half a message");
    for (let round = 0; round < 20; round++) {
      const clients = await Promise.all(Array.from({ length: 50 }, () => house.enter()));
      await until(() => expect(house.gateway.stats.opened).toBe(50 * (round + 1)));
      for (const [index, { socket }] of clients.entries()) {
        socket.write(half);
        if (index % 2 === 0) socket.end();
        else socket.resetAndDestroy();
      }
    }
    await until(() => expect(house.gateway.stats.closed).toBe(1_000));
    expect([house.gateway.connections, house.gateway.door.addresses]).toEqual([0, 0]);
    expect(house.gateway.voices.map(({ connections }) => connections)).toEqual([0]);
  });
});

describe("the door of streams", () => {
  it("lets in so many of one address, and the next when one has left", async () => {
    await open({ limits: { connectionsPerAddressMax: 2 } });
    const [first] = [await house.enter(), await house.enter()];
    const third = house.knock();
    await until(() => expect(third.isClosed).toBe(true));
    expect(house.gateway.stats.refusals.get("address_limit")).toBe(1);
    first.socket.end();
    await until(() => expect(house.gateway.connections).toBe(1));
    const fourth = await house.enter();
    fourth.says(echo);
    await until(() => expect(fourth.heard).toHaveLength(1));
  });

  it("is shut when the gateway drains", async () => {
    await open();
    house.gateway.door.shut();
    const client = house.knock();
    await until(() => expect(client.isClosed).toBe(true));
    expect(house.gateway.stats.refusals.get("going_away")).toBe(1);
  });

  it("says whether the port is taken", async () => {
    await open();
    const [voice] = house.gateway.voices;
    if (voice === undefined) throw new Error("nobody speaks here");
    const again = openStreams({
      ...{ gateway: house.gateway, voice, clock: systemClock, log: house.log },
      ...{ host: "127.0.0.1", port: house.port, silenceSeconds: 40 },
    });
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("a stream by TLS", () => {
  const subject = ({ socket }: Client): string => {
    return String((socket as TLSSocket).getPeerCertificate().subject.CN);
  };

  it("says the same, encrypted", async () => {
    await open({ tls: certificateOne });
    const client = await house.enterSecurely();
    client.says(echo, big(150_000));
    await until(() => expect(client.heard).toHaveLength(2));
    expect(subject(client)).toBe("one.example");
    client.socket.end();
    await until(() => expect(house.gateway.connections).toBe(0));
    expect(house.gateway.door.addresses).toBe(0);
    expect(house.gateway.stats.handshakesFailed).toBe(0);
  });

  it("shows a new certificate to who comes next; whoever is here stays", async () => {
    await open({ tls: certificateOne });
    const before = await house.enterSecurely();
    expect(house.streams?.renew(certificateOther)).toBe(true);
    const after = await house.enterSecurely();
    expect([subject(before), subject(after)]).toEqual(["one.example", "other.example"]);
    before.says(echo);
    await until(() => expect(before.heard).toHaveLength(1));
    expect(house.logged).toEqual(["certificate_renewed"]);
  });

  it.each([
    { pair: "a key of another certificate", cert: certificateOther.cert, key: certificateOne.key },
    { pair: "garbage", cert: "garbage", key: "garbage" },
    { pair: "nothing", cert: "", key: "" },
  ])("keeps its certificate when the new one is $pair", async ({ cert, key }) => {
    await open({ tls: certificateOne });
    expect(house.streams?.renew({ cert, key })).toBe(false);
    expect(subject(await house.enterSecurely())).toBe("one.example");
    expect(house.logged).toEqual(["certificate_refused"]);
  });

  it("does not begin without a good certificate", async () => {
    await expect(
      open({ tls: { ...certificateOne, cert: certificateOther.cert } }),
    ).rejects.toThrow();
  });

  it("is not spoken below TLS 1.2", async () => {
    await open({ tls: certificateOne });
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    await expect(house.enterSecurely(old as ConnectionOptions)).rejects.toThrow();
    await until(() => expect(house.gateway.stats.handshakesFailed).toBe(1));
    const client = await house.enterSecurely({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
    expect((client.socket as TLSSocket).getProtocol()).toBe("TLSv1.2");
    client.says(echo);
    await until(() => expect(client.heard).toHaveLength(1));
  });

  it("that never begins counts at the door, and is counted when it fails", async () => {
    await open({ tls: certificateOne, limits: { connectionsPerAddressMax: 2 } });
    const [silent, plain] = [await house.enter(), await house.enter()];
    await until(() => expect(house.gateway.door.addresses).toBe(1));
    const third = house.knock();
    await until(() => expect(third.isClosed).toBe(true));
    expect(house.gateway.stats.opened).toBe(0);
    plain.says(echo);
    await until(() => expect(plain.isClosed).toBe(true));
    silent.socket.resetAndDestroy();
    await until(() => expect(house.gateway.stats.handshakesFailed).toBe(2));
    expect(house.gateway.door.addresses).toBe(0);
    const client = await house.enterSecurely();
    client.says(echo);
    await until(() => expect(client.heard).toHaveLength(1));
  });
});
