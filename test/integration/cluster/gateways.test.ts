/** Gateways die and freeze under load. */
import { describe, it } from "vitest";
import { freezeGateway, killBoth, killGateway } from "../../../load-tests/drill/cluster/faults.mjs";
import { staged } from "./staged.ts";

describe("a cluster whose gateways fail", { timeout: 60_000 }, () => {
  const cluster = staged();

  it("tells within eighteen seconds of a kill -9 who is gone", () => {
    return cluster.survives(killGateway);
  });

  it("serves every room again when a shard node dies with the gateway", () => {
    return cluster.survives(killBoth);
  });

  it("has everybody back from a gateway that slept past its lease", () => {
    return cluster.survives(freezeGateway);
  });

  it("let nobody leave who resumed, and lost, doubled and reordered nothing", () => {
    return cluster.keepsItsWord();
  });
});
