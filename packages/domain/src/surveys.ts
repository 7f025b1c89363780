/** A shard's part of an answer that all shards give together. */
import type { RoomId, UserId } from "@roundhouse/kernel";
import type { ShardCommand } from "./command.ts";
import type { Survey } from "./item.ts";
import { numbersOf } from "./numbers.ts";
import { type Account, accountKey, type RoomRecord, roomKey, type Stored } from "./record.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";
import { isOpen } from "./user.ts";

type Asked = Extract<ShardCommand, { on: "search" | "count" }>;
type Search = Extract<Asked, { on: "search" }>;

/** How many a search finds at most. */
export const FOUND_MAX = 50;

/** The beginning of the keys of what is searched for. */
export const prefixOf = ({ kind, prefix }: Search): string => {
  return kind === "users" ? accountKey(prefix as UserId) : roomKey(prefix as RoomId);
};

export function survey(state: ShardState, command: Asked, { effects, gateway }: Scene): void {
  const { request } = command;
  const said = command.on === "count" ? count(state) : search(state, command);
  effects.tell([gateway], { to: "survey", request, survey: said });
}

/** Whoever is online is in memory, and asking for this is rare: no count of them is kept. */
function count(state: ShardState): Survey {
  const { accounts, rooms } = numbersOf(state);
  let online = 0;
  for (const { stays } of state.users.values()) {
    if (stays.some((stay) => stay.isRegistered && isOpen(stay))) online++;
  }
  return { on: "counts", accounts, online, rooms };
}

/** As the store has it, in the order of keys: whoever was told of a change finds it there. */
function search({ found }: ShardState, command: Search): Survey {
  const all = [...(found.get(prefixOf(command)) ?? [])].slice(0, command.limit);
  if (command.kind === "users") return { on: "users", users: all.map(userFound) };
  return { on: "rooms", rooms: all.map(roomFound) };
}

function userFound([key, record]: readonly [string, Stored]) {
  const { nickname } = record as Account;
  return { id: key.slice(accountKey("" as UserId).length) as UserId, nickname };
}

function roomFound([key, record]: readonly [string, Stored]) {
  const { title, access } = record as RoomRecord;
  return { id: key.slice(roomKey("" as RoomId).length) as RoomId, title, access };
}
