/** Members of a created room who are told something personally, here or not. */
import { shardOf, type UserId } from "@roundhouse/kernel";
import { type Created, isCreated } from "./created.ts";
import type { Notice } from "./notice.ts";
import type { Born } from "./record.ts";
import type { Scene } from "./scene.ts";
import type { Room } from "./seats.ts";

export function notify(room: Created, user: UserId, notice: Notice, { effects }: Scene): void {
  const born = room.charter.members.get(user);
  if (born !== undefined) effects.send(user, { on: "notify", user, born, notice });
}

/** The members of whom no seat hears anything. */
export function away({ charter, seats }: Created, but: UserId): readonly Member[] {
  const here = new Set<UserId>([but]);
  for (const { user, isParted } of seats.values()) if (!isParted) here.add(user);
  return [...charter.members].filter(([user]) => !here.has(user));
}

/** Told once to each shard, however many of its users it concerns: the text is on its way once. */
export function notifyAll(members: readonly Member[], notice: Notice, scene: Scene): void {
  const { effects, shard } = scene;
  const byShard = new Map<number, Member[]>();
  for (const member of members) {
    const home = shardOf(member[0], shard.place.shards);
    const known = byShard.get(home);
    if (known === undefined) byShard.set(home, [member]);
    else known.push(member);
  }
  for (const users of byShard.values()) {
    const [first] = users;
    if (first !== undefined) effects.send(first[0], { on: "notifyAll", users, notice });
  }
}

/**
 * Words that were said to this user's seat, but not heard there: its connection was gone. Those that
 * another seat of the user's has heard are not kept.
 */
export function keepUnheard(room: Room, user: UserId, after: number, scene: Scene): void {
  const born = isCreated(room) ? room.charter.members.get(user) : undefined;
  if (born === undefined) return;
  let until = Number.POSITIVE_INFINITY;
  for (const seat of room.seats.values()) {
    if (seat.user === user && !seat.isParted) until = Math.min(until, seat.hearsFrom);
  }
  for (const event of room.history.after(after)) {
    if (event.on !== "said" || event.from === user || event.seq > until) continue;
    const { id, at, from, text } = event;
    const notice = { on: "words", room: room.id, id, at, from, text } as const;
    notifyAll([[user, born]], notice, scene);
  }
}

type Member = readonly [UserId, Born];
