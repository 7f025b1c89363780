/** Users, rooms, presence: pure decisions, command in, effects out. */
export { type Command, type Means, type Resync, type SaidAction, weightOf } from "./command.ts";
export { type Addressed, Effects, type Sent } from "./effects.ts";
export { lastOf } from "./history.ts";
export type {
  Action,
  Answer,
  Digests,
  Item,
  RoomEvent,
  RoomFacts,
  Snapshot,
  Status,
  Told,
  UserFacts,
} from "./item.ts";
export { type LiveEntries, liveChanges, restore } from "./live.ts";
export { needsPast, type PastItem, remember } from "./past.ts";
export type { Invite, UserRecord } from "./record.ts";
export { ACTION_AGE_MS_MAX, type Rules, type SessionsRule } from "./rules.ts";
export { openScene, type Scene } from "./scene.ts";
export { admit, decide, missing, tidy } from "./shard.ts";
export { openShard, type ShardState } from "./state.ts";
