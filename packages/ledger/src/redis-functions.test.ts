/** What the functions do where a model would not: memory, types, sizes, versions, what is forgotten. */
import { type RedisServer, startRedis } from "@roundhouse/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HEARTBEAT_MS, LEASE_MS, type ShardCommit } from "./backbone.ts";
import { ANA, BEN, bytes, GATE, Stage, said, text } from "./backbone-stage.contract.ts";
import { LIBRARY_VERSION } from "./redis-library.ts";
import { openRedisBackbone } from "./redis-open.ts";
import { RedisRefusal } from "./redis-primary.ts";
import { answerTo, type OpenedRedis, openEmpty, plainly } from "./redis-stage.contract.ts";

let server: RedisServer;
let opened: OpenedRedis;
let stage: Stage;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  opened = await openEmpty(server.url, [server]);
  stage = new Stage(opened);
});
afterEach(async () => {
  await server.ask("CONFIG", "SET", "maxmemory", "0");
  await opened.close();
});

/** From now on memory is full. */
const fill = () => server.ask("CONFIG", "SET", "maxmemory", "1mb");
const answered = (commit: ShardCommit) => {
  return answerTo((then: Parameters<typeof opened.backbone.commit>[2]) =>
    opened.backbone.commit(0, commit, then),
  );
};

describe("a Redis whose clock is set back", () => {
  it("keeps no lease longer than a term: the dead are found as soon as ever", async () => {
    await stage.renew(ANA);
    await stage.renew(BEN);
    await opened.passes(-3_600_000);
    await stage.renew(BEN);
    for (let passed = 0; passed <= LEASE_MS; passed += HEARTBEAT_MS) {
      await opened.passes(HEARTBEAT_MS);
      await stage.renew(BEN);
    }
    const isDead = await stage.ask<boolean>((then) => opened.backbone.declareDead(ANA, then));
    expect(isDead).toBe(true);
    expect(await stage.ask<boolean>((then) => opened.backbone.declareDead(BEN, then))).toBe(false);
  });
});

describe("a Redis whose memory is full", () => {
  it("takes nothing new, and goes on with everything that it took", async () => {
    const gate = await stage.hears(GATE);
    await stage.gives(0, ANA);
    await stage.append(0, GATE, 1);
    await fill();
    expect(await stage.append(0, GATE, 2, { most: 100 })).toEqual({ at: "full" });
    expect(opened.backbone.stats.outOfMemory).toBe(1);
    // What was promised is delivered, what was accepted is decided, and its owner may change.
    expect(await stage.append(0, "shard:1", 1)).toEqual({ at: "taken" });
    const frames = [{ to: GATE, bytes: bytes("done") }];
    await stage.commits(0, { history: bytes("done"), frames });
    await stage.gives(0, BEN);
    await opened.settle();
    expect(said(gate)).toEqual(["0 done"]);
    expect(await server.ask("XLEN", "{rh:0}:in")).toBe(0);
  });

  it("keeps leases, and the dead are buried", async () => {
    await stage.renew(ANA);
    await fill();
    const { coordinator } = await stage.census(ANA);
    expect(coordinator).toBe(ANA);
    await stage.ask<void>((then) => opened.backbone.bury(0, GATE, bytes("farewell"), then));
    expect(await stage.words(0)).toEqual(["farewell"]);
    expect((await stage.renew(BEN)).at).toBe("renewed");
  });

  it("takes what is new again once there is room", async () => {
    await fill();
    expect(await stage.append(0, GATE, 1, { most: 100 })).toEqual({ at: "full" });
    await server.ask("CONFIG", "SET", "maxmemory", "0");
    expect(await stage.append(0, GATE, 1, { most: 100 })).toEqual({ at: "taken" });
  });
});

