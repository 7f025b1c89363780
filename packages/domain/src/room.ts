/**
 * A room: seats, order, history. Changed in place by its shard alone, because a copy per action
 * would cost a room of a thousand a thousand times too much (style, rule 4).
 */
import type { GatewayId, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { RoomCommand } from "./command.ts";
import type { Addressed, Effects } from "./effects.ts";
import { History } from "./history.ts";
import type { Action, RoomEvent, RoomFacts } from "./item.ts";
import { ACTION_AGE_MS_MAX } from "./rules.ts";
import type { Scene } from "./scene.ts";

type Seat = { readonly user: UserId; gateway: GatewayId };

export type Room = {
  readonly id: RoomId;
  /** Who made it. */
  readonly owner: UserId;
  /** One seat per session: a user may sit here from several devices and is one member. */
  readonly seats: Map<SessionId, Seat>;
  /** How many seats each member holds. */
  readonly members: Map<UserId, number>;
  /** How many seats each gateway serves. */
  readonly gateways: Map<GatewayId, number>;
  /** The gateways to tell, made anew only when `gateways` changes. */
  audience: readonly GatewayId[];
  /** The number of the last event. */
  seq: number;
  readonly history: History;
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
  open: undefined,
});

export function join(room: Room, command: Of<"join">, scene: Scene): void {
  const { session, user, request } = command;
  const { gateway, effects, rules } = scene;
  if (!room.seats.has(session)) {
    if (!room.members.has(user) && room.members.size >= rules.membersPerRoomMax) {
      const most = rules.membersPerRoomMax;
      effects.refuse({ gateway, session, room: room.id, request }, "room_full", { most });
      return;
    }
    sit(room, session, { user, gateway }, scene);
    effects.send(user, { on: "bound", user, session, room: room.id });
  }
  invite(room, user, command.invite, effects);
  room.open = undefined; // Events from here on are for the new seat too: they come after this.
  effects.tellSession(gateway, session, { on: "seated", room: room.id, seq: room.seq, request });
}

export function leave(room: Room, command: Of<"leave">, scene: Scene): void {
  const { session, request } = command;
  const seat = room.seats.get(session);
  if (seat === undefined) return refuseStranger(room.id, command, scene);
  stand(room, session, seat, scene);
  scene.effects.send(seat.user, { on: "unbound", user: seat.user, session, room: room.id });
  const told = { on: "unseated", room: room.id, request } as const;
  scene.effects.tellSession(seat.gateway, session, told);
}

export function unseat(room: Room, { session, why }: Of<"unseat">, scene: Scene): void {
  const seat = room.seats.get(session);
  if (seat === undefined) return;
  stand(room, session, seat, scene);
  if (why === undefined) return;
  const { effects } = scene;
  // It may have left and come again since: then this takes a newer seat, whose bond must go too.
  effects.send(seat.user, { on: "unbound", user: seat.user, session, room: room.id });
  effects.tellSession(seat.gateway, session, { on: "unseated", room: room.id });
  effects.refuse({ gateway: seat.gateway, session, room: room.id }, why);
}

/** The hot path: one lookup, one event, one push. */
export function act(room: Room, command: Of<"act">, scene: Scene): void {
  const seat = room.seats.get(command.session);
  if (seat === undefined) return refuseStranger(room.id, command, scene);
  const { now, effects } = scene;
  for (const action of command.actions) action.at = corrected(action.at, now);
  const actions = command.actions as readonly Action[]; // Every time is set now.
  const seq = room.seq + 1;
  room.seq += Math.max(1, actions.length);
  happen(room, { on: "game", seq, from: seat.user, actions, extra: command.extra }, scene);
  const { request, session } = command;
  if (request === undefined) return;
  effects.tellSession(seat.gateway, session, { on: "accepted", room: room.id, seq, request });
}

export function inviteAs(room: Room, command: Of<"invite">, scene: Scene): void {
  const seat = room.seats.get(command.session);
  if (seat === undefined) return refuseStranger(room.id, command, scene);
  invite(room, seat.user, command.users, scene.effects);
  const { request, session } = command;
  if (request === undefined) return;
  const told = { on: "accepted", room: room.id, seq: room.seq, request } as const;
  scene.effects.tellSession(seat.gateway, session, told);
}

