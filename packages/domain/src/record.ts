/** The part of a user that outlives the process. */
import type { RoomId, UserId } from "@roundhouse/kernel";

export type Invite = { readonly room: RoomId; readonly from: UserId };

export type UserRecord = {
  /** Whether the name is registered: then every protocol asks for a proof. */
  readonly guarded: boolean;
  /** Invites that wait for the user's next idme, oldest first. */
  readonly invites: readonly Invite[];
};
