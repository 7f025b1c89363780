/**
 * A set of users that is never changed: one more or one less is a new set that shares nearly all of it.
 * A room of thousands has thousands of sessions, and each has such a set of all the others.
 */
import type { UserId } from "@roundhouse/kernel";

/** Who is in which bucket, their names say. As many buckets as hold few each: a power of two. */
export type People = {
  readonly size: number;
  readonly buckets: readonly Bucket[];
};

/** So few that a copy costs less than a set would. */
type Bucket = readonly UserId[];

export const NOBODY: People = { size: 0, buckets: [[]] };

export const has = ({ buckets }: People, user: UserId): boolean => {
  return buckets[placeOf(user, buckets.length)]?.includes(user) === true;
};

export const all = ({ buckets }: People): readonly UserId[] => buckets.flat();

export function plus(people: People, users: readonly UserId[]): People {
  const { size, buckets } = fitted(people, people.size + users.length);
  const next = [...buckets];
  let more = 0;
  for (const user of users) {
    const place = placeOf(user, next.length);
    const bucket = next[place] ?? [];
    if (bucket.includes(user)) continue;
    next[place] = [...bucket, user];
    more++;
  }
  return more === 0 ? people : { size: size + more, buckets: next };
}

export function minus(people: People, users: readonly UserId[]): People {
  const { size, buckets } = people;
  const next = [...buckets];
  let less = 0;
  for (const user of users) {
    const place = placeOf(user, next.length);
    const bucket = next[place] ?? [];
    if (!bucket.includes(user)) continue;
    next[place] = bucket.filter((other) => other !== user);
    less++;
  }
  return less === 0 ? people : fitted({ size: size - less, buckets: next }, size - less);
}

/** Buckets become more when they would be full, and fewer when empty: seldom, so it costs little. */
function fitted(people: People, size: number): People {
  const { length } = people.buckets;
  const isFull = size > length * BUCKET_MAX;
  const isEmpty = length > 1 && size < length * BUCKET_MIN;
  if (!isFull && !isEmpty) return people;
  let count = 1;
  while (count * BUCKET_MEAN < size) count *= 2;
  const buckets = Array.from({ length: count }, (): UserId[] => []);
  for (const user of all(people)) buckets[placeOf(user, count)]?.push(user);
  return { size: people.size, buckets };
}

/** FNV-1a: names that differ in one letter stand apart. */
function placeOf(user: UserId, buckets: number): number {
  if (buckets === 1) return 0;
  let hash = 0x811c9dc5;
  for (let at = 0; at < user.length; at++) {
    hash = Math.imul(hash ^ user.charCodeAt(at), 0x01000193);
  }
  return ((hash >>> 16) ^ hash) & (buckets - 1);
}

const BUCKET_MIN = 1;
const BUCKET_MEAN = 6;
const BUCKET_MAX = 16;
