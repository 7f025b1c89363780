/** Several Redis servers as one: a cluster of primaries, and a primary that sentinels watch. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, launchRedis, type RedisServer, startRedis } from "./redis-server.ts";

export type RedisGroup = {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  stop(): Promise<void>;
};

/** A Redis Cluster; the slots are shared out evenly among its first `primaries` servers. */
export async function startRedisCluster(
  primaries = 3,
  { spare = 0, args = [] as readonly string[] } = {},
): Promise<RedisGroup> {
  const count = primaries + spare;
  const servers = await Promise.all(Array.from({ length: count }, () => startMember(args)));
  for (const [index, server] of servers.entries()) {
    await server.ask("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
    if (index >= primaries) continue;
    const first = Math.floor((index * SLOTS) / primaries);
    const last = Math.floor(((index + 1) * SLOTS) / primaries) - 1;
    await server.ask("CLUSTER", "ADDSLOTSRANGE", String(first), String(last));
  }
  for (const one of servers) {
    for (const other of servers) {
      if (one === other) continue;
      const bus = String(await other.ask("CONFIG", "GET", "cluster-port")).split(",")[1] ?? "";
      await one.ask("CLUSTER", "MEET", "127.0.0.1", String(other.port), bus);
    }
  }
  for (const server of servers) {
    await settled(async () => {
      const info = String(await server.ask("CLUSTER", "INFO"));
      return info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${count}`);
    });
  }
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  return { url: `redis+cluster://${addresses.join(",")}`, servers, stop: () => stopAll(servers) };
}

export type RedisSentinel = RedisGroup & {
  /** The server that is the primary when it starts, and those that copy it. */
  readonly primary: RedisServer;
  readonly replicas: readonly RedisServer[];
};

/** A primary, copies of it, and sentinels that make one of those the primary when it is gone. */
export async function startSentinel({ replicas = 1, sentinels = 1 } = {}): Promise<RedisSentinel> {
  const primary = await startRedis({ aof: true });
  const copy = [
    "--replicaof",
    "127.0.0.1",
    String(primary.port),
    "--repl-diskless-sync-delay",
    "0",
  ];
  const copies = await Promise.all(
    Array.from({ length: replicas }, () => startRedis({ aof: true, args: copy })),
  );
  for (const replica of copies) {
    await settled(async () =>
      String(await replica.ask("INFO", "replication")).includes("master_link_status:up"),
    );
  }
  const quorum = Math.floor(sentinels / 2) + 1;
  const watchers = await Promise.all(
    Array.from({ length: sentinels }, () => startWatcher(primary.port, quorum)),
  );
  for (const watcher of watchers) {
    await settled(async () => {
      const info = String(await watcher.ask("INFO", "sentinel"));
      return info.includes(`slaves=${replicas},sentinels=${sentinels}`);
    });
  }
  const servers = [primary, ...copies, ...watchers];
  const addresses = watchers.map(({ port }) => `127.0.0.1:${port}`);
  return {
    url: `redis+sentinel://${addresses.join(",")}/${NAME}`,
    primary,
    replicas: copies,
    servers,
    stop: () => stopAll(servers),
  };
}

async function startMember(args: readonly string[]): Promise<RedisServer> {
  const bus = String(await freePort());
  const cluster = ["--cluster-enabled", "yes", "--cluster-port", bus];
  const quickly = ["--cluster-node-timeout", "2000", "--repl-diskless-sync-delay", "0"];
  return startRedis({ args: [...cluster, ...quickly, ...args] });
}

function startWatcher(port: number, quorum: number): Promise<RedisServer> {
  return launchRedis((own, folder) => {
    const config = join(folder, "sentinel.conf");
    const lines = [
      `port ${own}`,
      `bind 127.0.0.1`,
      `dir ${folder}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${port} ${quorum}`,
      `sentinel down-after-milliseconds ${NAME} 500`,
      `sentinel failover-timeout ${NAME} 2000`,
    ];
    writeFileSync(config, `${lines.join("\n")}\n`);
    return [config, "--sentinel"];
  });
}

async function settled(look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await look())) {
    if (Date.now() > end) throw new Error("the Redis servers do not come together");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function stopAll(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}

const NAME = "roundhouse";
const SLOTS = 16_384;
const LOOK_MS = 20;
const PATIENCE_MS = 15_000;
