/** Nodes of a cluster as they are composed, on a backbone, a time and sockets in the test's hand. */
import { openPasswords, openTokens } from "@roundhouse/accounts";
import type { Gateway } from "@roundhouse/gateway";
import { ok, silentLog, systemChance } from "@roundhouse/kernel";
import type { NodeId } from "@roundhouse/ledger";
import {
  FakeSocket,
  FakeTopics,
  json,
  ModelBackbone,
  Player,
  seconds,
  VirtualTime,
} from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import type { NodeSeen } from "./admin-ports.ts";
import type { Identity, Serving } from "./cluster/cluster-node.ts";
import type { World } from "./cluster/life.ts";
import { type Lent, openGateway } from "./gateway-node.ts";
import { registry } from "./metrics.ts";
import { settings } from "./settings.ts";
import { openShard } from "./shard-node.ts";

const SHARDS = 8;
let time: VirtualTime;
let backbone: ModelBackbone;

beforeEach(() => {
  time = new VirtualTime();
  backbone = new ModelBackbone({ shards: SHARDS, clock: time, defer: time.defer });
});

function worldOf(name: string, more: Record<string, string> = {}): World {
  const base = { SHARDS: String(SHARDS), NODE_NAME: name, HTTP_PORT: "0", DRAIN_PER_SECOND: "10" };
  const parsed = settings.parse({ ...base, ...more });
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  const { defer, later } = time;
  const every = (run: () => void, periodMs: number) => {
    let isOver = false;
    time.every(periodMs, () => isOver || run());
    return () => {
      isOver = true;
    };
  };
  const tools = { backbone, clock: time, defer, later, every };
  return { ...tools, settings: parsed.config, chance: systemChance, log: silentLog };
}

/** Whose passwords are hashed at once, to words that say of what. */
function identity(): Identity {
  const passwords = openPasswords({
    threads: 1,
    waitingMax: 16,
    perAddressMax: 0,
    log: silentLog,
    open: ({ answered }) => {
      const work = ({ password }: { readonly password: string }): void => {
        queueMicrotask(() => answered(ok(`hash of ${password}`)));
      };
      return { work, end: async () => {} };
    },
  });
  return { tokens: openTokens({ secret: "s".repeat(40), clock: time }), passwords };
}
const start = (name: string, more: Record<string, string> = {}): Serving =>
  openShard(worldOf(name, more), identity());

type Gate = Serving & {
  readonly gateway: Gateway;
  readonly isListening: () => boolean;
  enter(name: string): Player;
};

/** A gateway whose sockets are made by the test. */
async function startGateway(name: string): Promise<Gate> {
  const topics = new FakeTopics();
  let isListening = false;
  let gateway: Gateway | undefined;
  const listen: Lent["listen"] = async (_settings, given) => {
    gateway = given.gateway;
    gateway.outlet.connect(topics);
    isListening = true;
    const stopListening = (): void => {
      isListening = false;
    };
    return {
      httpPort: 8080,
      scrpPort: 42_015,
      scrpTlsPort: 0,
      stopListening,
      close: () => {},
    };
  };
  const log = { ...silentLog, settled: async () => {} };
  const opening = openGateway(worldOf(name), identity(), { log, listen });
  const serving = await answered(opening);
  const given = gateway;
  if (given === undefined) throw new Error("it does not listen");
  const connect = (): FakeSocket => {
    const [voice] = given.voices;
    const address = given.door.enter("127.0.0.1", time.now());
    if (voice === undefined || !address.ok) throw new Error("nobody is let in");
    const connection = given.admit(voice, address.value);
    const socket = new FakeSocket(given, topics, connection);
    given.opened(connection);
    return socket;
  };
  const enter = (user: string): Player => {
    const player = new Player(user, { connect, settle: () => time.settle(), now: time.now }, json);
    player.identifies();
    return player;
  };
  return { ...serving, gateway: given, isListening: () => isListening, enter };
}

