/**
 * Who should own which shard: rendezvous hashing with bounded load. Pure, and the same on every
 * node, whatever the order of its arguments.
 *
 * Loads differ by at most one. Among all assignments of which that is true, it is one that takes
 * the fewest shards from those who hold them. And it is steady on the way: after any part of the
 * moves, what remains to be moved is the rest of them.
 */
import { type Census, LEASE_MS, type Member, type NodeId, SILENCE_MS } from "@roundhouse/ledger";

export type Owners = ReadonlyMap<number, NodeId>;

export type AssignmentQuestion = {
  readonly shards: Iterable<number>;
  /** Who may own shards. */
  readonly nodes: Iterable<NodeId>;
  /** Who owns them now; one who is not among the nodes counts as nobody. */
  readonly held: Owners;
};

/** An owner for every shard; none at all when there are no nodes. */
export function assign(question: AssignmentQuestion): Owners {
  const nodes = [...new Set(question.nodes)].sort();
  const shards = [...new Set(question.shards)].sort((a, b) => a - b);
  const owners = new Map<number, NodeId>();
  if (nodes.length === 0) return owners;

  const holdings = new Map<NodeId, number[]>(nodes.map((node) => [node, []]));
  for (const shard of shards) {
    const holder = question.held.get(shard);
    if (holder !== undefined) holdings.get(holder)?.push(shard);
  }
  const quotas = quotasOf(holdings, shards.length);
  const room = new Map<NodeId, number>();
  for (const [node, held] of holdings) {
    const quota = quotas.get(node) ?? 0;
    if (held.length > quota) held.sort((a, b) => score(b, node) - score(a, node) || a - b);
    for (const shard of held.slice(0, quota)) owners.set(shard, node);
    if (held.length < quota) room.set(node, quota - held.length);
  }
  const homeless = shards.filter((shard) => !owners.has(shard));
  for (const { shard, node } of preferences(homeless, [...room.keys()])) {
    const left = room.get(node) ?? 0;
    if (left === 0 || owners.has(shard)) continue;
    owners.set(shard, node);
    room.set(node, left - 1);
  }
  return owners;
}

/** Whether a node's lease still counts. */
export function isAlive(member: Member, census: Census): boolean {
  return member.until > census.now || census.now < census.graceUntil;
}

/**
 * Who may be given shards: shard nodes that live, do not leave and are not to be empty. If all of
 * them are to be empty they have to do: a shard that nobody serves is worse.
 */
export function hosts(census: Census, except?: NodeId): readonly NodeId[] {
  const staying = census.members.filter((member) => {
    const isWilling = member.role === "shard" && !member.isLeaving && member.node !== except;
    return isWilling && isAlive(member, census);
  });
  const wanted = staying.filter(({ name }) => !census.drained.includes(name));
  return (wanted.length > 0 ? wanted : staying).map(({ node }) => node).sort();
}

/** Those of the nodes that were heard lately: one that was not may be dead and only not known to be. */
export function heardLately(census: Census, nodes: readonly NodeId[]): readonly NodeId[] {
  const since = census.now + LEASE_MS - SILENCE_MS;
  const heard = new Set(census.members.filter(({ until }) => until >= since).map(nodeOf));
  return nodes.filter((node) => heard.has(node));
}

const nodeOf = ({ node }: Member): NodeId => node;

/**
 * How many shards each node may have. Where some may have one more than others, those come first
 * who have it already: that saves a move. Only whether a node has more matters, not how many, so
 * that the answer stays the same while the moves go on.
 */
function quotasOf(
  holdings: ReadonlyMap<NodeId, readonly number[]>,
  shards: number,
): ReadonlyMap<NodeId, number> {
  const least = Math.floor(shards / holdings.size);
  const larger = shards % holdings.size;
  const rank = (node: NodeId): number => {
    return ((holdings.get(node)?.length ?? 0) > least ? 2 ** 32 : 0) + score(-1, node);
  };
  const ranked = [...holdings.keys()].sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1));
  return new Map(ranked.map((node, index) => [node, index < larger ? least + 1 : least]));
}

/** All pairs, the best match first. */
function preferences(shards: readonly number[], nodes: readonly NodeId[]) {
  const pairs = shards.flatMap((shard) => {
    return nodes.map((node) => ({ shard, node, score: score(shard, node) }));
  });
  return pairs.sort((a, b) => {
    return b.score - a.score || a.shard - b.shard || (a.node < b.node ? -1 : 1);
  });
}

/** How well a shard and a node go together: 32 bits that look like chance and never change. */
function score(shard: number, node: NodeId): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < node.length; index++) {
    bits = Math.imul(bits ^ node.charCodeAt(index), 0x01000193);
  }
  bits = stir(bits) ^ Math.imul(shard + 1, 0x9e3779b1);
  return stir(stir(bits)) >>> 0;
}

/** MurmurHash3's last step: every bit of what goes in moves about half of those that come out. */
function stir(bits: number): number {
  let stirred = bits ^ (bits >>> 16);
  stirred = Math.imul(stirred, 0x85ebca6b);
  stirred ^= stirred >>> 13;
  stirred = Math.imul(stirred, 0xc2b2ae35);
  return stirred ^ (stirred >>> 16);
}
