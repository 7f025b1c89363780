/** `roundhouse drain <node>`: takes everything away from a node, so that it can be ended unnoticed. */
import { setTimeout as passed } from "node:timers/promises";
import type { NodeSeen } from "../admin-ports.ts";
import { ask, askDetails, askFlags } from "./ask.ts";
import { type Command, FINE, MISUSED, parseWords } from "./command.ts";
import { roster } from "./nodes.ts";

const usage = "drain <node> [--undo] [--wait] [flags]";

export const drain: Command = {
  name: "drain",
  usage,
  summary: "take a node's shards or connections away, while it runs",
  details: `  <node>                       its NODE_NAME; roundhouse nodes lists them
  --undo                       the opposite: it may have some again
  --wait                       until it is empty; whatever node is asked, the whole cluster is told
${askDetails}`,
  async run(words, terminal) {
    const parsed = parseWords(words, OPTIONS, { terminal, usage });
    if (parsed === undefined) return MISUSED;
    const { values, positionals } = parsed;
    const [node] = positionals;
    const { undo = false, wait = false } = values;
    if (node === undefined || positionals.length > 1 || (undo && wait)) {
      const problem = undo && wait ? "--undo and --wait are opposites." : "Name one node.";
      terminal.err(`${problem}\nUsage: roundhouse ${usage}`);
      return MISUSED;
    }
    const asking = { terminal, place: values, path: "/drain", body: { node, undo } };
    let told = await ask(asking);
    // What is left is looked at by asking again: to drain a drained node changes nothing.
    while (told.ok && wait && left(seenIn(told.answer)) > 0) {
      await passed(LOOK_MS);
      told = await ask(asking);
    }
    if (!told.ok) return told.exit;
    if (values.json) terminal.out(JSON.stringify(told.answer));
    else terminal.out(`${roster(seenIn(told.answer))}\n\n${verdict(undo, seenIn(told.answer))}`);
    return FINE;
  },
};

function verdict(isUndone: boolean, seen: readonly NodeSeen[]): string {
  if (isUndone) return "It is given shards and connections again.";
  const count = left(seen);
  if (count === 0) return "It is empty: it can be ended.";
  return `It still has ${count}: roundhouse nodes shows when it is empty, or --wait waits for it.`;
}

const left = (seen: readonly NodeSeen[]): number =>
  seen.reduce((sum, { shards, connections = 0 }) => sum + shards + connections, 0);

const seenIn = (answer: unknown): readonly NodeSeen[] =>
  (answer as { readonly nodes: readonly NodeSeen[] }).nodes;

const LOOK_MS = 1_000;
const OPTIONS = {
  ...askFlags,
  undo: { type: "boolean" },
  wait: { type: "boolean" },
} as const;
