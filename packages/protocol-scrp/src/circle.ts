/** Whom a session hears of, and why: friends, and the fellow members of its rooms. */
import type { RoomId, UserId } from "@roundhouse/kernel";
import type { People } from "./people.ts";
import * as people from "./people.ts";

export type Circle = {
  readonly friends: People;
  readonly mates: ReadonlyMap<RoomId, People>;
  /** Those whose presence the gateway tells. Fewer than there are, when there are too many. */
  readonly watched: People;
};

/** The next circle, and what the gateway must know. */
export type Change = {
  readonly circle: Circle;
  readonly watch: readonly UserId[];
  readonly unwatch: readonly UserId[];
};

export const openCircle = (): Circle => ({
  friends: people.NOBODY,
  mates: new Map(),
  watched: people.NOBODY,
});

export const isKnown = ({ friends, mates }: Circle, user: UserId): boolean => {
  if (people.has(friends, user)) return true;
  for (const members of mates.values()) if (people.has(members, user)) return true;
  return false;
};

export const isWatched = ({ watched }: Circle, user: UserId): boolean => {
  return people.has(watched, user);
};

export function befriend(circle: Circle, users: readonly UserId[], most: number): Change {
  return begin({ ...circle, friends: people.plus(circle.friends, users) }, users, most);
}

export function unfriend(circle: Circle, user: UserId): Change {
  return end({ ...circle, friends: people.minus(circle.friends, [user]) }, [user]);
}

/** These are the others in the room, whoever was before. */
export function meetAll(
  circle: Circle,
  room: RoomId,
  users: readonly UserId[],
  most: number,
): Change {
  const before = people.all(circle.mates.get(room) ?? people.NOBODY);
  const mates = new Map(circle.mates).set(room, people.plus(people.NOBODY, users));
  const ended = end({ ...circle, mates }, before);
  const begun = begin(ended.circle, users, most);
  return { ...begun, unwatch: ended.unwatch };
}

export function meet(circle: Circle, room: RoomId, user: UserId, most: number): Change {
  const members = people.plus(circle.mates.get(room) ?? people.NOBODY, [user]);
  return begin({ ...circle, mates: new Map(circle.mates).set(room, members) }, [user], most);
}

/** Somebody is no member of the room any more. */
export function part(circle: Circle, room: RoomId, user: UserId): Change {
  const members = circle.mates.get(room);
  if (members === undefined) return { circle, watch: NOBODY, unwatch: NOBODY };
  const mates = new Map(circle.mates).set(room, people.minus(members, [user]));
  return end({ ...circle, mates }, [user]);
}

/** The room is none of this session's any more. */
export function leave(circle: Circle, room: RoomId): Change {
  const members = circle.mates.get(room) ?? people.NOBODY;
  const mates = new Map(circle.mates);
  mates.delete(room);
  return end({ ...circle, mates }, people.all(members));
}

/** Somebody is gone for good. */
export function forget({ friends, mates, watched }: Circle, user: UserId): Change {
  const left = [...mates].map(([room, members]) => {
    return [room, people.has(members, user) ? people.minus(members, [user]) : members] as const;
  });
  const others = people.minus(friends, [user]);
  return end({ friends: others, mates: new Map(left), watched }, [user]);
}

function begin(circle: Circle, users: readonly UserId[], most: number): Change {
  const fresh = users.filter((user) => !people.has(circle.watched, user));
  const watch = fresh.slice(0, Math.max(0, most - circle.watched.size));
  if (watch.length === 0) return { circle, watch, unwatch: NOBODY };
  const watched = people.plus(circle.watched, watch);
  return { circle: { ...circle, watched }, watch, unwatch: NOBODY };
}

/** For these a reason is gone; whoever has no other is not watched any longer. */
function end(circle: Circle, users: readonly UserId[]): Change {
  const unwatch = users.filter((user) => {
    return people.has(circle.watched, user) && !isKnown(circle, user);
  });
  if (unwatch.length === 0) return { circle, watch: NOBODY, unwatch };
  const watched = people.minus(circle.watched, unwatch);
  return { circle: { ...circle, watched }, watch: NOBODY, unwatch };
}

const NOBODY: readonly UserId[] = [];
