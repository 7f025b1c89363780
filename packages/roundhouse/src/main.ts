/** The command. It runs when it is imported, on process.argv, in this process. */
import { type Command, FAILED, FINE, MISUSED, type Terminal } from "./commands/command.ts";
import { config } from "./commands/config.ts";
import { drain } from "./commands/drain.ts";
import { gateway } from "./commands/gateway.ts";
import { openKeyboard } from "./commands/keyboard.ts";
import { nodes } from "./commands/nodes.ts";
import { rooms } from "./commands/rooms.ts";
import { shard } from "./commands/shard.ts";
import { start } from "./commands/start.ts";
import { token } from "./commands/token.ts";
import { topology } from "./commands/topology.ts";
import { user } from "./commands/user.ts";
import { who } from "./commands/who.ts";
import { version } from "./version.ts";

/** Those that run a node until they are told to stop. */
const running: readonly Command[] = [start, gateway, shard];
const asking: readonly Command[] = [topology, rooms, who, user, token, nodes, drain];
const commands: readonly Command[] = [...running, config, ...asking];

async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  const [first = "", ...rest] = words;
  if (first === "--version" || first === "-v") {
    terminal.out(version);
    return FINE;
  }
  const isHelp = HELP.has(first) || first === "help";
  const command = commands.find(({ name }) => name === (isHelp ? rest[0] : first));
  if (isHelp || (command !== undefined && asksForHelp(rest))) {
    terminal.out(command === undefined ? overview() : help(command));
    return FINE;
  }
  if (command !== undefined) return command.run(rest, terminal);
  const shown = JSON.stringify(first.slice(0, 60));
  terminal.err(first === "" ? overview() : `${shown} is not a command. Try: roundhouse --help`);
  return MISUSED;
}

/** Behind `--`, or as the value of a flag's `=`, it is no question. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).some((word) => HELP.has(word));
}

function overview(): string {
  const lines = commands.map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  return `Roundhouse ${version}: a sharded presence and game-room cluster.

Usage: roundhouse <command> [flags]

${lines.join("\n")}

roundhouse <command> --help says more; --version prints the version.`;
}

const help = ({ usage, summary, details }: Command): string =>
  `roundhouse ${usage}\n\n${summary[0]?.toUpperCase()}${summary.slice(1)}.\n\n${details}`;

const HELP: ReadonlySet<string> = new Set(["--help", "-h"]);

const terminal: Terminal = {
  environment: process.env,
  keyboard: openKeyboard(() => process.stdin, process.stderr),
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};

// `roundhouse config | head`: the reader has seen enough, which is no failure.
process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
  if (cause.code !== "EPIPE") throw cause;
  process.exitCode = FINE;
});

process.exitCode = await run(process.argv.slice(2), terminal).catch((cause: unknown) => {
  terminal.err(`Roundhouse failed: ${cause instanceof Error ? cause.stack : String(cause)}`);
  return FAILED;
});
// After a node has run, drivers may hold handles that nobody waits for any more.
if (running.some(({ name }) => name === process.argv[2])) process.exit();
