/** What a user's shard knows of its sessions' seats: the rooms' shards tell it, it tells them. */
import type { Code, RoomId, SessionId } from "@roundhouse/kernel";
import type { Bond, Seek } from "./command.ts";
import type { Effects } from "./effects.ts";
import { announce } from "./presence.ts";
import type { Scene } from "./scene.ts";
import { isOpen, mark, type User } from "./user.ts";

export function bind(user: User, { session, room }: Bond, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay === undefined) return letGo(scene.effects, { room, session, why: undefined });
  if (stay.rooms.includes(room)) return;
  if (stay.means !== "account" && countWith(user, room) > scene.rules.roomsPerUserMax) {
    return letGo(scene.effects, { room, session, why: "rooms_limit" });
  }
  stay.rooms = stay.rooms.concat(room);
  mark(user, scene);
  announce(user, scene);
}

/** The user's shard knows who is still there: a seat without a stay is given up. */
export function letGo(effects: Effects, seat: SeatOver): void {
  effects.send(seat.room, { on: "unseat", ...seat });
}

export function unbind(user: User, { session, room }: Bond, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay === undefined || !stay.rooms.includes(room)) return;
  stay.rooms = stay.rooms.filter((it) => it !== room);
  mark(user, scene);
  announce(user, scene);
}

/** Sent on to the room, behind every reseat that this shard has sent there before. */
export function seek(user: User | undefined, asked: Seek, { effects }: Scene): void {
  const { session, room, gateway } = asked;
  const stay = user?.stays.find((it) => it.session === session);
  if (stay !== undefined && isOpen(stay)) effects.send(room, { ...asked, on: "catchUp" });
  else effects.refuse({ gateway, session, room }, "not_a_member");
}

type SeatOver = {
  readonly room: RoomId;
  readonly session: SessionId;
  readonly why: Code | undefined;
};

/**
 * How many rooms the user is in with this one, each counted once over all devices. Those of a session
 * that logged in are memberships, which are counted by themselves.
 */
function countWith({ stays }: User, room: RoomId): number {
  const [only] = stays;
  if (stays.length === 1 && only !== undefined) return only.rooms.length + 1;
  const players = stays.filter(({ means }) => means !== "account");
  return new Set(players.flatMap((stay) => stay.rooms)).add(room).size;
}
