// A cluster of the load's own on this machine: a Redis, gateways and shard nodes, each on a free port.
import { startRedis } from "@roundhouse/testkit";
import { Cluster } from "../drill/cluster/cluster.mjs";

/** @import { RedisServer } from "@roundhouse/testkit" */

/** @typedef {{ readonly cluster: Cluster, readonly redis: RedisServer, close(): Promise<void> }} House */

/**
 * @param {{
 *   readonly gateways: number, readonly shards: number,
 *   readonly settings?: Readonly<Record<string, string>>,
 * }} counts
 * @returns {Promise<House>}
 */
export async function openHouse({ gateways, shards, settings = {} }) {
  const redis = await startRedis({ aof: true });
  const cluster = new Cluster({ redisUrl: redis.url, settings: { ...MANY, ...settings } });
  const close = async () => {
    await cluster.stop();
    await redis.stop();
  };
  try {
    await cluster.start({ gateways, shards });
  } catch (cause) {
    await close();
    throw cause;
  }
  return { cluster, redis, close };
}

/** All players come from one address here, which in earnest would be one who takes every seat. */
const MANY = {
  CONNECTIONS_PER_ADDRESS_MAX: "0",
  ADDRESS_RATE_FACTOR: "1000000",
  LOG_LEVEL: "warn",
};
