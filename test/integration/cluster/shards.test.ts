/** Shard nodes die, freeze and go deaf under load. */
import { describe, it } from "vitest";
import { deafen, freezeShard, killShard } from "../../../load-tests/drill/cluster/faults.mjs";
import { staged } from "./staged.ts";

describe("a cluster whose shard nodes fail", { timeout: 60_000 }, () => {
  const cluster = staged();

  it("serves every room again within ten seconds of a kill -9", () => {
    return cluster.survives(killShard);
  });

  it("takes nothing from an owner that slept past its lease", () => {
    return cluster.survives(freezeShard);
  });

  it("hears everything while its subscriptions are cut twice a second", () => {
    return cluster.survives(deafen);
  });

  it("lost, doubled and reordered nothing, and cut no connection", () => cluster.keepsItsWord());
});
