/** Whom a session hears of, and why: friends, and the fellow members of its rooms. */
import type { RoomId, UserId } from "@roundhouse/kernel";

export type Circle = {
  readonly friends: ReadonlySet<UserId>;
  readonly mates: ReadonlyMap<RoomId, ReadonlySet<UserId>>;
  /** Those whose presence the gateway tells. Fewer than there are, when there are too many. */
  readonly watched: ReadonlySet<UserId>;
};

/** The next circle, and what the gateway must know. */
export type Change = {
  readonly circle: Circle;
  readonly watch: readonly UserId[];
  readonly unwatch: readonly UserId[];
};

export const openCircle = (): Circle => ({
  friends: new Set(),
  mates: new Map(),
  watched: new Set(),
});

export const isKnown = ({ friends, mates }: Circle, user: UserId): boolean => {
  if (friends.has(user)) return true;
  for (const members of mates.values()) if (members.has(user)) return true;
  return false;
};

export function befriend(circle: Circle, users: readonly UserId[], most: number): Change {
  return begin({ ...circle, friends: new Set([...circle.friends, ...users]) }, users, most);
}

export function unfriend(circle: Circle, user: UserId): Change {
  return end({ ...circle, friends: without(circle.friends, user) }, [user]);
}

/** These are the others in the room, whoever was before. */
export function meetAll(
  circle: Circle,
  room: RoomId,
  users: readonly UserId[],
  most: number,
): Change {
  const before = [...(circle.mates.get(room) ?? [])];
  const mates = new Map(circle.mates).set(room, new Set(users));
  const ended = end({ ...circle, mates }, before);
  const begun = begin(ended.circle, users, most);
  return { ...begun, unwatch: ended.unwatch };
}

export function meet(circle: Circle, room: RoomId, user: UserId, most: number): Change {
  const members = new Set(circle.mates.get(room)).add(user);
  return begin({ ...circle, mates: new Map(circle.mates).set(room, members) }, [user], most);
}

/** Somebody is no member of the room any more. */
export function part(circle: Circle, room: RoomId, user: UserId): Change {
  const members = circle.mates.get(room);
  if (members === undefined) return { circle, watch: NOBODY, unwatch: NOBODY };
  const mates = new Map(circle.mates).set(room, without(members, user));
  return end({ ...circle, mates }, [user]);
}

/** The room is none of this session's any more. */
export function leave(circle: Circle, room: RoomId): Change {
  const members = circle.mates.get(room) ?? NOBODY;
  const mates = new Map(circle.mates);
  mates.delete(room);
  return end({ ...circle, mates }, [...members]);
}

/** Somebody is gone for good. */
export function forget({ friends, mates, watched }: Circle, user: UserId): Change {
  const left = [...mates].map(([room, members]) => [room, without(members, user)] as const);
  return end({ friends: without(friends, user), mates: new Map(left), watched }, [user]);
}

function begin(circle: Circle, users: readonly UserId[], most: number): Change {
  const fresh = users.filter((user) => !circle.watched.has(user));
  const watch = fresh.slice(0, Math.max(0, most - circle.watched.size));
  if (watch.length === 0) return { circle, watch, unwatch: NOBODY };
  const watched = new Set([...circle.watched, ...watch]);
  return { circle: { ...circle, watched }, watch, unwatch: NOBODY };
}

/** For these a reason is gone; whoever has no other is not watched any longer. */
function end(circle: Circle, users: readonly UserId[]): Change {
  const unwatch = users.filter((user) => circle.watched.has(user) && !isKnown(circle, user));
  if (unwatch.length === 0) return { circle, watch: NOBODY, unwatch };
  const watched = new Set(circle.watched);
  for (const user of unwatch) watched.delete(user);
  return { circle: { ...circle, watched }, watch: NOBODY, unwatch };
}

function without(users: ReadonlySet<UserId>, user: UserId): ReadonlySet<UserId> {
  if (!users.has(user)) return users;
  const left = new Set(users);
  left.delete(user);
  return left;
}

const NOBODY: readonly UserId[] = [];
