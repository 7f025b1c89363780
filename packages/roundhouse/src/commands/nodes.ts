/** `roundhouse nodes`: who is in the cluster. */
import type { NodeSeen } from "../admin-ports.ts";
import { ask, askDetails, askFlags } from "./ask.ts";
import { type Command, FINE, MISUSED, parseWords } from "./command.ts";
import { table } from "./table.ts";

const usage = "nodes [flags]";

export const nodes: Command = {
  name: "nodes",
  usage,
  summary: "list the nodes of the cluster: role, shards, connections, lease",
  details: askDetails,
  async run(words, terminal) {
    const parsed = parseWords(words, askFlags, { terminal, usage });
    if (parsed === undefined || parsed.positionals.length > 0) {
      if (parsed !== undefined) terminal.err(`Usage: roundhouse ${usage}`);
      return MISUSED;
    }
    const told = await ask({ terminal, place: parsed.values, path: "/nodes" });
    if (!told.ok) return told.exit;
    const { nodes: seen } = told.answer as { readonly nodes: readonly NodeSeen[] };
    terminal.out(parsed.values.json ? JSON.stringify(told.answer) : roster(seen));
    return FINE;
  },
};

/** As `drain` shows them too. */
export function roster(seen: readonly NodeSeen[]): string {
  const rows = seen.map((node) => [
    node.name,
    node.role,
    node.role === "gateway" ? "" : String(node.shards),
    node.connections === undefined ? "" : String(node.connections),
    leaseOf(node),
    stateOf(node),
    node.address,
  ]);
  return table(HEAD, rows);
}

function leaseOf({ role, leaseMs }: NodeSeen): string {
  if (role === "embedded") return "";
  return leaseMs > 0 ? `${(leaseMs / 1_000).toFixed(1)} s` : "ended";
}

function stateOf({ draining, leaving, coordinator, otherRules }: NodeSeen): string {
  const words = [
    ...(coordinator ? ["coordinates"] : []),
    ...(draining ? ["draining"] : []),
    ...(leaving ? ["leaving"] : []),
    ...(otherRules ? ["other rules"] : []),
  ];
  return words.length === 0 ? "serves" : words.join(", ");
}

const HEAD = ["NODE", "ROLE", "SHARDS", "CONNECTIONS", "LEASE", "STATE", "ADDRESS"];
