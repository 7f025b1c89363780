/** What the commands share that run a node in their process: settings, start, banner, end. */
import type { Schema } from "@roundhouse/kernel";
import { openLog, type ProcessLog } from "../log.ts";
import { examined, type RunningNode, StartFailure, type StartingNode } from "../node.ts";
import type { Settings } from "../settings.ts";
import { FAILED, MISUSED, type Terminal, tell } from "./command.ts";
import { type Lifetime, openLifetime } from "./lifetime.ts";

export type Kind = {
  readonly settings: Schema<Settings>;
  readonly start: (config: Settings, log: ProcessLog) => Promise<StartingNode>;
  readonly banner: (config: Settings, node: RunningNode) => string;
};

/** Resolves to the exit code. */
export async function runNode(
  words: readonly string[],
  terminal: Terminal,
  kind: Kind,
): Promise<number> {
  const parsed = kind.settings.parse(terminal.environment, words);
  if (!parsed.ok) {
    const count = parsed.problems.length;
    const head = `Roundhouse did not start: ${count === 1 ? "a setting is" : `${count} settings are`} wrong.`;
    tell(terminal, head, parsed.problems);
    terminal.err("roundhouse config lists every setting.");
    return parsed.misused ? MISUSED : FAILED;
  }
  const { config } = parsed;
  const log = openLog({ level: config.logLevel, node: config.nodeName });
  const lifetime = openLifetime(log);
  const hasBegun = await begin(config, { kind, log, lifetime, terminal });
  const exit = hasBegun ? await lifetime.ended : FAILED;
  await log.settled();
  return exit;
}

type Beginning = {
  readonly kind: Kind;
  readonly log: ProcessLog;
  readonly lifetime: Lifetime;
  readonly terminal: Terminal;
};

/** False when it did not start for a reason that was told. */
async function begin(
  config: Settings,
  { kind, log, lifetime, terminal }: Beginning,
): Promise<boolean> {
  let starting: StartingNode | undefined;
  try {
    starting = await kind.start(config, log);
    lifetime.began(starting);
    // A signal may come first: then it never comes up.
    const node = await Promise.race([starting.up, lifetime.ended]);
    if (typeof node !== "number") terminal.out(kind.banner(config, node));
    return true;
  } catch (cause) {
    await starting?.stop("not started");
    await log.settled();
    if (!(cause instanceof StartFailure)) throw cause;
    const { problems } = await examined(cause);
    tell(terminal, "Roundhouse did not start.", problems);
    return false;
  }
}
