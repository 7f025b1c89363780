/**
 * Which records a command needs before it can be decided. Entities are looked up when somebody needs
 * them and leave memory at the end of the batch, unless somebody is there.
 */
import type { RoomId, UserId } from "@roundhouse/kernel";
import type { Command } from "./command.ts";
import { charter } from "./created.ts";
import { openNumbers } from "./numbers.ts";
import {
  accountKey,
  boxKey,
  mailKey,
  type RoomRecord,
  roomKey,
  SHARD_KEY,
  type ShardRecord,
  type Stored,
  seenKey,
  userKey,
} from "./record.ts";
import { openRoom, type Room } from "./seats.ts";
import type { ShardState } from "./state.ts";
import { FOUND_MAX, prefixOf } from "./surveys.ts";
import { know, type User, userOf } from "./user.ts";

/** The keys of records to look up. What they say may lead to more: ask again when they are here. */
export function missing(state: ShardState, command: Command): readonly string[] {
  if (command.on === "act") return NOTHING; // The hot path: whoever acts has a seat in memory.
  const keys = [...numbersFor(state, command), ...usersFor(state, command)];
  keys.push(...mailFor(state, command), ...roomsFor(state, command));
  return keys.length === 0 ? NOTHING : keys.filter((key) => !state.loaded.has(key));
}

/** The beginning of keys to look for, for a search that was not answered yet. */
export function wanted(state: ShardState, command: Command): Wanted | undefined {
  if (command.on !== "search") return undefined;
  const prefix = prefixOf(command);
  return state.found.has(prefix) ? undefined : { prefix, limit: FOUND_MAX };
}

export type Wanted = { readonly prefix: string; readonly limit: number };

/** Takes what was looked up, or its absence, into memory until the end of the batch. */
export function admit(
  state: ShardState,
  keys: readonly string[],
  records: ReadonlyMap<string, Stored>,
): void {
  for (const key of keys) state.loaded.set(key, records.get(key));
  if (state.numbers === undefined && state.loaded.has(SHARD_KEY)) {
    state.numbers = openNumbers(state.loaded.get(SHARD_KEY) as ShardRecord | undefined);
  }
}

/** The user, from memory or from what was looked up; undefined: not here, and nobody looked. */
export function meet(state: ShardState, id: UserId): User | undefined {
  const here = state.users.get(id);
  if (here?.isKnown === true || !state.loaded.has(accountKey(id))) return here;
  if (here !== undefined) {
    know(here, state.loaded);
    return here;
  }
  const user = userOf(id, state.loaded);
  state.users.set(id, user);
  return user;
}

/** The room, from memory or from what was looked up; undefined: nobody is there, and nobody created it. */
export function meetRoom(state: ShardState, id: RoomId): Room | undefined {
  const here = state.rooms.get(id);
  if (here?.isKnown === true) return here;
  const key = roomKey(id);
  if (!state.loaded.has(key)) return here;
  const record = state.loaded.get(key) as RoomRecord | undefined;
  if (here === undefined && record === undefined) return undefined;
  const room = here ?? openRoom(id, record?.owner ?? ("" as UserId));
  if (record !== undefined) charter(room, record);
  room.isKnown = true;
  state.rooms.set(id, room);
  return room;
}

function usersFor(state: ShardState, command: Command): readonly string[] {
  switch (command.on) {
    case "attach":
    case "invited":
    case "guard":
    case "who":
    case "signUp":
    case "credentials":
    case "setPassword":
    case "deleteAccount":
    case "describe":
    case "askFriend":
    case "answerFriend":
    case "removeFriend":
    case "whisper":
    case "mail":
    case "ban":
    case "friendAsked":
    case "befriended":
    case "bonded":
    case "unfriended":
    case "vouch":
    case "notify":
    case "enrolled":
    case "disenrolled":
      return recordsOf(state, command.user);
    case "detach":
      return command.unread === undefined ? NOTHING : recordsOf(state, command.user);
    case "notifyAll":
      return command.users.flatMap(([user]) => recordsOf(state, user));
    case "profile":
    case "export":
      return [...recordsOf(state, command.user), seenKey(command.user)];
    default:
      return NOTHING; // Everything else concerns what is in memory already, or no user.
  }
}

function recordsOf({ users }: ShardState, id: UserId): readonly string[] {
  if (users.get(id)?.isKnown === true) return NOTHING;
  return [userKey(id), accountKey(id), boxKey(id)];
}

/** What is kept for a user, once it is known how much that is. */
function mailFor(state: ShardState, command: Command): readonly string[] {
  const isAsked =
    (command.on === "attach" && command.takesNotices === true) ||
    command.on === "mail" ||
    command.on === "export";
  if (!isAsked) return NOTHING;
  const box = state.users.get(command.user)?.isKnown
    ? state.users.get(command.user)?.box
    : (state.loaded.get(boxKey(command.user)) as User["box"] | undefined);
  if (box === undefined) return NOTHING;
  return box.sizes.map((_, index) => mailKey(command.user, box.first + index));
}

function roomsFor(state: ShardState, command: Command): readonly string[] {
  switch (command.on) {
    case "join":
    case "leave":
    case "unseat":
    case "create":
    case "enter":
    case "answerEntry":
    case "removeMember":
    case "bar":
    case "setAdmin":
    case "removeRoom":
    case "adjust":
    case "say":
    case "describeRoom":
    case "arrive":
    case "expel":
      return recordOf(state, command.room);
    case "part":
      return state.rooms.has(command.room) ? recordOf(state, command.room) : NOTHING;
    default:
      return NOTHING;
  }
}

function recordOf({ rooms }: ShardState, id: RoomId): readonly string[] {
  return rooms.get(id)?.isKnown === true ? NOTHING : [roomKey(id)];
}

function numbersFor({ numbers }: ShardState, command: Command): readonly string[] {
  if (numbers !== undefined) return NOTHING;
  switch (command.on) {
    case "join":
      return command.born === undefined ? NOTHING : [SHARD_KEY]; // A room may end by it.
    case "signUp":
    case "deleteAccount":
    case "askFriend":
    case "whisper":
    case "say":
    case "create":
    case "enter":
    case "answerEntry":
    case "removeMember":
    case "bar":
    case "setAdmin":
    case "removeRoom":
    case "adjust":
    case "describeRoom":
    case "arrive":
    case "expel":
    case "count":
      return [SHARD_KEY];
    default:
      return NOTHING;
  }
}

const NOTHING: readonly string[] = [];
