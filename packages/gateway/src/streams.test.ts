// With real sockets: what only they show.
import { ok, type SessionId } from "@roundhouse/kernel";
import { type LineClient, StreamHouse, type StreamHouseOptions } from "@roundhouse/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { GatewayOptions } from "./options.ts";

let house: StreamHouse;
async function open(options: StreamHouseOptions = {}): Promise<void> {
  house = await StreamHouse.open(options);
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
    await until(() => expect(client.heard.length).toBe(200)); // Too big to be shown.
  });
});

describe("the end of a stream", () => {
  const how = (): unknown => house.asked.find(({ on }) => on === "detach");
  async function named(): Promise<LineClient> {
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

  it("in good order comes when what was asked is answered, also if that takes a password", async () => {
    let hash: (() => void) | undefined;
    await open({
      passwords: {
        hash: (_asked, then) => {
          hash = () => then(ok("hash"));
          return () => {};
        },
        check: () => () => {},
      },
    });
    const client = await house.enter();
    const errand = { on: "signUp", user: "ana", password: "secret", nickname: "Ana" };
    client.says({ to: "errand", errand, request: 1 });
    client.socket.end();
    await until(() => expect(hash).toBeDefined());
    const since = performance.now();
    await until(() => expect(performance.now() - since).toBeGreaterThan(400));
    expect(house.gateway.connections).toBe(1);
    hash?.();
    const [asked] = house.asked;
    if (asked?.on !== "signUp") throw new Error("nobody signs up");
    const told = { on: "done", request: asked.request } as const;
    house.tell({ to: "session", session: asked.session as SessionId, told });
    await until(() => expect(client.heard).toMatchObject([{ on: "told", told: { on: "done" } }]));
    await until(() => expect(client.isClosed).toBe(true));
    expect([house.gateway.connections, house.gateway.door.addresses]).toEqual([0, 0]);
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
      hash: () => () => {},
      check: (_tried, then) => {
        answer = () => then(ok(true));
        return () => {};
      },
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
    const again = house.listens(house.port);
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