/** Lets time pass, and what waits for promises go on meanwhile. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    time.pass(100);
    for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  }
}

async function answered<Value>(question: Promise<Value>): Promise<Value> {
  await pass(300);
  return question;
}

async function seen(node: Serving): Promise<readonly NodeSeen[]> {
  const nodes = await answered(node.ports.nodes());
  if (!nodes.ok) throw new Error(nodes.code);
  return nodes.value;
}

/** From now on the node of this name cannot renew, as after a pause that was too long. */
async function declaredDead(asked: Serving, name: string): Promise<NodeId> {
  const dead = await incarnationOf(asked, name);
  const { renew } = backbone;
  backbone.renew = (node, card, then) => {
    if (node === dead) time.defer(() => then({ known: true, value: { at: "buried" } }));
    else renew.call(backbone, node, card, then);
  };
  return dead;
}

/** From now on no renewal of this node is answered; returns the way back. */
function cutOff(cut: NodeId): () => void {
  const { renew } = backbone;
  backbone.renew = (node, card, then) => {
    if (node === cut) time.defer(() => then({ known: false, why: "cut off" }));
    else renew.call(backbone, node, card, then);
  };
  return () => {
    backbone.renew = renew;
  };
}

/** Right before the next commit of `owner` its shard is given to `next`. */
function deposeAtCommit(owner: NodeId, next: NodeId): void {
  const { commit } = backbone;
  backbone.commit = (shard, written, then) => {
    if (written.owner === owner) {
      backbone.commit = commit;
      backbone.assign(shard, { epoch: written.epoch, next }, () => {});
    }
    commit.call(backbone, shard, written, then);
  };
}

async function incarnationOf(asked: Serving, name: string): Promise<NodeId> {
  return (await seen(asked)).find((node) => node.name === name)?.incarnation as NodeId;
}

/** What of a node's metrics must never fall: its counters, and all that a histogram is made of. */
async function counts({ metrics }: Serving): Promise<ReadonlyMap<string, number>> {
  const text = await registry(metrics, { processMetrics: false }).text();
  const lines = text.matchAll(/^(\w+_(?:total|count|sum|bucket)(?:\{.*\})?) (\S+)$/gm);
  return new Map([...lines].map(([, series = "", value]) => [series, Number(value)]));
}

/** What is less at each look than at the look before, or not there any more. */
async function falling(...nodes: readonly Serving[]): Promise<() => Promise<readonly string[]>> {
  const look = () => Promise.all(nodes.map(counts));
  let before = await look();
  return async () => {
    const now = await look();
    const fallen = before.flatMap((series, node) => {
      return [...series].filter(([name, count]) => (now[node]?.get(name) ?? -1) < count);
    });
    before = now;
    return fallen.map(([name]) => name);
  };
}

const shardsOf = async (node: Serving) =>
  (await seen(node)).map(({ name, shards }) => [name, shards] as const);

