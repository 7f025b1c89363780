/** How a membership begins and ends, and how a created room does: who hears of it, and whose seats go. */
import type { Code, GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Approval, Asker } from "./account-command.ts";
import type { Speaker } from "./charter.ts";
import { type Created, isCreated } from "./created.ts";
import type { Effects } from "./effects.ts";
import { meetRoom } from "./needs.ts";
import { away, notifyAll } from "./notifying.ts";
import { keepNumbers, numbersOf } from "./numbers.ts";
import { type Born, roomKey } from "./record.ts";
import type { Scene } from "./scene.ts";
import { takeSeat } from "./seating.ts";
import { happen, part, type Room, stand, vacate } from "./seats.ts";
import type { ShardState } from "./state.ts";

/** A member from now on; the asking session sits down. */
export function enroll(room: Created, entrant: Entrant, scene: Scene): void {
  const { user, born, asker, approval } = entrant;
  const { charter, id } = room;
  charter.members.set(user, born);
  charter.requests = charter.requests.filter((request) => request.user !== user);
  charter.isChanged = true;
  const event = { on: "enrolled", seq: ++room.seq, user } as const;
  happen(room, approval === undefined ? event : { ...event, by: approval.by }, scene);
  scene.effects.send(user, { on: "enrolled", user, born, room: id, asker, approval });
  const { session, gateway } = asker;
  if (approval !== undefined || session === undefined) return; // Its own sessions come by `arrive`.
  takeSeat(room, { user, born, session, gateway }, scene);
  // Behind the membership: if that is refused, or the session is gone, the seat is given up again.
  scene.effects.send(user, { on: "bound", user, session, room: id });
}

/** A membership ends, by its holder's will or another's, or with its account: and so do its seats. */
export function takeOut(room: Created, { user, why, by }: End, scene: Scene): void {
  const { charter, id } = room;
  const born = charter.members.get(user);
  if (born === undefined) return;
  standUp(room, { user, code: undefined }, scene);
  charter.members.delete(user);
  charter.admins.delete(user);
  charter.isChanged = true;
  const event = { on: "expelled", seq: ++room.seq, user, why } as const;
  happen(room, by === undefined ? event : { ...event, by }, scene);
  const notice = why === "removed" ? ({ on: "expelled", room: id } as const) : undefined;
  scene.effects.send(user, { on: "disenrolled", user, born, room: id, notice });
  if (why === "deleted") notifyAll(away(room, user), { on: "deleted", user }, scene);
}

/** A membership ends that nobody here ended. A room does not outlive its owner's. */
export function endMembership(state: ShardState, room: Created, end: End, scene: Scene): void {
  takeOut(room, end, scene);
  if (end.user === room.charter.owner) dissolve(state, room, end.user, scene);
}

/**
 * Whoever speaks in a later life of a member's name is somebody else, and says by that that the member's
 * life is over. The word of its end is on its way; nothing of it is inherited meanwhile.
 */
export function outlive(state: ShardState, { room: id, user, born }: Later, scene: Scene): void {
  if (born === undefined) return;
  const room = meetRoom(state, id);
  const held = room?.charter?.members.get(user);
  if (!isCreated(room) || held === undefined || held >= born) return;
  endMembership(state, room, { user, why: "deleted" }, scene);
}

/** The room is no more, at once; `by` whom, knows. */
export function dissolve(state: ShardState, room: Created, by: UserId, scene: Scene): void {
  const { effects } = scene;
  const { charter, id } = room;
  for (const [session, { user, gateway, isParted }] of room.seats) {
    const code = charter.members.has(user) ? undefined : "room_removed";
    tellUnseated(room, { session, user, gateway, isHeard: !isParted, code }, effects);
  }
  vacate(room, scene);
  for (const [user, born] of charter.members) {
    const notice = user === by ? undefined : ({ on: "roomRemoved", room: id } as const);
    effects.send(user, { on: "disenrolled", user, born, room: id, notice });
  }
  effects.records.set(roomKey(id), undefined);
  const numbers = numbersOf(state);
  numbers.rooms--;
  keepNumbers(numbers, scene);
  state.rooms.delete(id);
  state.loaded.set(roomKey(id), undefined); // What was looked up before says that it is there.
}

/** Whoever is no member has to go. They hear that, and nothing of each other. */
export function standGuestsUp(room: Created, code: Code, scene: Scene): void {
  const guests = [...room.seats].filter(([, { user }]) => !room.charter.members.has(user));
  for (const [session, seat] of guests) {
    const { user, gateway, isParted } = seat;
    part(room, session, seat, scene);
    tellUnseated(room, { session, user, gateway, isHeard: !isParted, code }, scene.effects);
  }
  room.open = undefined; // What comes is for those who stay.
  for (const [session, seat] of guests) stand(room, session, seat, scene);
}

/** All seats of one user; with a reason, whoever sits there is told. */
export function standUp(room: Room, { user, code, by }: Standing, scene: Scene): void {
  if (!room.members.has(user)) return;
  for (const [session, seat] of [...room.seats]) {
    if (seat.user !== user) continue;
    const isHeard = !seat.isParted;
    stand(room, session, seat, scene, by);
    tellUnseated(room, { session, user, gateway: seat.gateway, isHeard, code }, scene.effects);
  }
}

type Entrant = {
  readonly user: UserId;
  readonly born: Born;
  /** Who waits for the answer of the user's shard. */
  readonly asker: Asker;
  /** Who let it in, if not it itself. */
  readonly approval?: Approval;
};
type End = {
  readonly user: UserId;
  readonly why: "left" | "removed" | "deleted";
  /** Who removed it, or had let it in. */
  readonly by?: UserId | undefined;
};
type Later = Pick<Speaker, "user" | "born"> & { readonly room: RoomId };
type Standing = {
  readonly user: UserId;
  readonly code: Code | undefined;
  /** Who put it out. */
  readonly by?: UserId;
};
type Unseated = Omit<Standing, "by"> & {
  readonly session: SessionId;
  readonly gateway: GatewayId;
  readonly isHeard: boolean;
};

/** The user's shard in any case, the session if its connection is there. */
function tellUnseated({ id: room }: Room, unseated: Unseated, effects: Effects): void {
  const { user, session, gateway, isHeard, code } = unseated;
  effects.send(user, { on: "unbound", user, session, room });
  if (!isHeard) return;
  effects.tellSession(gateway, session, { on: "unseated", room });
  if (code !== undefined) effects.refuse({ gateway, session, room }, code);
}
