/** `roundhouse gateway`: a gateway of a cluster, in this process, until it is told to stop. */
import { gatewaySettings as settings } from "../settings.ts";
import { version } from "../version.ts";
import { gatewayBanner } from "./banner.ts";
import type { Command } from "./command.ts";
import { runNode } from "./run-node.ts";

export const gateway: Command = {
  name: "gateway",
  usage: "gateway [flags]",
  summary: "start a gateway of a cluster: players connect here; needs REDIS_URL",
  details: `Gateways and shard nodes with the same REDIS_URL are one cluster: as many of each as you like,
started in any order. Every setting is an environment variable and a flag of the same name:
HTTP_PORT=80 or --http-port 80. A flag wins. roundhouse config lists them all.
SIGTERM ends it in good order: its clients are asked to move, then it leaves the cluster.`,
  run: (words, terminal) =>
    runNode(words, terminal, {
      settings,
      start: async (config, log) => {
        // Loaded here, so that the other commands never load native drivers.
        const { startGateway } = await import("../gateway-node.ts");
        return startGateway(config, log);
      },
      banner: (config, node) => gatewayBanner(config, node, version),
    }),
};
