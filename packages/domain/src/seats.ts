/**
 * A room's seats and its order, changed in place by its shard alone, because a copy per action would
 * cost a room of a thousand a thousand times too much (style, rule 4).
 */
import type { GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Charter } from "./charter.ts";
import type { Addressed, Effects } from "./effects.ts";
import { History } from "./history.ts";
import type { RoomEvent } from "./item.ts";
import type { Scene } from "./scene.ts";

export type Seat = {
  readonly user: UserId;
  readonly gateway: GatewayId;
  /** Its connection is gone, or not heard of yet: it keeps its place and hears nothing. */
  isParted: boolean;
  /** Its gateway passes on what has a greater number, as long as it is not parted. */
  hearsFrom: number;
};

export type Room = {
  readonly id: RoomId;
  /** Who made it. */
  owner: UserId;
  /** One seat per session: a user may sit here from several devices and is one member. */
  readonly seats: Map<SessionId, Seat>;
  /** How many seats each member holds. */
  readonly members: Map<UserId, number>;
  /** How many seats each gateway serves that are not parted. */
  readonly gateways: Map<GatewayId, number>;
  /** The gateways to tell, made anew only when `gateways` changes. */
  audience: readonly GatewayId[];
  /** The number of the last event. */
  seq: number;
  readonly history: History;
  /** What it is beyond who sits there; undefined: nobody created it, it is gone when empty. */
  charter: Charter | undefined;
  /** Whether its record was looked up: a room that was restored is here without its charter. */
  isKnown: boolean;
  /** It was restored, and what its history held before has not been recalled. */
  isYoung: boolean;
  /** The item of the batch being decided that further events of this room still fit into. */
  open: { readonly effects: Effects; readonly events: RoomEvent[] } | undefined;
};

export const openRoom = (id: RoomId, owner: UserId): Room => ({
  id,
  owner,
  seats: new Map(),
  members: new Map(),
  gateways: new Map(),
  audience: [],
  seq: 0,
  history: new History(),
  charter: undefined,
  isKnown: true,
  isYoung: false,
  open: undefined,
});

/** A session takes a seat, and its connection is there. */
export function sit(room: Room, session: SessionId, sitter: Sitter, scene: Scene): void {
  const { user, gateway } = sitter;
  const seat: Seat = { user, gateway, isParted: true, hearsFrom: 0 };
  place(room, session, seat);
  mark(room, session, scene);
  // The new seat's own gateway hears of the join in any case: other members may sit there.
  if (room.members.get(user) === 1) comeOrGo(room, "joined", { user }, scene);
  makeWhole(room, session, seat, scene);
}

/** `by`: who put it out, if somebody did. */
export function stand(room: Room, session: SessionId, seat: Seat, scene: Scene, by?: UserId): void {
  part(room, session, seat, scene);
  room.seats.delete(session);
  mark(room, session, scene);
  const { user } = seat;
  const seats = (room.members.get(user) ?? 1) - 1;
  if (seats > 0) room.members.set(user, seats);
  else {
    room.members.delete(user);
    comeOrGo(room, "left", { user, by }, scene);
  }
  room.open = undefined; // Whoever stood up is told so now: events from here on come after that.
}

/** All stand up, and nobody hears of anybody: the room is no more. */
export function vacate(room: Room, scene: Scene): void {
  for (const [session, seat] of room.seats) {
    part(room, session, seat, scene);
    mark(room, session, scene);
  }
  room.seats.clear();
  room.members.clear();
  scene.changed?.rooms.add(room.id);
}

/** The seat's connection hears the room from now on. */
export function makeWhole(room: Room, session: SessionId, seat: Seat, scene: Scene): void {
  if (!seat.isParted) return;
  seat.isParted = false;
  seat.hearsFrom = room.seq;
  recount(room, seat.gateway, 1);
  scene.tallies.add("seats", seat.gateway, seatName(session, room.id));
  mark(room, session, scene);
}

/** The seat keeps its place, but its connection hears nothing more. */
export function part(room: Room, session: SessionId, seat: Seat, scene: Scene): void {
  if (seat.isParted) return;
  seat.isParted = true;
  recount(room, seat.gateway, -1);
  scene.tallies.remove("seats", seat.gateway, seatName(session, room.id));
  mark(room, session, scene);
}

/** The seat goes on under another session, which has not asked for what it missed yet. */
export function pass(room: Room, was: SessionId, seat: Seat, next: Next): void {
  const { session, gateway, scene } = next;
  part(room, was, seat, scene);
  // It may have come and sat down by itself meanwhile: then it has one seat too many.
  if (room.seats.has(session)) return stand(room, was, seat, scene);
  room.seats.delete(was);
  mark(room, was, scene);
  room.seats.set(session, { ...seat, gateway, isParted: true });
  mark(room, session, scene);
  room.open = undefined;
}

/** Puts a parted seat where nobody heard of it: in a new room, or in one that is restored. */
export function place(room: Room, session: SessionId, seat: Seat): void {
  room.seats.set(session, seat);
  room.members.set(seat.user, (room.members.get(seat.user) ?? 0) + 1);
}

export function recount(room: Room, gateway: GatewayId, by: 1 | -1): void {
  const before = room.gateways.get(gateway) ?? 0;
  const seats = before + by;
  if (seats > 0) room.gateways.set(gateway, seats);
  else room.gateways.delete(gateway);
  if (before !== 0 && seats > 0) return;
  room.audience = [...room.gateways.keys()];
  room.open = undefined; // What was collected so far goes to the audience of before.
}

/** An event takes its place in the order. One that nobody hears is said all the same: it is past. */
export function happen(room: Room, event: RoomEvent, scene: Scene): void {
  const { effects, now, rules } = scene;
  room.history.add(event, now, rules);
  if (room.open?.effects === effects) {
    room.open.events.push(event);
    return;
  }
  const item: Addressed["item"] & { to: "room" } = { to: "room", room: room.id, events: [event] };
  effects.items.push({ to: room.audience, item });
  room.open = { effects, events: item.events };
  scene.changed?.rooms.add(room.id);
}

/** A seat's name among all seats: no session's name has a space in it. */
export const seatName = (session: SessionId, room: RoomId): string => `${session} ${room}`;

type Sitter = { readonly user: UserId; readonly gateway: GatewayId };

type Next = {
  readonly session: SessionId;
  readonly gateway: GatewayId;
  readonly scene: Scene;
};

type Who = { readonly user: UserId; readonly by?: UserId | undefined };

function comeOrGo(room: Room, on: "joined" | "left", { user, by }: Who, scene: Scene): void {
  const event = { on, seq: ++room.seq, user } as const;
  const isMember = room.charter?.members.has(user) === true;
  if (isMember) happen(room, { ...event, member: true }, scene);
  else happen(room, by === undefined ? event : { ...event, by }, scene);
}

function mark({ id }: Room, session: SessionId, { changed }: Scene): void {
  changed?.seats.set(seatName(session, id), [session, id]);
}
