/** How accounts, friends, rooms and letters must stand when nothing has gone wrong for a while. */
import type { Account, RoomRecord } from "@roundhouse/domain";
import { type RoomId, shardOf, type UserId } from "@roundhouse/kernel";
import { msgpack } from "@roundhouse/ledger";
import type { Resident } from "./resident.ts";
import type { Town } from "./town.ts";
import { Broken } from "./trace.ts";

/** Both sides of a friendship keep the same bonds. */
export function judgeFriends(town: Town): void {
  for (const { user } of town.residents) {
    for (const friendship of accountOf(town, user)?.friends ?? []) {
      const other = accountOf(town, friendship.user);
      const theirs = other?.friends.find((it) => it.user === user)?.bonds ?? [];
      const [here, there] = [friendship.bonds, theirs].map((bonds) => [...bonds].sort().join(" "));
      if (here === there) continue;
      const what = `${user} is bound to ${friendship.user} by [${here}], and back by [${there}]`;
      throw new Broken("agreement", what);
    }
  }
}

/** A room's members and what their accounts say agree. */
export function judgeMembers(town: Town): void {
  for (const room of town.halls) {
    for (const [user, born] of roomOf(town, room)?.members ?? []) {
      const account = accountOf(town, user);
      if (account?.born === born && account.rooms.includes(room)) continue;
      throw new Broken("agreement", `${room} has ${user} of ${born}, which does not know it`);
    }
  }
  for (const { user } of town.residents) {
    const account = accountOf(town, user);
    for (const room of account?.rooms ?? []) {
      const members = new Map(roomOf(town, room)?.members);
      if (members.get(user) === account?.born) continue;
      throw new Broken(
        "agreement",
        `${user} of ${account?.born} is a member of ${room}, and is not`,
      );
    }
  }
}

/** Every message that was accepted was kept; that it is so once, and until it was heard, was judged before. */
export function judgeLetters(town: Town): void {
  for (const { id, from, to, isExcused } of town.registry.underway.values()) {
    if (isExcused) continue;
    throw new Broken("no_loss", `${to} never got ${id} of ${from}, and it is not kept`);
  }
}

/** Who is here is answered, sits where it is a member, and knows its friends. */
export function judgeResidents(town: Town): void {
  for (const resident of town.residents) {
    const { user, session } = resident;
    const account = accountOf(town, user);
    if (resident.isRegistered && account === undefined) {
      throw new Broken("no_loss", `${user} signed up, and has no account`);
    }
    if (!resident.isHere || session === undefined) continue;
    const [request, asked] = [...resident.asked][0] ?? [];
    if (asked !== undefined) {
      throw new Broken("no_loss", `${user} got no answer to ${request}, ${asked.on}`);
    }
    judgeView(resident, account);
    for (const room of account?.rooms ?? []) {
      const { live } = shardOfId(town, room);
      if (live.has(`s${session} ${room}`)) continue;
      throw new Broken(
        "seats",
        `${user} is a member of ${room} and does not sit there: ${session}`,
      );
    }
  }
}

/** Whoever is connected is claimed to be here, and nobody else. */
export function judgeGuests(town: Town): void {
  const open = new Map<UserId, string>();
  for (const { guests } of town.standing.receptions) {
    for (const [session, { user }] of guests) open.set(user, session);
  }
  for (const { user, isHere } of town.residents) {
    const claimed = staysOf(town, user)
      .filter(({ partedUntil }) => (partedUntil ?? 0) === 0)
      .map(({ session }) => session);
    const there = isHere ? [open.get(user)] : [];
    if (claimed.join(" ") === there.join(" ")) continue;
    const what = `${user} is claimed to be here by [${claimed.join(" ")}]`;
    throw new Broken("presence_true", `${what}, and is by [${there.join(" ")}]`);
  }
}

function judgeView({ user, known: view }: Resident, account: Account | undefined): void {
  const known = [...view.friends].sort().join(" ");
  const kept = (account?.friends ?? []).map((it) => it.user);
  if (known === kept.sort().join(" ")) return;
  throw new Broken(
    "agreement",
    `${user} takes [${known}] for friends, and has [${kept.join(" ")}]`,
  );
}

type StayEntry = { readonly session: string; readonly partedUntil: number | undefined };

function staysOf(town: Town, user: UserId): readonly StayEntry[] {
  const bytes = shardOfId(town, user).live.get(`u${user}`);
  return bytes === undefined ? [] : (msgpack.decode(bytes) as { stays: StayEntry[] }).stays;
}

function accountOf(town: Town, user: UserId): Account | undefined {
  return recordOf(town, user, `account/${user}`) as Account | undefined;
}

function roomOf(town: Town, room: RoomId): RoomRecord | undefined {
  return recordOf(town, room, `room/${room}`) as RoomRecord | undefined;
}

function recordOf(town: Town, id: string, key: string): unknown {
  const bytes = shardOfId(town, id).kept.get(key);
  return bytes === undefined ? undefined : msgpack.decode(bytes);
}

function shardOfId({ backbone, mood }: Town, id: string) {
  const shard = backbone.shards[shardOf(id, mood.shards)];
  if (shard === undefined) throw new RangeError(`no shard has ${id}`);
  return shard;
}
