/** The commands of a cluster as an operator types them: real processes, a real Redis. */
import { freePort, type RedisServer, startRedis } from "@roundhouse/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, connect } from "./client.ts";
import { polled } from "./condition.ts";
import { isKnown, join } from "./house.ts";
import { isUp, Run, Server, type Settings } from "./server.ts";

type Role = "gateway" | "shard";

/** Few, so that all of them change hands within the patience of a test on a busy machine. */
const SHARDS = 16;
let redis: RedisServer;
const servers: Server[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  redis = await startRedis({ aof: true });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.drop();
  const exits = await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const exit of exits) expect(exit).toEqual({ code: 0, signal: null });
});
afterAll(() => redis.stop());

/** A start that need not succeed. */
function type(role: Role, settings: Settings = {}): Run {
  return new Run([role], {
    HOST: "127.0.0.1",
    HTTP_PORT: 0,
    SCRP_PORT: 0,
    ADMIN_PORT: 0,
    REDIS_URL: redis.url,
    SHARDS,
    LOG_LEVEL: "warn",
    ...settings,
  });
}

async function start(role: Role, settings: Settings = {}): Promise<Server> {
  const server = new Server(await isUp(type(role, settings)), "");
  servers.push(server);
  return server;
}

/** Resolves once it can serve. */
async function ready(server: Server): Promise<Server> {
  await polled(
    async () => (await fetch(`${server.admin}/readyz`)).status,
    (status) => status === 200,
  );
  return server;
}

async function enter(server: Server, user: string): Promise<Client> {
  const client = await connect(server.address);
  clients.push(client);
  client.say("idme", user);
  await isKnown(client, user);
  return client;
}

describe("a cluster", () => {
  it("carries a word from one gateway to the other, is asked anywhere, and is drained", async () => {
    const [west, gate, other] = await Promise.all([
      start("shard", { NODE_NAME: "west" }),
      start("gateway", { NODE_NAME: "gate" }),
      start("gateway", { NODE_NAME: "other" }),
    ]);
    await Promise.all([west, gate, other].map((server) => ready(server)));
    const [ana, ben] = [await enter(gate, "ana"), await enter(other, "ben")];
    await join(ana, "den");
    await join(ben, "den");
    ana.act("den", { hello: "ben" });
    await ben.expect("game", (data) => JSON.stringify(data).includes("hello"));

    // Whichever node is asked.
    expect((await west.tell("who", "ana")).out).toMatch(/busy[\s\S]*den/);
    expect((await other.tell("rooms")).out).toContain("den");
    const token = (await west.tell("token", "cleo", "--protect")).out.trim();
    const cleo = await connect(gate.address);
    clients.push(cleo);
    cleo.say("idme", { id: "cleo", token });
    await isKnown(cleo, "cleo");
    const addresses = (await west.tell("topology")).out;
    expect(addresses).toContain(`:${gate.httpPort}`);
    expect(addresses).toContain(`:${other.httpPort}`);
    expect((await other.tell("nodes")).out).toMatch(/gate +gateway[\s\S]*west +shard +16/);

    // A shard node that comes takes its share; drained, it has none.
    const east = await ready(await start("shard", { NODE_NAME: "east" }));
    const drained = await gate.tell("drain", "west", "--wait");
    expect(drained.out).toContain("It is empty: it can be ended.");
    expect(await east.metric("roundhouse_shards")).toBe(SHARDS);
    expect(await west.stop()).toEqual({ code: 0, signal: null });
    ana.act("den", { again: true });
    await ben.expect("game", (data) => JSON.stringify(data).includes("again"));
    await gate.tell("drain", "west", "--undo");
    expect((await gate.tell("drain", "north")).err).toContain("No node of this name");

    // A gateway that ends asks its clients to move, in good order.
    expect(await gate.stop()).toEqual({ code: 0, signal: null });
    expect(await ana.end()).toMatchObject({ code: 1012 });
    expect(gate.run.err).toBe("");
  }, 60_000);

  it("comes up in any order: a shard node first, Redis last", async () => {
    const late = await startRedis();
    await late.kill();
    const settings = { REDIS_URL: late.url, ADMIN_PORT: await freePort() };
    const impatient = type("shard", settings);
    await impatient.until(() => impatient.err.includes("redis_awaited") || undefined);
    impatient.signal("SIGTERM"); // While it waits it can be ended.
    expect(await impatient.ended()).toEqual({ code: 0, signal: null });

    const waiting = type("shard", settings);
    const server = new Server(waiting, "", settings.ADMIN_PORT);
    await waiting.until(() => waiting.err.includes("redis_awaited") || undefined);
    expect((await fetch(`${server.admin}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.admin}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${server.admin}/metrics`)).text()).toContain('mode="shard"');
    await late.start();
    await waiting.until(() => waiting.out.includes("Ctrl-C") || undefined);
    await ready(server);
    expect(waiting.err.match(/redis_awaited/g)).toHaveLength(1);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    await late.stop();
  }, 60_000);
});

describe("a start that cannot succeed", () => {
  it.each(["gateway", "shard"] as const)("says that REDIS_URL is missing: %s", async (role) => {
    const run = type(role, { REDIS_URL: "", NODE_NAME: "two words" });
    expect(await run.ended()).toEqual({ code: 1, signal: null });
    expect(run.err).toContain("2 settings are wrong");
    expect(run.err).toContain("REDIS_URL says where the cluster's Redis is");
  });

  it("names both numbers of shards when K is another one", async () => {
    await start("shard");
    for (const role of ["shard", "gateway"] as const) {
      const run = type(role, { SHARDS: 8 });
      expect(await run.ended()).toEqual({ code: 1, signal: null });
      expect(run.err).toMatch(/SHARDS=8, but .* with 16 shards: set SHARDS=16/);
    }
  });

  it("says that Redis refuses the password, and does not tell it", async () => {
    const guarded = await startRedis();
    await guarded.ask("CONFIG", "SET", "requirepass", "right");
    for (const url of [guarded.url, guarded.url.replace("//", "//:wrong@")]) {
      const run = type("shard", { REDIS_URL: url });
      expect(await run.ended()).toEqual({ code: 1, signal: null });
      expect(run.err).toContain("Roundhouse did not start.");
      expect(run.err).toMatch(/password/i);
      expect(run.err).not.toContain("wrong@");
    }
    await guarded.stop();
  });

  it("names the setting of a URL that is none", async () => {
    const run = type("gateway", { REDIS_URL: "http://127.0.0.1" });
    expect(await run.ended()).toEqual({ code: 1, signal: null });
    expect(run.err).toContain("REDIS_URL must be");
  });
});
