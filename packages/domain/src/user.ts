/**
 * A user: stays on devices, the status that others see, invites that wait. Changed in place by its
 * shard alone (style, rule 4: one user has thousands of watchers' worth of traffic, not of copies).
 */
import type { GatewayId, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Means } from "./command.ts";
import type { Status, UserFacts } from "./item.ts";
import {
  type Account,
  accountKey,
  type Box,
  boxKey,
  type Invite,
  type Stored,
  type UserRecord,
  userKey,
} from "./record.ts";
import type { Scene } from "./scene.ts";

/** A session as its user's shard knows it. */
export type Stay = {
  readonly session: SessionId;
  readonly gateway: GatewayId;
  readonly means: Means;
  readonly proven: boolean;
  readonly secret: string | undefined;
  /** Whether its user had an account when it began. */
  readonly isRegistered: boolean;
  readonly takesNotices: boolean;
  /** Notices before this number it was told; they stay until somebody has surely got them. */
  mailUntil: number;
  /** Those before this number waited when it began, and wait on for whoever fetches them. */
  waitedUntil: number;
  rooms: readonly RoomId[];
  /** When it began. */
  readonly since: Millis;
  /** Set while the connection is lost: until then the session may be resumed. */
  partedUntil: Millis | undefined;
};

export type User = {
  readonly id: UserId;
  /** Made anew when it changes: what grows by a push holds room for seventeen. */
  stays: readonly Stay[];
  away: boolean;
  /** What watchers were last told. */
  status: Status;
  /** Until then nobody is told that the last connection is gone. */
  graceUntil: Millis;
  guarded: boolean;
  invites: readonly Invite[];
  /** What is kept for who is away. */
  box: Box;
  /** Whether its records were looked up: a user that was restored is here without its account. */
  isKnown: boolean;
  /** Made anew when it changes. */
  account: Account | undefined;
};

export const openUser = (id: UserId): User => ({
  id,
  stays: [],
  away: false,
  status: "offline",
  graceUntil: 0,
  guarded: false,
  invites: [],
  box: EMPTY_BOX,
  isKnown: false,
  account: undefined,
});

/** Somebody who is not here, as the records say. */
export function userOf(id: UserId, loaded: ReadonlyMap<string, Stored | undefined>): User {
  const user = openUser(id);
  const record = loaded.get(userKey(id)) as UserRecord | undefined;
  user.guarded = record?.guarded ?? false;
  user.invites = record?.invites ?? [];
  user.box = (loaded.get(boxKey(id)) as Box | undefined) ?? EMPTY_BOX;
  know(user, loaded);
  return user;
}

/** All else of a user that was restored is here already, and may have changed since. */
export function know(user: User, loaded: ReadonlyMap<string, Stored | undefined>): void {
  user.account = loaded.get(accountKey(user.id)) as Account | undefined;
  user.isKnown = true;
}

export const EMPTY_BOX: Box = { first: 1, sizes: [] };

export const isOpen = (stay: Stay): boolean => stay.partedUntil === undefined;

/** Nobody needs it in memory: what must last is in its record. */
export const isForgettable = (user: User): boolean => {
  return user.stays.length === 0 && user.status === "offline";
};

/** What is live of the user changed. */
export function mark({ id }: User, { changed }: Scene): void {
  changed?.users.add(id);
}

/** What is durable of the user changed. */
export function keep(user: User, scene: Scene): void {
  const { id, guarded, invites } = user;
  const isPlain = !guarded && invites.length === 0;
  scene.effects.records.set(userKey(id), isPlain ? undefined : { guarded, invites });
  if (!isForgettable(user)) mark(user, scene);
}

export function keepBox(user: User, box: Box, scene: Scene): void {
  user.box = box;
  scene.effects.records.set(boxKey(user.id), box);
  if (!isForgettable(user)) mark(user, scene);
}

export function keepAccount(user: User, account: Account, scene: Scene): void {
  user.account = account;
  scene.effects.records.set(accountKey(user.id), account);
}

export function userFacts(user: User): UserFacts {
  const { id, status, guarded, invites, account, box, stays } = user;
  const sessions = stays.map((stay) => {
    const { session: id, gateway, since, rooms } = stay;
    return { id, gateway, since, connected: isOpen(stay), rooms: [...rooms] };
  });
  const plain = { user: id, status, guarded, invites: invites.length, sessions };
  if (account === undefined) return plain;
  const { born, proof, nickname, isBanned, friends, rooms } = account;
  const counts = { friends: friends.length, rooms: rooms.length, mail: box.sizes.length };
  return { ...plain, account: { born, turn: proof.turn, nickname, isBanned, ...counts } };
}
