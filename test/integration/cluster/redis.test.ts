/** Redis stands still, dies and is full under load. */
import { describe, it } from "vitest";
import { fillRedis, killRedis, pauseRedis } from "../../../load-tests/drill/cluster/faults.mjs";
import { staged } from "./staged.ts";

describe("a cluster whose Redis fails", { timeout: 60_000 }, () => {
  const cluster = staged();

  it("goes on after Redis stood still for three seconds", () => {
    return cluster.survives(pauseRedis(3));
  });

  it("goes on after a kill -9 of Redis", () => cluster.survives(killRedis));

  it("goes on after Redis was full", () => cluster.survives(fillRedis));

  it("goes on after Redis stood still for longer than a lease", () => {
    return cluster.survives(pauseRedis(10));
  });

  it("took nobody for gone, cut no connection, lost and doubled nothing", () => {
    return cluster.keepsItsWord();
  });
});
