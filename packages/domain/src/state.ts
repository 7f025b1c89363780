/** One shard's whole state. */
import { Deadlines, type RoomId, type UserId } from "@roundhouse/kernel";
import type { Rules } from "./rules.ts";
import type { Room } from "./seats.ts";
import { Tallies } from "./tallies.ts";
import type { User } from "./user.ts";
import type { Watchers } from "./watches.ts";

export type ShardState = {
  readonly rules: Rules;
  readonly users: Map<UserId, User>;
  readonly rooms: Map<RoomId, Room>;
  readonly watchers: Watchers;
  readonly due: Deadlines<UserId>;
  /** What counts for each gateway. */
  readonly tallies: Tallies;
};

export const openShard = (rules: Rules): ShardState => ({
  rules,
  users: new Map(),
  rooms: new Map(),
  watchers: new Map(),
  due: new Deadlines(),
  tallies: new Tallies(),
});
