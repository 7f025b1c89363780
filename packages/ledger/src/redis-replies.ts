/** What Redis answers, read into what the backbone promises. Strings come as Buffers. Pure. */
import type {
  Appended,
  Card,
  Census,
  Committed,
  Entry,
  EntryId,
  Epoch,
  Holder,
  Member,
  NodeId,
  Passage,
  Renewed,
  Shard,
} from "./backbone.ts";
import { BEGINNING } from "./backbone.ts";

type Item = Buffer | number | null | readonly Item[];
type List = readonly Item[];

export function readAppended(reply: unknown): Appended {
  if (Array.isArray(reply)) return { at: "gap", last: Number(reply[1]) };
  const word = String(reply);
  return word === "taken" ? TAKEN : word === "full" ? FULL : { at: "buried" };
}

export function readCommitted(reply: unknown): Committed {
  if (!Array.isArray(reply)) return DONE;
  return { at: "fenced", holder: holder(reply[1], reply[2]) };
}

export function readAssigned(reply: unknown): { isDone: boolean; holder: Holder } {
  const [isDone, owner, epoch] = reply as List;
  return { isDone: isDone === 1, holder: holder(owner, epoch) };
}

export function readHolder(reply: unknown): Holder {
  const [owner, epoch] = reply as List;
  return holder(owner, epoch);
}

/** XRANGE of an inbox. */
export function readEntries(reply: unknown): readonly Entry[] {
  return (reply as List).map((item) => {
    const [id, fields] = item as readonly [Item, List];
    return {
      id: text(id) as EntryId,
      previous: text(fields[1]) as EntryId,
      sender: text(fields[3]),
      bytes: fields[5] as Buffer,
    };
  });
}

/** XRANGE of a history. */
export function readPassages(reply: unknown): readonly Passage[] {
  return (reply as List).map((item) => {
    const [id, fields] = item as readonly [Item, List];
    return { commit: Number.parseInt(text(id), 10), bytes: fields[1] as Buffer };
  });
}

export function readShard(reply: unknown): Shard {
  const [state, outbox] = reply as readonly [List, List];
  const fields = new Map<string, string>();
  const notes = new Map<string, string>();
  for (let at = 0; at + 1 < state.length; at += 2) {
    const field = text(state[at]);
    if (field.startsWith(NOTE)) notes.set(field.slice(NOTE.length), text(state[at + 1]));
    else if (!field.startsWith("from:")) fields.set(field, text(state[at + 1]));
  }
  return {
    owner: (fields.get("owner") ?? "") as NodeId | "",
    epoch: Number(fields.get("epoch") ?? 0),
    position: (fields.get("position") ?? BEGINNING) as EntryId,
    commit: Number(fields.get("commit") ?? 0),
    notes,
    outbox: readMap(outbox),
  };
}

/** Fields and values by turns. */
export function readMap(reply: unknown): ReadonlyMap<string, Uint8Array> {
  const list = reply as List;
  const map = new Map<string, Uint8Array>();
  for (let at = 0; at + 1 < list.length; at += 2) map.set(text(list[at]), list[at + 1] as Buffer);
  return map;
}

/** HMGET of these keys. */
export function readFound(
  keys: readonly string[],
  reply: unknown,
): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const [at, value] of (reply as List).entries()) {
    const key = keys[at];
    if (key !== undefined && value !== null) found.set(key, value as Buffer);
  }
  return found;
}

export function readRenewed(reply: unknown): Renewed {
  if (!Array.isArray(reply)) return { at: "buried" };
  const [now, coordinator, grace, members, drained, wishes, dead] = reply as List;
  const census: Census = {
    now: Number(text(now)),
    coordinator: text(coordinator) as NodeId | "",
    graceUntil: Number(text(grace)),
    members: [...readMap(members)].map(([node, said]) => member(node as NodeId, text(said))),
    drained: (drained as List).map(text),
    wishes: new Map(
      [...readMap(wishes)].map(([shard, node]) => [Number(shard), text(node) as NodeId]),
    ),
    dead: (dead as List).map((node) => text(node) as NodeId),
  };
  return { at: "renewed", census };
}

export const cardText = (card: Card): string => {
  const { name, role, address, isLeaving, connections, rules } = card;
  return JSON.stringify({ name, role, address, isLeaving, connections, rules });
};

/** "<end of its lease> <card>". A newer version may say more of itself, an older one less. */
function member(node: NodeId, said: string): Member {
  const space = said.indexOf(" ");
  const card = JSON.parse(said.slice(space + 1)) as Partial<Card>;
  return {
    node,
    name: card.name ?? "",
    role: card.role === "shard" ? "shard" : "gateway",
    address: card.address ?? "",
    isLeaving: card.isLeaving === true,
    ...(typeof card.connections === "number" ? { connections: card.connections } : {}),
    ...(typeof card.rules === "string" ? { rules: card.rules } : {}),
    until: Number(said.slice(0, space)),
  };
}

function holder(owner: unknown, epoch: unknown): Holder {
  const count: Epoch = epoch === null ? 0 : Number(text(epoch));
  return { owner: (owner === null ? "" : text(owner)) as NodeId | "", epoch: count };
}

const text = (item: unknown): string => String(item);

/** In a shard's state the owners' notes stand beside what the functions keep there. */
export const NOTE = "note:";
const TAKEN: Appended = { at: "taken" };
const FULL: Appended = { at: "full" };
const DONE: Committed = { at: "done" };
