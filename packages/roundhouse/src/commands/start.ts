/** `roundhouse start`: the embedded cluster, in this process, until it is told to stop. */
import { settings } from "../settings.ts";
import { version } from "../version.ts";
import { banner } from "./banner.ts";
import type { Command } from "./command.ts";
import { runNode } from "./run-node.ts";

export const start: Command = {
  name: "start",
  usage: "start [flags]",
  summary: "start an embedded cluster: all shards in this process, no Redis",
  details: `Every setting is an environment variable and a flag of the same name:
HTTP_PORT=80 or --http-port 80. A flag wins. roundhouse config lists them all.`,
  run: (words, terminal) =>
    runNode(words, terminal, {
      settings,
      start: async (config, log) => {
        // Loaded here, so that the other commands never load native drivers.
        const { startEmbedded } = await import("../embedded.ts");
        const node = await startEmbedded(config, log);
        return { up: Promise.resolve(node), stop: (reason) => node.stop(reason) };
      },
      banner: (config, node) => banner(config, node, version),
    }),
};
