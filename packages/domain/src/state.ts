/** One shard's whole state. */
import { Deadlines, type RoomId, type UserId } from "@roundhouse/kernel";
import { Attempts } from "./attempts.ts";
import type { Memory, Place } from "./memory.ts";
import type { Stored } from "./record.ts";
import type { Rules } from "./rules.ts";
import type { Room } from "./seats.ts";
import { Tallies } from "./tallies.ts";
import type { User } from "./user.ts";
import type { Watchers } from "./watches.ts";

export type ShardState = Memory & {
  readonly rules: Rules;
  readonly users: Map<UserId, User>;
  readonly rooms: Map<RoomId, Room>;
  readonly watchers: Watchers;
  readonly due: Deadlines<UserId>;
  /** What counts for each gateway. */
  readonly tallies: Tallies;
  /** Searches that were answered for the present batch. */
  readonly found: Map<string, ReadonlyMap<string, Stored>>;
};

export const openShard = (rules: Rules, place: Place): ShardState => ({
  rules,
  place,
  users: new Map(),
  rooms: new Map(),
  watchers: new Map(),
  due: new Deadlines(),
  tallies: new Tallies(),
  numbers: undefined,
  attempts: new Attempts(),
  loaded: new Map(),
  found: new Map(),
});