/** A seat goes on under its session's new connection; tells whether that has it now. */
export function reseat(room: Room, { was, session, user, gateway }: Move): boolean {
  const seat = room.seats.get(was);
  if (seat === undefined || seat.user !== user) return room.seats.get(session)?.user === user;
  room.seats.delete(was);
  room.seats.set(session, { user, gateway });
  recount(room, seat.gateway, -1);
  recount(room, gateway, 1);
  return true;
}

/** The seat was given up before the session's move came to be known here: so is the bond. */
export function unbind({ user, session, room }: Move, { effects }: Scene): void {
  effects.send(user, { on: "unbound", user, session, room });
}

/** The new connection is here and hears what it missed; the first to say so moves the seat. */
export function catchUp(room: Room, command: Of<"catchUp">, scene: Scene): void {
  const hasSeat = reseat(room, { ...command, gateway: scene.gateway });
  if (!hasSeat) return refuseStranger(room.id, command, scene);
  replay(room, { ...command, after: command.after ?? room.seq }, scene);
}

export function replayTo(room: Room, command: Of<"history">, scene: Scene): void {
  if (!room.seats.has(command.session)) return refuseStranger(room.id, command, scene);
  replay(room, command, scene);
}

export const roomFacts = ({ id, owner, members, seq }: Room): RoomFacts => {
  return { id, owner, members: members.size, seq };
};

/** Somebody who has no seat asked for something that takes one. */
export function refuseStranger(room: RoomId, asked: Asked, scene: Scene): void {
  const { gateway, effects } = scene;
  effects.refuse({ gateway, session: asked.session, room, request: asked.request }, "not_a_member");
}

type Of<On extends RoomCommand["on"]> = Extract<RoomCommand, { on: On }>;
type Asked = { readonly session: SessionId; readonly request?: number | undefined };
type Move = Omit<Of<"reseat">, "on">;
type Replay = Asked & { readonly after: number };

function sit(room: Room, session: SessionId, seat: Seat, scene: Scene): void {
  const seats = room.members.get(seat.user) ?? 0;
  room.seats.set(session, seat);
  room.members.set(seat.user, seats + 1);
  // The new seat's own gateway hears of the join in any case: other members may sit there.
  if (seats === 0) happen(room, { on: "joined", seq: ++room.seq, user: seat.user }, scene);
  recount(room, seat.gateway, 1);
}

function stand(room: Room, session: SessionId, { user, gateway }: Seat, scene: Scene): void {
  room.seats.delete(session);
  recount(room, gateway, -1);
  const seats = (room.members.get(user) ?? 1) - 1;
  if (seats > 0) room.members.set(user, seats);
  else {
    room.members.delete(user);
    happen(room, { on: "left", seq: ++room.seq, user }, scene);
  }
  room.open = undefined; // Whoever stood up is told so now: events from here on come after that.
}

function recount(room: Room, gateway: GatewayId, by: 1 | -1): void {
  const before = room.gateways.get(gateway) ?? 0;
  const seats = before + by;
  if (seats > 0) room.gateways.set(gateway, seats);
  else room.gateways.delete(gateway);
  if (before !== 0 && seats > 0) return;
  room.audience = [...room.gateways.keys()];
  room.open = undefined; // What was collected so far goes to the audience of before.
}

function happen(room: Room, event: RoomEvent, { effects, now, rules }: Scene): void {
  room.history.add(event, now, rules);
  if (room.open?.effects === effects) {
    room.open.events.push(event);
    return;
  }
  const item: Addressed["item"] & { to: "room" } = { to: "room", room: room.id, events: [event] };
  effects.tell(room.audience, item);
  room.open = { effects, events: item.events };
}

function invite(room: Room, from: UserId, users: readonly UserId[], effects: Effects): void {
  for (const user of users) effects.send(user, { on: "invited", user, room: room.id, from });
}

function replay(room: Room, { session, after, request }: Replay, scene: Scene): void {
  const { effects, gateway, now, rules } = scene;
  room.history.trim(now, rules);
  const events = room.history.after(after);
  const reached = events[0]?.seq ?? room.seq + 1;
  const lost = Math.max(0, reached - after - 1);
  room.open = undefined;
  const told = { on: "replayed", room: room.id, seq: room.seq, events, lost, request } as const;
  effects.tellSession(gateway, session, told);
}

/** A missing time, one of the future, or one too far back is the server's. */
function corrected(at: number | undefined, now: Millis): Millis {
  return at === undefined || at > now || at < now - ACTION_AGE_MS_MAX ? now : at;
}
