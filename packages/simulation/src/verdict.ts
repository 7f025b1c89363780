/** How things must stand when nothing has gone wrong for a while. Each judgement names what it found. */
import type { Status } from "@roundhouse/domain";
import { type RoomId, type SessionId, shardOf, type UserId } from "@roundhouse/kernel";
import { msgpack } from "@roundhouse/ledger";
import type { Client } from "./client.ts";
import { unsettled } from "./rest.ts";
import type { Town } from "./town.ts";
import { Broken, type Invariant } from "./trace.ts";

/**
 * Ten seconds after the last fault: each shard has one owner, which takes batches. Shards may move for
 * balance at that time: the dead are known after 6 s, and 3 s later it begins.
 */
export function judgeSettled(town: Town): void {
  const [shard] = unsettled(town.time, () => unserved(town));
  if (shard === undefined) return;
  const owner = town.backbone.shards[shard]?.owner;
  const names = serving(town, shard).map(({ machine }) => machine.name);
  const what = `shard ${shard} is ${owner || "nobody"}'s, and served by [${names.join(" ")}]`;
  throw new Broken("settles", what);
}

function unserved(town: Town): readonly number[] {
  const shards = town.backbone.shards.filter(({ shard, owner }) => {
    return serving(town, shard).filter(({ house }) => house.life.node === owner).length !== 1;
  });
  return shards.map(({ shard }) => shard);
}

function serving({ standing }: Town, shard: number) {
  return standing.shardNodes.filter((node) => node.serves(shard));
}

/** Whatever was asked is answered, whatever happened in a room was heard by all who sit there. */
export function judgeAnswers(town: Town): void {
  for (const client of town.clients) {
    if (!client.isConnected || !client.isLive) continue;
    // Answers may be lost with frames that no history has any more; then a gap was told as well.
    if (client.asked.size > 0 && !client.hasMissed) {
      const [request, asked] = [...client.asked][0] ?? [];
      throw new Broken("no_loss", `${client.name} got no answer to ${request}, ${asked?.on}`);
    }
    judgeStays(town, client);
  }
}

function judgeStays(town: Town, client: Client): void {
  const session = client.wire && town.truth.sessions.get(client.wire.session);
  for (const [room, seat] of session?.seats ?? []) {
    if (town.truth.lives.get(room) !== seat.life) {
      throw new Broken("no_loss", `${client.name} sits in ${room}, which ended`);
    }
    const stay = client.stays.get(room);
    if (stay === undefined) continue; // It left, or was told so.
    const end = seat.life.moments.length;
    if (stay.life === undefined) {
      stay.life = seat.life;
      stay.last = client.hasMissed ? end - 1 : Math.max(stay.last, seat.after);
    }
    const missed = client.missed(room, end);
    if (missed.length > stay.lost) {
      throw new Broken("no_loss", `${client.name} never heard ${room} ${missed.join(" ")}`);
    }
  }
}

type StayEntry = {
  readonly session: SessionId;
  readonly rooms: readonly RoomId[];
  readonly partedUntil: number | undefined;
};
type UserEntry = {
  readonly stays: readonly StayEntry[];
  readonly status: Status;
  readonly away: boolean;
};

/** Claimed presence equals open identified connections, and everybody who watches knows it. */
export function judgePresence(town: Town): void {
  const { wires, truth } = town;
  const open = new Map<UserId, Set<SessionId>>();
  for (const [session] of wires) {
    const known = truth.sessions.get(session);
    if (known === undefined || known.isEnded) continue;
    const sessions = open.get(known.user) ?? new Set();
    open.set(known.user, sessions.add(session));
  }
  for (const user of town.users) {
    const entry = userEntry(town, user);
    const claimed = (entry?.stays ?? [])
      .filter((stay) => isOpen(stay))
      .map(({ session }) => session);
    const there = open.get(user) ?? new Set();
    const all = new Set([...claimed, ...there]);
    if (all.size !== claimed.length || all.size !== there.size) {
      const what = `${user} is claimed to be here by [${claimed.join(" ")}]`;
      throw new Broken("presence_true", `${what}, and is by [${[...there].join(" ")}]`);
    }
    const expected = statusOf(entry);
    if ((entry?.status ?? "offline") !== expected) {
      throw new Broken("presence_true", `${user} is claimed ${entry?.status}, and is ${expected}`);
    }
    judgeWatchers(town, user, expected);
  }
}

function judgeWatchers(town: Town, user: UserId, expected: Status): void {
  for (const client of town.clients) {
    if (!client.isConnected || !client.isLive || !client.watched.has(user)) continue;
    const known = client.watched.get(user);
    if (known === expected) continue;
    throw new Broken("presence_true", `${client.name} takes ${user} for ${known}, not ${expected}`);
  }
}

