/** One shard's whole state. */
import { Deadlines, type RoomId, type UserId } from "@roundhouse/kernel";
import { Attempts } from "./attempts.ts";
import type { Numbers } from "./numbers.ts";
import type { Stored } from "./record.ts";
import type { Rules } from "./rules.ts";
import type { Room } from "./seats.ts";
import { Tallies } from "./tallies.ts";
import type { User } from "./user.ts";
import type { Watchers } from "./watches.ts";

/** Which of how many. */
export type Place = { readonly shard: number; readonly shards: number };

export type ShardState = {
  readonly rules: Rules;
  readonly place: Place;
  readonly users: Map<UserId, User>;
  readonly rooms: Map<RoomId, Room>;
  readonly watchers: Watchers;
  readonly due: Deadlines<UserId>;
  /** What counts for each gateway. */
  readonly tallies: Tallies;
  /** The shard's own record; undefined until it was looked up. */
  numbers: Numbers | undefined;
  /** Wrong passwords of late. */
  readonly attempts: Attempts;
  /** Records that were looked up for the present batch, and searches: undefined is not there. */
  readonly loaded: Map<string, Stored | undefined>;
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
