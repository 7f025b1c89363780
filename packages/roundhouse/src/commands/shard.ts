/** `roundhouse shard`: a shard node of a cluster, in this process, until it is told to stop. */
import { shardSettings as settings } from "../settings.ts";
import { version } from "../version.ts";
import { shardBanner } from "./banner.ts";
import type { Command } from "./command.ts";
import { runNode } from "./run-node.ts";

export const shard: Command = {
  name: "shard",
  usage: "shard [flags]",
  summary:
    "start a shard node of a cluster: it decides for its share of the shards; needs REDIS_URL",
  details: `Gateways and shard nodes with the same REDIS_URL are one cluster: as many of each as you like,
started in any order. Only operators connect to it (ADMIN_PORT). Settings are environment variables
and flags: REDIS_URL=… or --redis-url …. A flag wins. roundhouse config lists them all.
SIGTERM ends it in good order: its shards are handed over first, and nobody notices.`,
  run: (words, terminal) =>
    runNode(words, terminal, {
      settings,
      start: async (config, log) => {
        // Loaded here, so that the other commands never load native drivers.
        const { startShard } = await import("../shard-node.ts");
        return startShard(config, log);
      },
      banner: (config, node) => shardBanner(config, node, version),
    }),
};
