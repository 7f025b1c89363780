/** What operators do while people play: nobody notices. */
import { describe, it } from "vitest";
import { drain, restart, scale } from "../../../load-tests/drill/cluster/moves.mjs";
import { staged } from "./staged.ts";

describe("a cluster that is scaled", { timeout: 180_000 }, () => {
  // So many rooms that one move in a hundred is one move.
  const cluster = staged({ shardNodes: 1, rooms: 48, clients: 96 });

  it("moves only the shards that must move: 1, 3, 5, 2, 4 nodes", () => {
    return cluster.survives(scale(3, 5, 2, 4));
  });

  it("empties a node that is drained, and gives it its share back", () => {
    return cluster.survives(drain);
  });

  it("cut no connection, and no room stood still for longer than 250 ms in 99 of 100 moves", () => {
    return cluster.keepsItsWord();
  });
});

describe("a cluster that is restarted node by node", { timeout: 180_000 }, () => {
  const cluster = staged();

  it("has every client back with its session", () => cluster.survives(restart));

  it("let nobody leave, lost, doubled and reordered nothing", () => cluster.keepsItsWord());
});