describe("shard nodes", () => {
  it("take every shard, and are ready when a ping came back", async () => {
    const west = start("west");
    expect(west.ports.ready()).toMatchObject({ ok: false, code: "shard_unavailable" });
    await pass(seconds(5));
    expect(west.ports.ready().ok).toBe(true);
    expect(await shardsOf(west)).toEqual([["west", SHARDS]]);
  });

  it("share the shards, and answer for all of them", async () => {
    const west = start("west");
    const east = start("east");
    await pass(seconds(10));
    expect(await shardsOf(west)).toEqual([
      ["east", SHARDS / 2],
      ["west", SHARDS / 2],
    ]);
    for (const user of ["ana", "ben", "cleo", "dan"]) {
      expect(await answered(east.ports.protect(user, true))).toMatchObject({ ok: true });
      const who = await answered(west.ports.who(user));
      expect(who).toMatchObject({ ok: true, value: { user, protected: true } });
    }
    expect(await answered(west.ports.rooms(10))).toEqual({ ok: true, value: [] });
  });

  it("make and change accounts for whichever node is asked", async () => {
    const west = start("west");
    const east = start("east");
    await pass(seconds(10));
    const names = ["ana", "ben", "cleo", "dan"];
    for (const user of names) {
      const account = { user, password: "secret 1", nickname: undefined };
      expect(await answered(west.ports.accounts.signUp(account))).toMatchObject({ ok: true });
      const taken = { ok: false, code: "account_taken" };
      expect(await answered(east.ports.accounts.signUp(account))).toMatchObject(taken);
      expect(await answered(east.ports.accounts.ban(user, true))).toMatchObject({ ok: true });
      expect(await answered(west.ports.accounts.exportAccount(user))).toMatchObject({
        value: { user, account: { nickname: user, isBanned: true } },
      });
      expect(await answered(east.ports.who(user))).toMatchObject({
        value: { account: { nickname: user, isBanned: true } },
      });
    }
    const text = await Promise.all(
      [west, east].map(({ metrics }) => registry(metrics, { processMetrics: false }).text()),
    );
    const counts = text.map((it) => Number(/^roundhouse_accounts (\d+)$/m.exec(it)?.[1]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(names.length);
    expect(await answered(east.ports.accounts.deleteAccount("ana"))).toMatchObject({ ok: true });
    expect(await answered(west.ports.accounts.exportAccount("ana"))).toMatchObject({
      ok: false,
      code: "account_unknown",
    });
  });

  it("tell when one was given other rules, and go on", async () => {
    const west = start("west");
    const other = start("other", { MAIL_MAX: "7" });
    await pass(seconds(10));
    expect((await seen(west)).map(({ name, otherRules }) => [name, otherRules])).toEqual([
      ["other", true],
      ["west", false],
    ]);
    const text = await registry(other.metrics, { processMetrics: false }).text();
    expect(text).toContain("\nroundhouse_nodes_with_other_rules 1\n");
  });

  it("hand everything over when they end, and nothing is kept for them", async () => {
    const west = start("west");
    const east = start("east");
    await pass(seconds(10));
    expect(await answered(west.ports.protect("ana", true))).toMatchObject({ ok: true });
    const stopped = west.stop();
    expect(west.ports.ready()).toMatchObject({ ok: false, code: "going_away" });
    await pass(seconds(5));
    await stopped;
    expect(await shardsOf(east)).toEqual([["east", SHARDS]]);
    const who = await answered(east.ports.who("ana"));
    expect(who).toMatchObject({ ok: true, value: { protected: true } });
    const [{ incarnation } = { incarnation: "" }] = await seen(east);
    for (const { notes } of backbone.shards) {
      const tails = [...notes.keys()].filter((key) => key.startsWith("to:"));
      expect(tails.filter((key) => key !== `to:${incarnation}`)).toEqual([]);
    }
  });

  it("give their shards away while they are drained", async () => {
    const west = start("west");
    start("east");
    await pass(seconds(10));
    const drained = await answered(west.ports.drain("west", true));
    expect(drained).toMatchObject({ ok: true, value: [{ name: "west", draining: true }] });
    await pass(seconds(10));
    expect(await shardsOf(west)).toEqual([
      ["east", SHARDS],
      ["west", 0],
    ]);
    await answered(west.ports.drain("west", false));
    await pass(seconds(10));
    expect(await shardsOf(west)).toEqual([
      ["east", SHARDS / 2],
      ["west", SHARDS / 2],
    ]);
  });

  it("go on under another id when they were declared dead", async () => {
    const west = start("west");
    await pass(seconds(5));
    const lost = await declaredDead(west, "west");
    await pass(seconds(20));
    const now = await seen(west);
    expect(now.map(({ name }) => name)).toEqual(["west"]);
    expect(now[0]?.incarnation).not.toBe(lost);
    expect(now[0]?.shards).toBe(SHARDS);
    expect(west.ports.ready().ok).toBe(true);
    const text = await registry(west.metrics, { processMetrics: false }).text();
    expect(text).toContain("roundhouse_rebirths_total 1");
  });

  it("show what they do", async () => {
    const west = start("west");
    await pass(seconds(5));
    await answered(west.ports.who("ana"));
    const text = await registry(west.metrics, { processMetrics: false }).text();
    for (const line of [
      "roundhouse_shards 8",
      "roundhouse_serving 1",
      "roundhouse_ready 1",
      "roundhouse_coordinator 1",
      'roundhouse_nodes{role="shard"} 1',
      'roundhouse_shard_epoch{shard="7"} 1',
      "roundhouse_commits_fenced_total 0",
      "roundhouse_presence_staleness_seconds 0",
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    expect(text).toMatch(/roundhouse_commits_total [1-9]/);
  });
});

describe("gateways", () => {
  async function cluster() {
    const west = start("west");
    await pass(seconds(5));
    const [gate, other] = [await startGateway("gate"), await startGateway("other")];
    await pass(seconds(2));
    return { west, gate, other };
  }

  it("bring together whoever is in one room, and everybody sees who is there", async () => {
    const { gate, other } = await cluster();
    const [ana, ben] = [gate.enter("ana"), other.enter("ben")];
    ben.watches("ana");
    await pass(500);
    ana.joins("den");
    ben.joins("den");
    await pass(500);
    ana.acts("den", "hello");
    await pass(500);
    expect(ben.sees()).toEqual(["ana is busy"]);
    expect(ana.wasTold().filter((line) => line.includes("hello"))).toHaveLength(1);
    const nodes = await seen(gate);
    expect(nodes.map(({ name, connections }) => [name, connections])).toEqual([
      ["gate", 1],
      ["other", 1],
      ["west", undefined],
    ]);
  });

  it("listen only once they have a lease, and are ready when a ping came back", async () => {
    let isOpen = false;
    const opening = startGateway("gate").then((gate) => {
      isOpen = true;
      return gate;
    });
    await pass(seconds(1));
    expect(isOpen).toBe(true); // Without a shard node it serves nobody, but it is there.
    const gate = await opening;
    await pass(seconds(6));
    expect(gate.ports.ready()).toMatchObject({ ok: false, code: "shard_unavailable" });
    start("west");
    await pass(seconds(6));
    expect(gate.ports.ready().ok).toBe(true);
  });

  it("share the topology among themselves", async () => {
    const { gate, west } = await cluster();
    const { shards } = gate.ports.topology("asked.example:9090") as { shards: readonly string[] };
    const own = shards.filter((address) => address === "ws://asked.example:8080");
    expect([shards.length, own.length]).toEqual([SHARDS, SHARDS / 2]);
    const { shards: seenFromWest } = west.ports.topology("") as { shards: readonly string[] };
    expect(seenFromWest.every((address) => /^ws:\/\/.+:8080$/.test(address))).toBe(true);
  });

  it("that end ask their clients to move, and nothing is kept for them", async () => {
    const { west, gate, other } = await cluster();
    const [ana, ben] = [gate.enter("ana"), other.enter("ben")];
    ben.watches("ana");
    await pass(500);
    const stopped = gate.stop();
    expect(gate.isListening()).toBe(false);
    expect(gate.ports.ready()).toMatchObject({ ok: false, code: "going_away" });
    await pass(seconds(2));
    await stopped;
    expect(ana.closedBy).toEqual({ why: "going_away", code: 1012 });
    await pass(500);
    expect(ben.sees()).toEqual(["ana is offline"]);
    expect((await seen(west)).map(({ name }) => name)).toEqual(["other", "west"]);
    for (const { notes } of backbone.shards) {
      expect([...notes.keys()].filter((key) => key === `to:${gate.gateway.id}`)).toEqual([]);
    }
  });

  it("that end ask so many a second, and all of them in time", async () => {
    const { gate } = await cluster();
    const players = Array.from({ length: 100 }, (_, index) => gate.enter(`user${index}`));
    const asked = () => players.filter(({ isConnected }) => !isConnected).length;
    const stopped = gate.stop();
    await pass(seconds(2));
    expect(asked()).toBeGreaterThan(15);
    expect(asked()).toBeLessThanOrEqual(20); // Ten a second, as was set.
    await pass(seconds(15));
    await stopped;
    expect(asked()).toBe(players.length);
  });

  it("that are drained are empty and not ready, until that is undone", async () => {
    const { west, gate } = await cluster();
    const ana = gate.enter("ana");
    await pass(seconds(3)); // Its next renewal tells of it, and west hears it with its own.
    expect(await answered(west.ports.drain("gate", true))).toMatchObject({
      ok: true,
      value: [{ name: "gate", connections: 1 }],
    });
    await pass(seconds(3));
    expect(ana.closedBy?.why).toBe("going_away");
    expect(gate.ports.ready()).toMatchObject({ ok: false, code: "going_away" });
    expect(() => gate.enter("ben")).toThrow("nobody is let in");
    await answered(west.ports.drain("gate", false));
    await pass(seconds(3));
    expect(gate.ports.ready().ok).toBe(true);
    expect(gate.enter("ben").isConnected).toBe(true);
  });

  it("that were declared dead ask everybody to come back, and go on under another id", async () => {
    const { gate, other } = await cluster();
    const ana = gate.enter("ana");
    await pass(500);
    const dead = await declaredDead(gate, "gate");
    await pass(seconds(3));
    expect(ana.closedBy?.why).toBe("going_away");
    expect(gate.gateway.id).not.toBe(dead);
    const [again, ben] = [gate.enter("ana"), other.enter("ben")];
    ben.watches("ana");
    await pass(500);
    expect(again.isConnected).toBe(true);
    expect(ben.sees()).toEqual(["ana is online"]);
    expect(gate.ports.ready().ok).toBe(true);
  });

  it("show what they do", async () => {
    const { gate } = await cluster();
    gate.enter("ana");
    await pass(seconds(15));
    const text = await registry(gate.metrics, { processMetrics: false }).text();
    for (const line of [
      'roundhouse_connections{protocol="turntable"} 1',
      'roundhouse_repairs_total{cause="digest",what="begun"} 0',
      "roundhouse_frames_missed_total 0",
      "roundhouse_append_unknown_total 0",
      "roundhouse_serving 1",
      "roundhouse_ready 1",
      'roundhouse_nodes{role="gateway"} 2',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    expect(text).toMatch(/roundhouse_digests_total [1-9]/);
  });
});

describe("what nodes count", () => {
  async function busy() {
    const west = start("west");
    await pass(seconds(5));
    const gate = await startGateway("gate");
    await answered(west.ports.protect("ana", true));
    gate.enter("ana"); // Refused: she has no token.
    const ben = gate.enter("ben");
    await pass(500);
    ben.joins("den");
    await pass(seconds(10)); // Each shard had its ping meanwhile.
    return { west, gate };
  }

  it("does not fall when shards are handed over", async () => {
    const { west, gate } = await busy();
    const before = await counts(west);
    expect(before.get('roundhouse_commands_total{kind="ping",outcome="done"}')).toBeGreaterThan(8);
    expect(before.get('roundhouse_refusals_total{code="token_missing"}')).toBe(1);
    const fallen = await falling(west, gate);
    const east = start("east");
    await pass(seconds(10));
    expect(await shardsOf(east)).toContainEqual(["west", SHARDS / 2]);
    expect(await fallen()).toEqual([]);
    await answered(east.ports.drain("west", true));
    await pass(seconds(10));
    expect(await shardsOf(east)).toContainEqual(["west", 0]);
    expect(await fallen()).toEqual([]);
    expect((await counts(west)).get('roundhouse_refusals_total{code="token_missing"}')).toBe(1);
    await answered(east.ports.drain("west", false));
    await pass(seconds(10));
    expect(await shardsOf(east)).toContainEqual(["west", SHARDS / 2]);
    expect(await fallen()).toEqual([]);
  });

  it("does not fall when a shard node is reborn, so that one sees why it was", async () => {
    const { west, gate } = await busy();
    const east = start("east");
    await pass(seconds(10));
    const [own, other] = [await incarnationOf(east, "west"), await incarnationOf(east, "east")];
    deposeAtCommit(own, other);
    await pass(seconds(10));
    const fallen = await falling(west, gate);
    const before = await counts(west);
    expect(before.get("roundhouse_coordinator_changes_total")).toBe(1);
    const comesBack = cutOff(own);
    await pass(seconds(15));
    comesBack();
    await pass(seconds(10));
    expect(await shardsOf(east)).toContainEqual(["west", SHARDS / 2]);
    expect(await fallen()).toEqual([]);
    const after = await counts(west);
    for (const [name, count] of [
      ["rebirths", 1],
      ["lease_doubts", 1],
      ["commits_fenced", 1],
    ] as const) {
      expect([name, after.get(`roundhouse_${name}_total`)]).toEqual([name, count]);
    }
    expect(after.get("roundhouse_shard_grants_total")).toBeGreaterThan(SHARDS);
  });

  it("does not fall when a gateway is reborn", async () => {
    const { west, gate } = await busy();
    const fallen = await falling(west, gate);
    const comesBack = cutOff(gate.gateway.id as string as NodeId);
    await pass(seconds(15));
    comesBack();
    await pass(seconds(10));
    expect(await fallen()).toEqual([]);
    const after = await counts(gate);
    for (const name of ["rebirths", "lease_doubts"]) {
      expect([name, after.get(`roundhouse_${name}_total`)]).toEqual([name, 1]);
    }
    expect(gate.ports.ready().ok).toBe(true);
  });
});
