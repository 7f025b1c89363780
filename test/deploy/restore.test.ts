/** A backup put back: what the documentation has people type, against a real Redis. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, type RedisServer, startRedis } from "@roundhouse/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../k8s/components/redis/restore.sh", import.meta.url));
const library =
  "#!lua name=roundhouse_test\nredis.register_function('rh_test', function() return 1 end)";
let redis: RedisServer;
let folder = "";

beforeEach(async () => {
  // A copy of it is not waited for in case that somebody else wants one, too.
  redis = await startRedis({ aof: true, args: ["--repl-diskless-sync-delay", "0"] });
  folder = mkdtempSync(join(tmpdir(), "roundhouse-restore-"));
});

afterEach(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true });
});

/** As the page says, to the letter: by standard output. */
function backUp(): Buffer {
  const words = ["-p", String(redis.port), "--rdb", "-"];
  return execFileSync("redis-cli", words, { stdio: ["ignore", "pipe", "ignore"] });
}

async function restore(backup: Buffer) {
  const env = { ...process.env, RESTORE_PORT: String(await freePort()) };
  return spawnSync("sh", [script, "-p", String(redis.port)], {
    input: backup,
    env,
    encoding: "utf8",
  });
}

async function fill(): Promise<void> {
  await redis.ask("FUNCTION", "LOAD", library);
  const more = "for i = 1, 20000 do redis.call('SET', 'user:' .. i, i) end";
  await redis.ask("EVAL", more, "0");
}

describe("a backup of a Redis with an AOF", () => {
  it("is put in the place of what came since, and is there after kill -9", async () => {
    await fill();
    const backup = backUp();
    await redis.ask("DEL", "user:7");
    await redis.ask("SET", "later", "1");
    const { status, stdout, stderr } = await restore(backup);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe("Restored: 20000 keys, all of them in the AOF.\n");
    const [, data = ""] = (await redis.ask("CONFIG", "GET", "dir")) as string[];
    expect(readdirSync(data)).toEqual(["appendonlydir"]);
    await redis.restart();
    expect(await redis.ask("DBSIZE")).toBe(20_000);
    expect(await redis.ask("MGET", "user:7", "later")).toEqual(["7", null]);
    expect(await redis.ask("FCALL", "rh_test", "0")).toBe(1);
  });

  it("leaves a Redis that is on its own, and asks nobody for a password", async () => {
    await fill();
    await restore(backUp());
    expect(String(await redis.ask("INFO", "replication"))).toContain("role:master");
    expect(await redis.ask("CONFIG", "GET", "masterauth")).toEqual(["masterauth", ""]);
    expect(await redis.ask("SET", "goes", "on")).toBe("OK");
  });

  it("changes nothing while a node is connected", async () => {
    await fill();
    const backup = backUp();
    await redis.ask("SET", "later", "1");
    const node = connect(redis.port, "127.0.0.1");
    node.write("CLIENT SETNAME roundhouse\r\n");
    await new Promise((resolve) => node.once("data", resolve));
    const { status, stderr } = await restore(backup);
    node.destroy();
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "restore: nodes are still connected: stop all of them first\n",
    });
    expect(await redis.ask("DBSIZE")).toBe(20_001);
  });

  it("changes nothing when it is torn or empty", async () => {
    await redis.ask("SET", "kept", "1");
    const whole = backUp();
    const torn = await restore(whole.subarray(0, whole.length / 2));
    expect(torn).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("nothing was changed"),
    });
    await redis.ask("DEL", "kept");
    const empty = backUp();
    await redis.ask("SET", "kept", "1");
    expect(await restore(empty)).toMatchObject({
      status: 1,
      stderr: "restore: the backup holds nothing; nothing was changed\n",
    });
    expect(await redis.ask("GET", "kept")).toBe("1");
  });

  it("is not loaded where nothing would be written of it", async () => {
    await redis.ask("SET", "kept", "1");
    const backup = backUp();
    await redis.ask("CONFIG", "SET", "appendonly", "no");
    expect(await restore(backup)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no Redis with an AOF answers"),
    });
  });
});

it("nodes have the name by which the script knows them", () => {
  const options = new URL("../../packages/ledger/src/redis-options.ts", import.meta.url);
  expect(readFileSync(options, "utf8")).toContain('connectionName: "roundhouse"');
});
