/** The same over a Redis Cluster, and over a primary with sentinels. */
import { startRedisCluster, startSentinel } from "@roundhouse/testkit";
import { describe, it } from "vitest";
import { failOver, killShard } from "../../../load-tests/drill/cluster/faults.mjs";
import { staged } from "./staged.ts";

describe("a cluster over a Redis Cluster of three primaries", { timeout: 60_000 }, () => {
  const cluster = staged({ store: () => startRedisCluster() });

  it("serves every room again within ten seconds of a kill -9 of a shard node", () => {
    return cluster.survives(killShard);
  });

  it("lost, doubled and reordered nothing, and cut no connection", () => cluster.keepsItsWord());
});

describe("a cluster over a primary that a sentinel watches", { timeout: 60_000 }, () => {
  const cluster = staged({ store: () => startSentinel() });

  it("goes on when the primary dies and its copy takes its place", () => {
    return cluster.survives(failOver);
  });

  it("took nobody for gone, cut no connection, lost and doubled nothing", () => {
    return cluster.keepsItsWord();
  });
});