/** Each seat is bound to its session's stay, and each stay to its seats. */
export function judgeBonds(town: Town): void {
  const seats = new Set<string>();
  for (const { live } of town.backbone.shards) {
    for (const key of live.keys()) if (key.startsWith("s")) seats.add(key.slice(1));
  }
  const bonds = new Set<string>();
  for (const user of [...town.users, ...town.residents.map((it) => it.user)]) {
    for (const { session, rooms } of userEntry(town, user)?.stays ?? []) {
      for (const room of rooms) bonds.add(`${session} ${room}`);
    }
  }
  for (const seat of seats) {
    if (!bonds.has(seat)) throw new Broken("seats", `seat ${seat} has nobody to sit on it`);
  }
  for (const bond of bonds) {
    if (!seats.has(bond)) throw new Broken("seats", `${bond} is bound to no seat`);
  }
}

/** Whoever appends commands. */
function speakers({ standing: { gateways, receptions } }: Town) {
  return [...gateways, ...receptions];
}

/** At any moment: no queue is above its cap. */
export function judgeQueues(town: Town): void {
  const { shards, queueMax, inboxMax } = town.mood;
  for (const { life, machine } of speakers(town)) {
    const { commands } = life.bus.outgoing.depth();
    if (commands > shards * queueMax) bounded(`${machine.name} has ${commands} commands to send`);
  }
  for (const { shard, entries, buried } of town.backbone.shards) {
    // What shards promised each other, and the last words of the dead, pass every bound.
    const asked = entries.filter(
      ({ sender }) => !sender.startsWith("shard:") && !buried.has(sender),
    );
    if (asked.length > inboxMax)
      bounded(`the inbox of shard ${shard} holds ${asked.length} entries`);
  }
}

/** Nothing grows for ever. */
export function judgeBounds(town: Town): void {
  const living = new Set<string>(speakers(town).map(({ life }) => life.node));
  for (const { life } of town.standing.shardNodes.map(({ house }) => house)) living.add(life.node);
  for (const { shard, entries, outbox, notes } of town.backbone.shards) {
    const [oldest] = entries;
    if (oldest !== undefined && town.time.now() - Number.parseInt(oldest.id, 10) > WAIT_MS) {
      bounded(`shard ${shard} has not taken ${oldest.id}`);
    }
    if (outbox.size > OUTBOX_MAX) bounded(`shard ${shard} keeps ${outbox.size} batches to send`);
    for (const note of notes.keys()) {
      const gateway = note.startsWith("to:") ? note.slice(3) : undefined;
      if (gateway !== undefined && !living.has(gateway)) {
        bounded(`shard ${shard} keeps the note ${note} of a gateway that is gone`);
      }
    }
  }
  for (const { life, machine } of speakers(town)) {
    const { commands } = life.bus.outgoing.depth();
    if (commands > 0) bounded(`${machine.name} still has ${commands} commands to send`);
  }
  for (const { machine, gateway } of town.standing.gateways) {
    if (gateway.staleHalls > 0) bounded(`${machine.name} has ${gateway.staleHalls} stale halls`);
  }
}

/** Where nothing went wrong nothing may have needed a repair. */
export function judgeCalm(town: Town): void {
  for (const { gateway, machine } of town.gateways) {
    for (const cause of ["digest", "missed"] as const) {
      const { begun } = gateway.stats.repairs[cause];
      if (begun > 0) repaired("presence_true", `${machine.name} repaired ${begun} times: ${cause}`);
    }
  }
  for (const { house, machine } of town.shardNodes) {
    const { fenced } = house.station.stats;
    if (fenced > 0) repaired("fence", `${machine.name} was fenced ${fenced} times`);
  }
}

function repaired(invariant: Invariant, what: string): never {
  throw new Broken(invariant, `without a fault ${what}`);
}

function bounded(what: string): never {
  throw new Broken("bounded", what);
}

function userEntry({ backbone, mood }: Town, user: UserId): UserEntry | undefined {
  const bytes = backbone.shards[shardOf(user, mood.shards)]?.live.get(`u${user}`);
  return bytes === undefined ? undefined : (msgpack.decode(bytes) as UserEntry);
}

const isOpen = ({ partedUntil }: StayEntry): boolean => (partedUntil ?? 0) === 0;

function statusOf(entry: UserEntry | undefined): Status {
  if (entry === undefined || !entry.stays.some(isOpen)) return "offline";
  if (entry.away) return "away";
  return entry.stays.some(({ rooms }) => rooms.length > 0) ? "busy" : "online";
}

/** So long what comes may wait for its owner. */
const WAIT_MS = 1_000;
/** What has arrived is struck out by the next commit only. */
const OUTBOX_MAX = 50;