describe("a commit", () => {
  it("may be larger than what Lua hands over at a time", async () => {
    await stage.gives(0, ANA);
    const many = new Map(Array.from({ length: 10_001 }, (_, at) => [`k${at}`, bytes(`v${at}`)]));
    const notes = new Map(Array.from({ length: 9_001 }, (_, at) => [`n${at}`, `${at}`]));
    await stage.commits(0, { live: many, kept: many, outbox: many, notes });
    expect((await stage.open(0)).notes).toEqual(notes);
    expect((await stage.open(0)).outbox.size).toBe(10_001);
    expect(await stage.live(0)).toEqual(
      new Map([...many].map(([key, value]) => [key, text(value)])),
    );
    const rooms = new Map([...many].map(([key, value]) => [`room/${key}`, value]));
    await stage.commits(0, { kept: rooms });
    expect((await stage.find(0, "room/", 20_000)).size).toBe(10_001);
    await stage.commits(0, { kept: new Map([...rooms.keys()].map((key) => [key, undefined])) });
    expect(await server.ask("KEYS", "{rh:0}:names")).toEqual([]);
    const none = new Map([...many.keys()].map((key) => [key, undefined]));
    await stage.commits(0, { live: none, kept: none, outbox: none });
    expect((await stage.live(0)).size).toBe(0);
  });

  it("does nothing at all when one of its keys is something else", async () => {
    const gate = await stage.hears(GATE);
    await stage.gives(0, ANA);
    await stage.append(0, GATE, 1);
    const one = new Map([["a", bytes("1")]]);
    const kept = new Map([["room/a", bytes("1")]]);
    const work = { live: one, kept, outbox: one, history: bytes("x") };
    const frames = [{ to: GATE, bytes: bytes("x") }];
    const commit = await stage.nextCommit(0, { ...work, frames });
    for (const key of ["live", "kept", "out", "past", "names"]) {
      await server.ask("SET", `{rh:0}:${key}`, "not ours");
      const answer = await answered(commit);
      expect(answer.known ? "known" : answer.why).toContain("WRONGTYPE");
      await server.ask("DEL", `{rh:0}:${key}`);
      expect(await server.ask("KEYS", "{rh:0}*")).toHaveLength(2); // Its state and its inbox.
      expect((await stage.open(0)).commit).toBe(0);
    }
    await opened.settle();
    expect(said(gate)).toEqual([]);
    expect((await answered(commit)).known).toBe(true);
  });

  it("does nothing at all when its history is ahead of it", async () => {
    await stage.gives(0, ANA);
    await server.ask("XADD", "{rh:0}:past", "7-0", "b", "from a backup");
    const live = new Map([["a", bytes("1")]]);
    const answer = await answered(await stage.nextCommit(0, { live, history: bytes("x") }));
    expect(answer.known).toBe(false);
    expect((await stage.open(0)).commit).toBe(0);
    expect((await stage.live(0)).size).toBe(0);
  });
});

describe("functions that are gone", () => {
  it("are loaded again by whoever notices, and the step is done", async () => {
    await server.ask("FUNCTION", "FLUSH");
    const before = opened.backbone.stats.functionsLoaded;
    await Promise.all([0, 1, 2].map((shard) => stage.append(shard, GATE, 1)));
    expect(opened.backbone.stats.functionsLoaded).toBe(before + 1);
  });

  it("and stand there in another build under our name are refused at the start", async () => {
    await server.ask("FUNCTION", "FLUSH");
    const other = `#!lua name=roundhouse_${LIBRARY_VERSION}\nredis.register_function('x', function() end)`;
    await server.ask("FUNCTION", "LOAD", other);
    const opening = openRedisBackbone({ ...plainly, url: server.url });
    await expect(opening).rejects.toThrow(RedisRefusal);
    await expect(opening).rejects.toThrow("FUNCTION DELETE");
    await server.ask("FUNCTION", "FLUSH");
  });
});

describe("senders that were silent for more than a day", () => {
  it("are forgotten when a new one comes; shards and the living are not", async () => {
    const [state, long] = ["{rh:0}:state", String(Date.now() - 25 * 3_600_000)];
    for (const sender of [GATE, BEN, "shard:1"]) await stage.append(0, sender, 1);
    const silent = ["from:0000000000000001", `7 ${long}-0`, "from:0000000000000002"];
    await server.ask("HSET", state, ...silent, `buried ${long}-0`, "from:shard:2", `9 ${long}-0`);
    await server.ask("HSET", state, "swept", long);
    await stage.append(0, ANA, 1);
    const fields = (await server.ask("HKEYS", state)) as readonly string[];
    expect(fields.filter((field) => field.startsWith("from:")).sort()).toEqual(
      [`from:${ANA}`, `from:${BEN}`, `from:${GATE}`, "from:shard:1", "from:shard:2"].sort(),
    );
  });
});
