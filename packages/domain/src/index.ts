/** Users, rooms, presence: pure decisions, command in, effects out. */
export type { AccountAsked, Asking, HowAnswered } from "./account-command.ts";
export type { Adjustment, CharterAsked } from "./charter-command.ts";
export {
  type Command,
  type Credentials,
  type Means,
  type Resync,
  type SaidAction,
  type Unread,
  type Vouched,
  weightOf,
} from "./command.ts";
export { type Addressed, Effects, type Sent } from "./effects.ts";
export { lastOf } from "./history.ts";
export type {
  AccountExport,
  AccountSeen,
  Action,
  Answer,
  Digests,
  Item,
  Profile,
  RoomEvent,
  RoomFacts,
  RoomSeen,
  Snapshot,
  Status,
  Survey,
  Told,
  UserFacts,
} from "./item.ts";
export { type LiveEntries, liveChanges, restore } from "./live.ts";
export type { Place } from "./memory.ts";
export { admit, missing, type Wanted, wanted } from "./needs.ts";
export { type By, type Notice, parseRequestName } from "./notice.ts";
export { needsPast, type PastItem, remember } from "./past.ts";
export type {
  Access,
  Account,
  Born,
  Invite,
  Proof,
  RoomRecord,
  Stored,
  UserRecord,
} from "./record.ts";
export { ACTION_AGE_MS_MAX, type Rules, type SessionsRule } from "./rules.ts";
export { openScene, type Scene } from "./scene.ts";
export { decide, tidy } from "./shard.ts";
export { openShard, type ShardState } from "./state.ts";
