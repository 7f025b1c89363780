/** How a room is created, and how one becomes a member of it and takes a seat there. */
import { openAllowance } from "./allowance.ts";
import { askerOf } from "./answers.ts";
import { type Case, done, type Of, refuse } from "./case.ts";
import type { Charter } from "./charter.ts";
import { type Created, factsOf, isCreated, objection } from "./created.ts";
import { askToEnter } from "./entry-requests.ts";
import { enroll } from "./membership.ts";
import { meetRoom } from "./needs.ts";
import { keepNumbers, mintFor, numbersOf } from "./numbers.ts";
import { roomKey } from "./record.ts";
import { CAPACITY_AT_FIRST, KEEPING } from "./rules.ts";
import type { Scene } from "./scene.ts";
import { takeSeat } from "./seating.ts";
import { openRoom } from "./seats.ts";
import type { ShardState } from "./state.ts";

export function create(state: ShardState, command: Of<"create">, scene: Scene): void {
  const asker = askerOf(command, scene);
  const here = meetRoom(state, command.room);
  const { user, born, access, hash } = command;
  if (access === "password" && hash === undefined) {
    return refuse({ asker, command, scene }, "room_password_invalid");
  }
  if (here !== undefined) return refuse({ asker, command, scene }, "room_taken");
  if (scene.isFull()) return refuse({ asker, command, scene }, "records_full");
  const charter = openCharter(state, command, scene);
  const room: Created = Object.assign(openRoom(command.room, user), { charter });
  state.rooms.set(room.id, room);
  const numbers = numbersOf(state);
  numbers.rooms++;
  keepNumbers(numbers, scene);
  enroll(room, { user, born, asker }, scene);
}

/** What nobody may know who does not know the password comes first, then what forbids it anyway. */
export function enter(it: Case<Of<"enter">>): void {
  const { room, command, asker, scene } = it;
  const { user, born } = command;
  const held = room.charter.members.get(user);
  if (held === born) return done(it);
  if (held !== undefined) return refuse(it, "account_unknown"); // Said in a life that is over.
  if (room.charter.access === "password" && !isProven(it)) return;
  const code = objection(room, user);
  if (code !== undefined) return refuse(it, code, factsOf(code, room.charter));
  if (room.charter.access === "permission") return askToEnter(it);
  enroll(room, { user, born, asker }, scene);
}

/** From the user's shard: a session begins, and sits where its user is a member. */
export function arrive(state: ShardState, command: Of<"arrive">, scene: Scene): void {
  const { user, born, session, gateway } = command;
  const room = meetRoom(state, command.room);
  if (isCreated(room) && room.charter.members.get(user) === born) {
    return takeSeat(room, { user, born, session, gateway }, scene);
  }
  const { effects } = scene;
  const over = { on: "disenrolled", user, born, room: command.room, notice: undefined } as const;
  effects.send(user, over);
  // That makes its shard forget the room: it may sit there as a guest meanwhile.
  for (const [guest, seat] of room?.seats ?? []) {
    if (seat.user === user)
      effects.send(user, { on: "bound", user, session: guest, room: command.room });
  }
}

function openCharter(state: ShardState, command: Of<"create">, scene: Scene): Charter {
  const { user, title, access, hash } = command;
  return {
    born: mintFor(state, scene),
    since: scene.now,
    title,
    description: "",
    owner: user,
    admins: new Set(),
    members: new Map(),
    access,
    proof: hash === undefined ? undefined : { hash, turn: 1 },
    capacity: Math.min(CAPACITY_AT_FIRST, scene.rules.membersPerRoomMax),
    isLocked: false,
    barred: new Set(),
    requests: [],
    seq: 0,
    keeping: openAllowance(KEEPING),
    isChanged: true,
  };
}

/** Whether the password was found right; if not, the asker is told what comes next. */
function isProven(it: Case<Of<"enter">>): boolean {
  const { state, room, command, asker, scene } = it;
  const { hasPassword, turn, address } = command;
  const { proof } = room.charter;
  const { session, request, gateway } = asker;
  const target = roomKey(room.id);
  if (!hasPassword || proof === undefined || session === undefined) {
    refuse(it, "room_password_invalid");
  } else if (turn === undefined) {
    if (!state.attempts.take(target, address, scene.now)) refuse(it, "attempts_exceeded");
    else {
      const told = { on: "challenge", room: room.id, proof, request } as const;
      scene.effects.tellSession(gateway, session, told);
    }
  } else if (turn !== proof.turn) refuse(it, "password_wrong");
  else {
    state.attempts.clear(target, address);
    return true;
  }
  return false;
}
