import { describe, expect, it } from "vitest";
import { startRedisCluster, startSentinel } from "./redis-groups.ts";
import { startRedis } from "./redis-server.ts";

describe("a Redis of a test's own", () => {
  it("keeps what it acknowledged through a kill -9 when it has an AOF", async () => {
    const server = await startRedis({ aof: true });
    await server.ask("SET", "word", "große Lok");
    await server.restart();
    expect(await server.ask("GET", "word")).toBe("große Lok");
    await server.stop();
  });

  it("may be a cluster of several", async () => {
    const cluster = await startRedisCluster(3);
    expect(cluster.servers).toHaveLength(3);
    for (const server of cluster.servers) {
      expect(await server.ask("CLUSTER", "INFO")).toContain("cluster_slots_ok:16384");
    }
    await cluster.stop();
  });

  it("may be watched by a sentinel, which knows the primary", async () => {
    const group = await startSentinel();
    const watcher = group.servers[2];
    const address = await watcher?.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "roundhouse");
    expect(address).toEqual(["127.0.0.1", String(group.primary.port)]);
    await group.stop();
  });
});
