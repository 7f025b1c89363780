import {
  type FaultProxy,
  type RedisServer,
  startFaultProxy,
  startRedis,
} from "@roundhouse/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ANA, BEN, bytes, GATE, Stage, said } from "./backbone-stage.contract.ts";
import { type OpenedRedis, openEmpty, until } from "./redis-stage.contract.ts";

let server: RedisServer;
let proxy: FaultProxy;
let opened: OpenedRedis;
let stage: Stage;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  proxy = await startFaultProxy(server.port);
  opened = await openEmpty(proxy.url, [server], { commandMs: 500, probeMs: 30 });
  stage = new Stage(opened);
});
afterEach(async () => {
  await opened.close();
  await proxy.stop();
});

describe("an ear", () => {
  it("is told that it may have missed something once it hears for the first time", async () => {
    const heard: unknown[] = [];
    opened.backbone.listen(ANA, (it) => heard.push(it));
    await opened.settle();
    expect(heard).toEqual([{ on: "interrupted" }]);
  });

  it("whose connection is killed twice a second hears of it each time, and all that follows", async () => {
    const ana = await stage.hears(ANA);
    for (let times = 1; times <= 5; times++) {
      await server.ask("CLIENT", "KILL", "TYPE", "pubsub");
      await until(() => said(ana).filter((it) => it === "interrupted").length === times);
      await opened.settle();
      opened.backbone.say(0, ANA, bytes(String(times)));
      await opened.settle();
    }
    const words = ["1", "2", "3", "4", "5"].flatMap((word) => ["interrupted", `0 ${word}`]);
    expect(said(ana)).toEqual(words);
  });

  it("that is deaf notices, is no longer sound, and takes a new connection", async () => {
    const ana = await stage.hears(ANA);
    const { backbone } = opened;
    proxy.loseReplies("ears");
    await until(() => backbone.stats.probesMissed >= 2);
    await until(() => !backbone.isSound);
    await until(() => backbone.stats.deafRecycles > 0);
    backbone.say(0, ANA, bytes("lost"));
    proxy.heal();
    await until(() => backbone.isSound);
    await opened.settle();
    backbone.say(0, ANA, bytes("heard"));
    await opened.settle();
    const heard = said(ana);
    expect(heard.slice(-1)).toEqual(["0 heard"]);
    expect(new Set(heard.slice(0, -1))).toEqual(new Set(["interrupted"]));
  });

  it("is not disturbed when others begin to listen and stop", async () => {
    const ana = await stage.hears(ANA);
    const stop = opened.backbone.listen(BEN, () => {});
    await stage.hears(GATE);
    stop();
    opened.backbone.say(2, ANA, bytes("word"));
    await opened.settle();
    expect(said(ana)).toEqual(["2 word"]);
  });

  it("is not called deaf while Redis itself does not answer", async () => {
    await stage.hears(ANA);
    proxy.loseReplies("all");
    await until(() => !opened.backbone.isSound);
    await until(() => opened.backbone.stats.reconnections > 0 || !opened.backbone.isSound);
    proxy.heal();
    await until(() => opened.backbone.isSound);
    expect(opened.backbone.stats.deafRecycles).toBe(0);
  });
});
