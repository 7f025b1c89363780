/** Redis as several servers: what happens when a primary is gone, or a slot moves between them. */
import {
  type RedisGroup,
  type RedisServer,
  startRedisCluster,
  startSentinel,
} from "@roundhouse/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type Appended, BEGINNING, type Entry } from "./backbone.ts";
import { ANA, bytes, GATE, Stage, said, text } from "./backbone-stage.contract.ts";
import type { RedisBackbone } from "./redis-backbone.ts";
import { slotOf } from "./redis-slots.ts";
import { known, openEmpty, until } from "./redis-stage.contract.ts";

const quickly = { commandMs: 300, probeMs: 50 };
/** So many that each of three primaries has some. */
const SHARDS = 8;

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** Appends to one shard as fast as it can; `over` tells what it appended. */
function flood(backbone: RedisBackbone, shard: number) {
  let isOver = false;
  let number = 0;
  const flooding = (async () => {
    while (!isOver) {
      number++;
      const batch = { sender: GATE, number, bytes: bytes(String(number)), most: 0 };
      const appended = await known<Appended>((then) => backbone.append(shard, batch, then));
      expect(appended).toEqual({ at: "taken" });
    }
  })();
  return {
    reaches: (more: number) => {
      const goal = number + more;
      return until(() => number >= goal);
    },
    over: async (): Promise<readonly string[]> => {
      isOver = true;
      await flooding;
      return Array.from({ length: number }, (_, index) => String(index + 1));
    },
  };
}

async function words(backbone: RedisBackbone, shard: number): Promise<readonly string[]> {
  const entries = await known<readonly Entry[]>((then) => {
    backbone.read(shard, BEGINNING, 1_000_000, then);
  });
  return entries.map((entry) => text(entry.bytes));
}

describe("a primary behind a sentinel", () => {
  it("that dies is followed by its copy: steps, functions and ears are there", async () => {
    const group = await startSentinel();
    ending.push(group.stop);
    const it = await openEmpty(group.url, [group.primary], quickly);
    ending.push(it.close);
    const { backbone } = it;
    const stage = new Stage(it);
    const ana = await stage.hears(ANA);
    await stage.gives(0, ANA);
    await stage.append(0, GATE, 1);
    await until(() => said(ana).length === 2);
    const [replica] = group.replicas as readonly [RedisServer];
    await copied(group.primary, replica);
    await group.primary.kill();
    const batch = { sender: GATE, number: 2, bytes: bytes(`${GATE} 2`), most: 0 };
    expect(await known((then) => backbone.append(0, batch, then))).toEqual({ at: "taken" });
    await it.settle();
    expect(await words(backbone, 0)).toEqual([`${GATE} 1`, `${GATE} 2`]);
    expect(said(ana)).toContain("interrupted");
    expect(await stage.holder(0)).toEqual({ owner: ANA, epoch: 1 });
    expect(await replica.ask("XLEN", "{rh:0}:in")).toBe(2);
    backbone.say(0, ANA, bytes("still here"));
    await it.settle();
    expect(said(ana).at(-1)).toBe("0 still here");
  }, 40_000);
});

describe("a cluster of three primaries", () => {
  it("loses nothing while a shard's slot moves to another one", async () => {
    const cluster = await startRedisCluster(3, { spare: 1 });
    ending.push(cluster.stop);
    const it = await openEmpty(cluster.url, cluster.servers, { ...quickly, shards: SHARDS });
    ending.push(it.close);
    const stage = new Stage(it);
    const ana = await stage.hears(ANA);
    await stage.gives(0, ANA);
    const flooding = flood(it.backbone, 0);
    await flooding.reaches(50);
    const [from, , , to] = cluster.servers as readonly RedisServer[];
    if (from === undefined || to === undefined) throw new Error("there are four servers");
    await move(slotOf("{rh:0}"), from, to, cluster);
    await flooding.reaches(50);
    const all = await flooding.over();
    await it.settle();
    expect(await words(it.backbone, 0)).toEqual(all);
    expect(await to.ask("XLEN", "{rh:0}:in")).toBe(all.length);
    expect(said(ana)).toContain("interrupted");
    expect(it.backbone.stats.redirections).toBeGreaterThan(0);
    it.backbone.say(0, ANA, bytes("here now"));
    await it.settle();
    expect(said(ana).at(-1)).toBe("0 here now");
  }, 40_000);

  it("goes on with the copy of a primary that died", async () => {
    const cluster = await startRedisCluster(3, { spare: 1 });
    ending.push(cluster.stop);
    const [primary, , , copy] = cluster.servers as readonly RedisServer[];
    if (primary === undefined || copy === undefined) throw new Error("there are four servers");
    await copy.ask("CLUSTER", "REPLICATE", String(await primary.ask("CLUSTER", "MYID")));
    const it = await openEmpty(cluster.url, cluster.servers, { ...quickly, shards: SHARDS });
    ending.push(it.close);
    const stage = new Stage(it);
    const ana = await stage.hears(ANA);
    await stage.gives(0, ANA);
    await stage.append(0, GATE, 1);
    await copied(primary, copy);
    await primary.kill();
    const batch = { sender: GATE, number: 2, bytes: bytes(`${GATE} 2`), most: 0 };
    expect(await known((then) => it.backbone.append(0, batch, then))).toEqual({ at: "taken" });
    await it.settle();
    expect(await words(it.backbone, 0)).toEqual([`${GATE} 1`, `${GATE} 2`]);
    expect(said(ana)).toContain("interrupted");
    expect(it.backbone.stats.topologyChanges).toBeGreaterThan(0);
  }, 40_000);
});

/** Waits until the copy has everything that its primary has. */
async function copied(primary: RedisServer, copy: RedisServer): Promise<void> {
  const offset = async (server: RedisServer, name: string): Promise<number> => {
    const info = String(await server.ask("INFO", "replication"));
    return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? -1);
  };
  const goal = await offset(primary, "master_repl_offset");
  while ((await offset(copy, "slave_repl_offset")) < goal);
}

/** As an operator does it: announced at both ends, key by key, then said to all. */
async function move(
  slot: number,
  from: RedisServer,
  to: RedisServer,
  { servers }: RedisGroup,
): Promise<void> {
  const [source, target] = [await from.ask("CLUSTER", "MYID"), await to.ask("CLUSTER", "MYID")];
  await to.ask("CLUSTER", "SETSLOT", String(slot), "IMPORTING", String(source));
  await from.ask("CLUSTER", "SETSLOT", String(slot), "MIGRATING", String(target));
  for (;;) {
    const keys = await from.ask("CLUSTER", "GETKEYSINSLOT", String(slot), "1");
    const [key] = keys as readonly string[];
    if (key === undefined) break;
    await from.ask("MIGRATE", "127.0.0.1", String(to.port), key, "0", "5000");
  }
  for (const server of [to, from, ...servers.filter((it) => it !== to && it !== from)]) {
    await server.ask("CLUSTER", "SETSLOT", String(slot), "NODE", String(target));
  }
}
