/**
 * What a coordinator should do next: a pure function of the cluster as it is seen. Each step may be
 * done twice, or by two coordinators at once; whether a shard changes hands is decided by its epoch.
 */
import type { Millis } from "@roundhouse/kernel";
import type { Census, Epoch, Holder, NodeId } from "@roundhouse/ledger";
import { assign, heardLately, hosts, isAlive, type Owners } from "./assignment.ts";

export type Step =
  /** Its lease ended: from now on it can't renew. */
  | { readonly do: "declareDead"; readonly node: NodeId }
  /** Nobody serves this shard: somebody shall. */
  | { readonly do: "assign"; readonly shard: number; readonly epoch: Epoch; readonly next: NodeId }
  /** Owners that live are asked to hand over; undefined takes a wish back. */
  | { readonly do: "wish"; readonly changes: ReadonlyMap<number, NodeId | undefined> }
  /** The last word of a dead node goes into this shard's inbox. */
  | { readonly do: "bury"; readonly node: NodeId; readonly shard: number }
  /** It was buried everywhere. */
  | { readonly do: "forget"; readonly node: NodeId };

/** What a coordinator remembers. A new one begins with `NO_MEMORY`, and no harm is done by it. */
export type Memory = {
  /** Who may be given shards, and since when it is these. */
  readonly hosts: string;
  readonly since: Millis;
  /** In which shards the dead are buried already. */
  readonly buried: ReadonlyMap<NodeId, ReadonlySet<number>>;
};

export const NO_MEMORY: Memory = { hosts: "", since: 0, buried: new Map() };

export type View = {
  readonly census: Census;
  /** Who holds which shard, where that is known. */
  readonly holders: ReadonlyMap<number, Holder>;
  /** K: how many shards the data set has. */
  readonly shards: number;
  readonly memory: Memory;
  /** By any clock that only goes forward. */
  readonly now: Millis;
};

export type Plan = { readonly steps: readonly Step[]; readonly memory: Memory };

export function plan(view: View): Plan {
  const { census, memory, now } = view;
  const known = hosts(census).join(" ");
  const isSame = known === memory.hosts;
  const remembered: Memory = { ...memory, hosts: known, since: isSame ? memory.since : now };
  const targets = targetsOf(view, hosts(census));
  const lately = heardLately(census, hosts(census));
  const steps = [
    ...declarations(census),
    ...takeOvers(view, { targets, lately }),
    ...wishes({ ...view, memory: remembered }, { targets, lately }),
    ...burials(view),
  ];
  return { steps, memory: remembered };
}

/** Whether the backbone was away so lately that nobody is judged by a lease. */
const isGrace = (census: Census): boolean => census.now < census.graceUntil;

/** Where shards should be, and which nodes may be sent one now. */
type Aim = { readonly targets: Owners; readonly lately: readonly NodeId[] };

function targetsOf({ holders, shards }: View, nodes: readonly NodeId[]): Owners {
  const held = new Map<number, NodeId>();
  for (const [shard, { owner }] of holders) if (owner !== "") held.set(shard, owner);
  return assign({ shards: upTo(shards), nodes, held });
}

function declarations(census: Census): Step[] {
  const ended = census.members.filter((member) => !isAlive(member, census));
  return ended.map(({ node }) => ({ do: "declareDead", node }));
}

/**
 * Shards of nobody, of the dead and of those who are gone. A node whose lease has ended keeps its
 * shards until it is declared dead: it may renew just in time.
 */
function takeOvers(view: View, { targets, lately }: Aim): Step[] {
  const { census, holders } = view;
  // Somebody must have it: if nobody was heard lately, one who was not.
  const isFair = lately.length === 0 || lately.length === hosts(census).length;
  const instead = isFair ? targets : targetsOf(view, lately);
  const members = new Set(census.members.map(({ node }) => node));
  const steps: Step[] = [];
  for (const [shard, { owner, epoch }] of holders) {
    const aim = targets.get(shard);
    const next = aim !== undefined && lately.includes(aim) ? aim : instead.get(shard);
    if (next === undefined || (owner !== "" && members.has(owner))) continue;
    // While leases are not judged nobody counts as gone: it may not have come back yet.
    const isGone = owner === "" || !isGrace(census) || census.dead.includes(owner);
    if (isGone) steps.push({ do: "assign", shard, epoch, next });
  }
  return steps;
}

/**
 * Moves from owners that live: what stands in their way goes at once, what merely balances waits
 * until the same nodes have been there for a while. Few at a time.
 */
function wishes(view: View, aim: Aim): Step[] {
  const { targets } = aim;
  const { census, holders, shards } = view;
  if (isGrace(census)) return [];
  const isAllKnown = holders.size >= shards;
  const changes = new Map<number, NodeId | undefined>();
  let outstanding = 0;
  for (const [shard, to] of census.wishes) {
    const holder = holders.get(shard);
    const isOpen = holder === undefined || (holder.owner !== to && isMovable(holder, census));
    if (isOpen && (!isAllKnown || targets.get(shard) === to)) outstanding++;
    else changes.set(shard, undefined);
  }
  const added = isAllKnown ? wanted(view, aim) : [];
  for (const shard of added.slice(0, Math.max(0, MOVES_MAX - outstanding))) {
    changes.set(shard, targets.get(shard));
  }
  return changes.size === 0 ? [] : [{ do: "wish", changes }];
}

/** Shards that somebody should hand over and is not yet asked to, the most urgent first. */
function wanted(view: View, { targets, lately }: Aim): readonly number[] {
  const { census, holders, shards, memory, now } = view;
  const isSteady = now - memory.since >= STEADY_MS;
  const willing = new Set<NodeId | "">(hosts(census));
  const urgent: number[] = [];
  const balancing: number[] = [];
  for (const shard of upTo(shards)) {
    const holder = holders.get(shard);
    const target = targets.get(shard);
    if (holder === undefined || target === undefined || holder.owner === target) continue;
    if (!lately.includes(target)) continue;
    if (census.wishes.get(shard) === target || !isMovable(holder, census)) continue;
    if (!willing.has(holder.owner)) urgent.push(shard);
    else if (isSteady) balancing.push(shard);
  }
  return [...urgent, ...balancing];
}

/** Whether its owner can be asked. */
function isMovable({ owner }: Holder, census: Census): boolean {
  return census.members.some((member) => member.node === owner && isAlive(member, census));
}

function burials({ census, memory, shards }: View): Step[] {
  return census.dead.flatMap((node): Step[] => {
    const buried = memory.buried.get(node);
    const left = upTo(shards).filter((shard) => buried?.has(shard) !== true);
    if (left.length === 0) return [{ do: "forget", node }];
    return left.map((shard) => ({ do: "bury", node, shard }));
  });
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);

/** How many shards may be on their way from one living owner to another. */
const MOVES_MAX = 4;
/** How long the same nodes must have been there before shards move for balance alone. */
const STEADY_MS = 3_000;
