/** A node whose Redis is not there: operators are answered, and see that it is no good. */
import { silentLog } from "@roundhouse/kernel";
import { freePort } from "@roundhouse/testkit";
import { expect, it } from "vitest";
import { shardSettings } from "../settings.ts";
import { startNode } from "./cluster-node.ts";

it("shows that it is not ready while it waits for Redis", async () => {
  const [adminPort, redisPort] = [await freePort(), await freePort()];
  const parsed = shardSettings.parse({
    NODE_NAME: "west",
    ADMIN_PORT: String(adminPort),
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  });
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  const open = () => Promise.reject(new Error("There is no Redis to open it with."));
  const log = { ...silentLog, settled: async () => {} };
  const node = await startNode(parsed.config, log, { name: "shard", open });
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
    const text = await response.text();
    for (const line of ["roundhouse_ready 0", "roundhouse_redis_sound 0"]) {
      expect(text).toContain(`\n${line}\n`);
    }
    expect(text).toMatch(/^roundhouse_info\{.*mode="shard".*\} 1$/m);
  } finally {
    await node.stop("SIGTERM");
  }
});
