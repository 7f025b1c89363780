/** What outlives the process, each record under a key of its own. Accounts and rooms can be searched. */
import type { Millis, RoomId, UserId } from "@roundhouse/kernel";
import type { Notice } from "./notice.ts";

export type Invite = { readonly room: RoomId; readonly from: UserId };

/** `user/<id>`: of any name, also a guest's. */
export type UserRecord = {
  /** Whether an operator registered the name: then every protocol asks for a proof. */
  readonly guarded: boolean;
  /** Invites that wait for the user's next idme, oldest first. */
  readonly invites: readonly Invite[];
};

/**
 * One life of a name or a room, unlike any other: who signs up again under a name is somebody else.
 * From the same numbers as messages and requests (numbers.ts).
 */
export type Born = number;

/** A password as it is kept. */
export type Proof = {
  /** The argon2id hash in its usual text form, with its salt and costs. */
  readonly hash: string;
  /** Counts the changes: a check that was made against an older one does not hold. */
  readonly turn: number;
};

/** Somebody asks to become a friend; kept by whoever is asked. */
export type FriendRequest = {
  readonly id: number;
  readonly from: UserId;
  /** Of the asking account: nobody becomes the friend of a later one by the same name. */
  readonly born: Born;
  readonly at: Millis;
  readonly text: string;
};

/**
 * The approved requests that make two users friends, until each of them is removed. Both sides add and
 * remove single requests, told to each other in order; so they agree whatever crosses on the way.
 */
export type Friendship = {
  readonly user: UserId;
  readonly bonds: readonly number[];
  /** The other one ended it, and nobody was told: the user has approved a request that is on its way there. */
  readonly unsaid?: "removed" | "deleted" | undefined;
};

/** `account/<id>`: a registered user. */
export type Account = {
  readonly born: Born;
  readonly since: Millis;
  readonly proof: Proof;
  readonly nickname: string;
  readonly description: string;
  readonly friends: readonly Friendship[];
  readonly requests: readonly FriendRequest[];
  /** The created rooms where it is a member; the rooms decide, this follows. */
  readonly rooms: readonly RoomId[];
  readonly isBanned: boolean;
};

/** `seen/<id>`: when an account was last logged in; apart, because it changes without the rest. */
export type Seen = { readonly at: Millis };

/** `box/<id>`: which notices are kept, `mail/<n>/<id>` each; absent when none ever was. */
export type Box = {
  /** The number of the oldest. */
  readonly first: number;
  /** How many bytes each weighs, the oldest first. */
  readonly sizes: readonly number[];
  /** Those before this number somebody surely has; they are here for who fetches them. */
  readonly got?: number;
  /** Whose end is told in it: nobody is told twice of that, as a friend and in each common room. */
  readonly gone?: readonly UserId[];
};

/** `mail/<n>/<id>`. */
export type Mail = Notice;

export type Access = "public" | "password" | "permission";

/** Somebody asks to enter a room by permission; kept by the room. */
export type EntryRequest = {
  readonly id: number;
  readonly user: UserId;
  readonly born: Born;
  readonly at: Millis;
};

/** `room/<id>`: a room that was created, and stays when nobody is there. */
export type RoomRecord = {
  readonly born: Born;
  readonly since: Millis;
  readonly title: string;
  readonly description: string;
  readonly owner: UserId;
  readonly admins: readonly UserId[];
  readonly members: readonly (readonly [UserId, Born])[];
  readonly access: Access;
  /** Of a room by password. */
  readonly proof: Proof | undefined;
  /** How many may sit there at once. */
  readonly capacity: number;
  readonly isLocked: boolean;
  readonly barred: readonly UserId[];
  readonly requests: readonly EntryRequest[];
  /** The number of the last event when nobody was there any more. */
  readonly seq: number;
};

/** `shard`: one shard's own numbers. */
export type ShardRecord = {
  /** Numbers below it may have been used. */
  readonly reserved: number;
  readonly accounts: number;
  readonly rooms: number;
};

export type Stored = UserRecord | Account | Seen | Box | Mail | RoomRecord | ShardRecord;

export const userKey = (user: UserId): string => `user/${user}`;
export const accountKey = (user: UserId): string => `account/${user}`;
export const seenKey = (user: UserId): string => `seen/${user}`;
export const boxKey = (user: UserId): string => `box/${user}`;
export const mailKey = (user: UserId, number: number): string => `mail/${number}/${user}`;
export const roomKey = (room: RoomId): string => `room/${room}`;
export const SHARD_KEY = "shard";
