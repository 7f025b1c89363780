/** What may be asked of a room, and what follows from it. */
import type { Code, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { isMember } from "./charter.ts";
import type { RoomCommand } from "./command.ts";
import { isCreated, objection } from "./created.ts";
import type { Effects } from "./effects.ts";
import type { Action, RoomEvent, RoomFacts } from "./item.ts";
import { keepUnheard } from "./notifying.ts";
import { ACTION_AGE_MS_MAX } from "./rules.ts";
import type { Scene } from "./scene.ts";
import { tellSeated } from "./seating.ts";
import { happen, makeWhole, part, pass, type Room, sit, stand } from "./seats.ts";

export function join(room: Room, command: Of<"join">, scene: Scene): void {
  const { session, user, born, request } = command;
  const { gateway, effects, rules } = scene;
  const seat = room.seats.get(session);
  if (seat !== undefined) makeWhole(room, session, seat, scene);
  else {
    const code = whyNot(room, command, rules.membersPerRoomMax);
    if (code !== undefined) {
      const most = room.charter?.capacity ?? rules.membersPerRoomMax;
      const facts = code === "room_full" ? { most } : {};
      return effects.refuse({ gateway, session, room: room.id, request }, code, facts);
    }
    sit(room, session, { user, gateway }, scene);
    effects.send(user, { on: "bound", user, session, room: room.id });
  }
  invite(room, user, command.invite, effects);
  tellSeated(room, { user, born, session, gateway, request }, scene);
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
  const isHeard = !seat.isParted;
  stand(room, session, seat, scene);
  const { effects } = scene;
  const { user, gateway } = seat;
  // It may have left and come again since: then this takes a newer seat, whose bond must go too.
  if (why !== undefined) effects.send(user, { on: "unbound", user, session, room: room.id });
  if (!isHeard) return;
  effects.tellSession(gateway, session, { on: "unseated", room: room.id });
  if (why !== undefined) effects.refuse({ gateway, session, room: room.id }, why);
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

/** Its gateway lost the connection. The seat may have moved on or be given up meanwhile. */
export function partFrom(room: Room, { session, after }: Of<"part">, scene: Scene): void {
  const seat = room.seats.get(session);
  if (seat === undefined || seat.isParted) return;
  part(room, session, seat, scene);
  if (after !== undefined) keepUnheard(room, seat.user, after, scene);
}

/**
 * A gateway died: so did all its connections, a while ago. Nobody knows what they heard of the last
 * words: those are kept, of what is in memory.
 */
export function loseGateway(room: Room, scene: Scene): void {
  if (!room.gateways.has(scene.gateway)) return;
  const lost = [...room.seats].filter(([, seat]) => seat.gateway === scene.gateway);
  for (const [session, seat] of lost) part(room, session, seat, scene);
  if (!isCreated(room)) return;
  const before = room.history.before(scene.now - DEATH_KNOWN_MS);
  const from = new Map<UserId, number>();
  for (const [, { user, hearsFrom }] of lost) {
    from.set(user, Math.min(hearsFrom, from.get(user) ?? hearsFrom));
  }
  for (const [user, after] of from) keepUnheard(room, user, Math.max(before, after), scene);
}

/** A seat goes on under its session's new connection; tells whether that has it now. */
export function reseat(room: Room, move: Move, scene: Scene): boolean {
  const { was, session, user, gateway } = move;
  const seat = room.seats.get(was);
  if (seat === undefined || seat.user !== user || was === session) {
    return room.seats.get(session)?.user === user;
  }
  const isHeard = !seat.isParted;
  pass(room, was, seat, { session, gateway, scene });
  if (isHeard) scene.effects.tellSession(seat.gateway, was, { on: "unseated", room: room.id });
  return true;
}

/** The seat was given up before the session's move came to be known here: so is the bond. */
export function unbind({ user, session, room }: Move, { effects }: Scene): void {
  effects.send(user, { on: "unbound", user, session, room });
}

/** The new connection is here and hears what it missed; the first to say so moves the seat. */
export function catchUp(room: Room, command: Of<"catchUp">, scene: Scene): void {
  const gateway = command.gateway ?? scene.gateway;
  const { user, session } = command;
  const isMoving = !room.seats.has(session);
  if (!reseat(room, { ...command, gateway }, scene)) return seek(command, scene);
  // The user's shard did not move it: it may never have heard of it, nor of who sits there now.
  if (isMoving) scene.effects.send(user, { on: "bound", user, session, room: room.id });
  replay(room, { ...command, after: command.after ?? room.seq }, scene);
}

/**
 * There is no seat, or not yet: another connection may have resumed the session in between, and the
 * word of that be on its way. By way of the user's shard the question comes here after that word.
 */
export function seek(command: Of<"catchUp">, scene: Scene): void {
  const { gateway = scene.gateway, user, room, session } = command;
  if (command.gateway === undefined) {
    return scene.effects.send(user, { ...command, on: "seek", gateway });
  }
  scene.effects.refuse({ gateway, session, room }, "not_a_member");
}

export function replayTo(room: Room, command: Of<"history">, scene: Scene): void {
  if (!room.seats.has(command.session)) return refuseStranger(room.id, command, scene);
  replay(room, command, scene);
}

/** What happened after an event, as far as it is known, and how many numbers are missing before. */
export function since(room: Room, after: number, { now, rules }: Scene): Since {
  room.history.trim(now, rules);
  const events = room.history.after(after);
  const reached = events[0]?.seq ?? room.seq + 1;
  return { events, lost: Math.max(0, reached - after - 1) };
}

export const roomFacts = ({ id, owner, members, seq, charter }: Room): RoomFacts => {
  const facts = { id, owner, members: members.size, seq };
  if (charter === undefined) return facts;
  const { title, access } = charter;
  return { ...facts, created: { title, access, members: charter.members.size } };
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
type Since = { readonly events: readonly RoomEvent[]; readonly lost: number };

/** Why a user may not sit here. A member of a created room always may. */
function whyNot(room: Room, sitter: Of<"join">, most: number): Code | undefined {
  const { user } = sitter;
  if (!isCreated(room)) {
    return !room.members.has(user) && room.members.size >= most ? "room_full" : undefined;
  }
  const { barred, access } = room.charter;
  if (isMember(room.charter, sitter)) return undefined;
  if (barred.has(user)) return "room_barred";
  return access === "public" ? objection(room, user) : "room_closed";
}

function invite(room: Room, from: UserId, users: readonly UserId[], effects: Effects): void {
  for (const user of users) effects.send(user, { on: "invited", user, room: room.id, from });
}

/** Whoever is told what happened is there to be told what happens. */
function replay(room: Room, { session, after, request }: Replay, scene: Scene): void {
  const seat = room.seats.get(session);
  if (seat === undefined) return;
  makeWhole(room, session, seat, scene);
  room.open = undefined;
  const told = { on: "replayed", room: room.id, seq: room.seq, request } as const;
  scene.effects.tellSession(seat.gateway, session, { ...told, ...since(room, after, scene) });
}

/** A missing time, one of the future, or one too far back is the server's. */
function corrected(at: number | undefined, now: Millis): Millis {
  return at === undefined || at > now || at < now - ACTION_AGE_MS_MAX ? now : at;
}

/** A gateway's death is known to every shard after so long, at most. */
const DEATH_KNOWN_MS = 18_000;
