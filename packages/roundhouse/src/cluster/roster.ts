/** Who is in the cluster and what each has: for operators, on demand. */
import { fail, ok, type Result } from "@roundhouse/kernel";
import type { Answered, Backbone, Census, Holder, Member, NodeId } from "@roundhouse/ledger";
import type { AdminPorts, NodeSeen } from "../admin-ports.ts";
import { isOther } from "./agreement.ts";

export type RosterOptions = {
  readonly backbone: Pick<Backbone, "holder" | "drain">;
  readonly shards: number;
  /** As this node's last renewal saw it; undefined when that is too long ago to tell. */
  readonly census: () => Census | undefined;
  /** The fingerprint of this node's rules. */
  readonly rules: string;
};

export function openRoster(options: RosterOptions): Pick<AdminPorts, "nodes" | "drain"> {
  const { backbone, census, rules } = options;
  const nodes = async (): Promise<Result<readonly NodeSeen[]>> => {
    const counts = await counted(options);
    const seen = census();
    if (counts === undefined || seen === undefined) return fail("shard_unavailable");
    return ok(seen.members.map((it) => nodeSeen(it, { seen, counts, rules })).sort(byName));
  };
  return {
    nodes,
    drain: async (name, on) => {
      const seen = census();
      if (seen === undefined) return fail("shard_unavailable");
      const isKnown = seen.members.some((member) => member.name === name);
      // A node that is gone may come back under its name: until then it is drained, and can be freed.
      if (!isKnown && !seen.drained.includes(name)) return fail("node_unknown", { node: name });
      const done = await answered<void>((then) => backbone.drain(name, on, then));
      if (!done.known) return fail("shard_unavailable");
      const found = await nodes();
      if (!found.ok) return found;
      const named = found.value.filter((node) => node.name === name);
      return ok(named.map((node) => ({ ...node, draining: on })));
    },
  };
}

type Counts = ReadonlyMap<NodeId, number>;

/** How many shards each node holds; undefined when Redis does not say. */
async function counted({ backbone, shards }: RosterOptions): Promise<Counts | undefined> {
  const counts = new Map<NodeId, number>();
  const asked = Array.from({ length: shards }, (_, shard) => {
    return answered<Holder>((then) => backbone.holder(shard, then));
  });
  for (const answer of await Promise.all(asked)) {
    if (!answer.known) return undefined;
    const { owner } = answer.value;
    if (owner !== "") counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return counts;
}

type Known = { readonly seen: Census; readonly counts: Counts; readonly rules: string };

function nodeSeen(member: Member, { seen: census, counts, rules }: Known): NodeSeen {
  const { node, name, role, address, isLeaving, until, connections } = member;
  return {
    name,
    incarnation: node,
    role,
    address,
    shards: counts.get(node) ?? 0,
    connections,
    leaseMs: Math.round(until - census.now),
    draining: census.drained.includes(name),
    leaving: isLeaving,
    coordinator: census.coordinator === node,
    otherRules: isOther(member, rules),
  };
}

const byName = (one: NodeSeen, other: NodeSeen): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : 0;

function answered<Value>(ask: (then: (answer: Answered<Value>) => void) => void) {
  return new Promise<Answered<Value>>(ask);
}
