import { startRedis } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { findingsIn } from "./redis-inspection.ts";

describe("a Redis that is looked at", () => {
  it.each([
    { aof: true, policy: "noeviction", found: [] },
    { aof: false, policy: "noeviction", found: ["redis_forgets"] },
    { aof: true, policy: "allkeys-lru", found: ["redis_evicts"] },
  ])("with AOF $aof and policy $policy leads to $found", async ({ aof, policy, found }) => {
    const server = await startRedis({ aof, args: ["--maxmemory-policy", policy] });
    const info = String(await server.ask("INFO"));
    await server.stop();
    expect(findingsIn(info).map(({ event }) => event)).toEqual(found);
  });

  it("may say less of itself, as those that others run for one do", () => {
    expect(findingsIn("# Server\r\nredis_version:7.4.0\r\n")).toEqual([]);
  });
});
