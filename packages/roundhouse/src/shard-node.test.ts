/** Shard nodes as they are composed, on a backbone and a time in the test's hand. */
import { openTokens } from "@roundhouse/accounts";
import { silentLog, systemChance } from "@roundhouse/kernel";
import type { NodeId } from "@roundhouse/ledger";
import { ModelBackbone, seconds, VirtualTime } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import type { NodeSeen } from "./admin-ports.ts";
import type { Serving } from "./cluster/cluster-node.ts";
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

function start(name: string): Serving {
  const parsed = settings.parse({ SHARDS: String(SHARDS), NODE_NAME: name });
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
  const world = { ...tools, settings: parsed.config, chance: systemChance, log: silentLog };
  return openShard(world, openTokens({ secret: "s".repeat(40), clock: time }));
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
    const [before] = await seen(west);
    const lost = before?.incarnation as NodeId;
    backbone.renew = ((renew) => (node, card, then) => {
      if (node === lost) time.defer(() => then({ known: true, value: { at: "buried" } }));
      else renew.call(backbone, node, card, then);
    })(backbone.renew);
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
