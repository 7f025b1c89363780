import { silentLog } from "@roundhouse/kernel";
import { Dice, Link, ModelBackbone, Outage, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Settings } from "../settings.ts";
import { openLife, type World } from "./life.ts";
import { LifeStats } from "./node-stats.ts";

describe("a node's life", () => {
  it("says nothing to the shards before it has a lease: nobody could bury it", () => {
    const { life, link, time, model } = opened();
    link.cut(true);
    life.membership.beat();
    life.bus.append(0, life.gateway, { on: "ping", request: 1 });
    time.pass(500);
    link.heal();
    link.faults.questionLost = 0.9;
    for (let ms = 0; ms < 60_000 && life.membership.census === undefined; ms++) {
      expect(model.shards[0]?.entries.length).toBe(0);
      time.pass(1);
    }
    link.faults.questionLost = 0;
    time.pass(5_000);
    expect(model.shards[0]?.entries.length).toBe(1);
  });

  it("ends with a word in every inbox, however often an answer is lost", async () => {
    const { life, link, time, model } = opened();
    life.membership.beat();
    time.pass(0);
    Object.assign(link.faults, { questionLost: 0.4, answerLost: 0.4 });
    let isWhole = false;
    const farewell = life.farewell().then(() => {
      isWhole = true;
    });
    for (let tries = 0; tries < 1_000 && !isWhole; tries++) {
      time.pass(100);
      await Promise.resolve();
    }
    await farewell;
    expect(model.shards.map(({ entries }) => entries.length)).toEqual([1, 1, 1]);
    expect(model.shards.every(({ buried }) => buried.has(life.node))).toBe(true);
  });
});

function opened() {
  const time = new VirtualTime();
  const { now, defer, later } = time;
  const model = new ModelBackbone({ shards: 3, clock: time, defer });
  const outage = new Outage();
  const dice = new Dice(1);
  const link = new Link({ backbone: model, outage, dice, now, later, arrive: (run) => run() });
  const settings = { shards: 3, inboxCommandsMax: 100, inboxEntriesMax: 100 } as Settings;
  const every: World["every"] = () => () => {};
  const world: World = {
    settings,
    backbone: link,
    chance: dice,
    clock: time,
    log: silentLog,
    defer,
    later,
    every,
  };
  const card = { name: "one", role: "gateway", address: "", connections: 0 } as const;
  return { time, model, link, life: openLife(world, () => card, new LifeStats()) };
}
