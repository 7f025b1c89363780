/** `roundhouse start`: the embedded cluster, in this process, until it is told to stop. */
import { openLog } from "../log.ts";
import { examined, StartFailure } from "../node.ts";
import { type Settings, settings } from "../settings.ts";
import { version } from "../version.ts";
import { banner } from "./banner.ts";
import { type Command, FAILED, MISUSED, type Terminal, tell } from "./command.ts";
import { openLifetime } from "./lifetime.ts";

export const start: Command = {
  name: "start",
  usage: "start [flags]",
  summary: "start an embedded cluster: all shards in this process, no Redis",
  details: `Every setting is an environment variable and a flag of the same name:
HTTP_PORT=80 or --http-port 80. A flag wins. roundhouse config lists them all.`,
  async run(words, terminal) {
    const parsed = settings.parse(terminal.environment, words);
    if (!parsed.ok) {
      const count = parsed.problems.length;
      const head = `Roundhouse did not start: ${count === 1 ? "a setting is" : `${count} settings are`} wrong.`;
      tell(terminal, head, parsed.problems);
      terminal.err("roundhouse config lists every setting.");
      return parsed.misused ? MISUSED : FAILED;
    }
    return serve(parsed.config, terminal);
  },
};

async function serve(config: Settings, terminal: Terminal): Promise<number> {
  const log = openLog({ level: config.logLevel, node: config.nodeName });
  const lifetime = openLifetime(log);
  try {
    // Loaded here, so that the other commands never load native drivers.
    const { startEmbedded } = await import("../embedded.ts");
    const node = await startEmbedded(config, log);
    terminal.out(banner(config, node, version));
    lifetime.began(node);
  } catch (cause) {
    await log.settled();
    if (!(cause instanceof StartFailure)) throw cause;
    const { problems } = await examined(cause);
    tell(terminal, "Roundhouse did not start.", problems);
    return FAILED;
  }
  const exit = await lifetime.ended;
  await log.settled();
  return exit;
}
