/**
 * What a shard's next owner must know at once, as entries of plain values: all users who are here or
 * waited for, all rooms and seats, who watches whom. Histories and records are looked up when needed.
 */
import type { GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Changed } from "./scene.ts";
import { openRoom, place, type Room, recount, type Seat, seatName } from "./seats.ts";
import type { ShardState } from "./state.ts";
import { isOpen, openUser, type User } from "./user.ts";

/** Keys are a letter and a name: `u<user>`, `r<room>`, `s<session> <room>`, `w<user>`. */
export type LiveEntries = ReadonlyMap<string, unknown>;

/** Not its account: that is looked up when somebody asks for it. */
type UserEntry = Omit<User, "id" | "isKnown" | "account">;
type RoomEntry = readonly [owner: UserId, seq: number];
type SeatEntry = readonly [user: UserId, gateway: GatewayId, isParted: boolean, hearsFrom: number];
type WatchEntry = readonly GatewayId[];

/** What became of all that a batch changed; undefined: it is no more. Only after `tidy`. */
export function liveChanges(state: ShardState, changed: Changed | undefined): LiveEntries {
  if (changed === undefined) return NO_CHANGES;
  const { users, rooms, seats, watched } = changed;
  if (users.size + rooms.size + seats.size + watched.size === 0) return NO_CHANGES;
  const entries = new Map<string, unknown>();
  for (const id of users) entries.set(`u${id}`, ofUser(state.users.get(id)));
  for (const id of rooms) entries.set(`r${id}`, ofRoom(state.rooms.get(id)));
  for (const [name, [session, room]] of seats) {
    entries.set(`s${name}`, ofSeat(state.rooms.get(room)?.seats.get(session)));
  }
  for (const id of watched) entries.set(`w${id}`, state.watchers.get(id));
  return entries;
}

/** Everything live. */
export function liveEntries(state: ShardState): LiveEntries {
  const entries = new Map<string, unknown>();
  for (const [id, user] of state.users) entries.set(`u${id}`, ofUser(user));
  for (const [id, room] of state.rooms) {
    entries.set(`r${id}`, ofRoom(room));
    for (const [session, seat] of room.seats) {
      entries.set(`s${seatName(session, id)}`, ofSeat(seat));
    }
  }
  for (const [id, gateways] of state.watchers) entries.set(`w${id}`, gateways);
  return entries;
}

/**
 * Takes in what the owner before left: before the first command, in pages of any order, and a page
 * that comes again changes nothing.
 */
export function restore(state: ShardState, entries: LiveEntries): void {
  for (const [key, value] of entries) {
    const name = key.slice(1);
    switch (key[0]) {
      case "u":
        restoreUser(state, name as UserId, value as UserEntry);
        break;
      case "r":
        restoreRoom(state, name as RoomId, value as RoomEntry);
        break;
      case "s":
        restoreSeat(state, name, value as SeatEntry);
        break;
      case "w":
        restoreWatchers(state, name as UserId, value as WatchEntry);
        break;
    }
  }
}

/** Copies: what is here goes on changing. */
function ofUser(user: User | undefined): UserEntry | undefined {
  if (user === undefined) return undefined;
  const { id: _, isKnown: __, account: ___, stays, ...rest } = user;
  return { stays: stays.map((stay) => ({ ...stay })), ...rest };
}

function ofRoom(room: Room | undefined): RoomEntry | undefined {
  return room === undefined ? undefined : [room.owner, room.seq];
}

function ofSeat(seat: Seat | undefined): SeatEntry | undefined {
  return seat === undefined ? undefined : [seat.user, seat.gateway, seat.isParted, seat.hearsFrom];
}

function restoreUser(state: ShardState, id: UserId, entry: UserEntry): void {
  if (state.users.has(id)) return;
  const { graceUntil } = entry;
  // An owner of an older version does not say what waited.
  const stays = entry.stays.map((it) => ({ ...it, waitedUntil: it.waitedUntil ?? it.mailUntil }));
  const user: User = { ...openUser(id), ...entry, stays };
  state.users.set(id, user);
  if (graceUntil > 0) state.due.add(graceUntil, id);
  for (const stay of stays) {
    if (isOpen(stay)) state.tallies.add("sessions", stay.gateway, stay.session);
    else if (stay.partedUntil !== undefined) state.due.add(stay.partedUntil, id);
  }
}

function restoreRoom(state: ShardState, id: RoomId, [owner, seq]: RoomEntry): void {
  const room = young(state, id);
  room.owner = owner;
  room.seq = seq;
}

function restoreSeat(state: ShardState, name: string, entry: SeatEntry): void {
  const [user, gateway, isParted, hearsFrom = 0] = entry;
  const space = name.indexOf(" ");
  const session = name.slice(0, space) as SessionId;
  const room = young(state, name.slice(space + 1) as RoomId);
  if (room.seats.has(session)) return;
  place(room, session, { user, gateway, isParted, hearsFrom });
  if (isParted) return;
  recount(room, gateway, 1);
  state.tallies.add("seats", gateway, name);
}

/** A seat may be restored before its room: then the room's own entry fills in what is missing. */
function young(state: ShardState, id: RoomId): Room {
  const known = state.rooms.get(id);
  if (known !== undefined) return known;
  const room = openRoom(id, "" as UserId);
  room.isYoung = true;
  room.isKnown = false;
  state.rooms.set(id, room);
  return room;
}

function restoreWatchers(state: ShardState, id: UserId, gateways: WatchEntry): void {
  if (state.watchers.has(id)) return;
  state.watchers.set(id, gateways);
  for (const gateway of gateways) state.tallies.add("watches", gateway, id);
}

const NO_CHANGES: LiveEntries = new Map();
