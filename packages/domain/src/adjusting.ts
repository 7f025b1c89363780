/** What owner and admins may change about a room that was created. */
import { type Case, done, type Of, refuse } from "./case.ts";
import { isInCharge, isOwner } from "./charter.ts";
import type { Adjustment } from "./charter-command.ts";
import { takenOf } from "./created.ts";
import { standGuestsUp } from "./membership.ts";
import { notify } from "./notifying.ts";
import { happen } from "./seats.ts";

export function adjust(it: Case<Of<"adjust">>): void {
  const { room, command, scene } = it;
  const { charter } = room;
  const { title: _, description: __, access, ...others } = command.changes;
  const { hash, capacity, isLocked } = others;
  if (access === "password" && hash === undefined && charter.proof === undefined) {
    return refuse(it, "room_password_invalid");
  }
  const isOwnersAlone = access !== undefined || Object.keys(others).length > 0;
  const may = isOwnersAlone ? isOwner(charter, command) : isInCharge(charter, command);
  if (!may) return refuse(it, "rights_missing");
  const least = takenOf(room);
  if (capacity !== undefined && capacity < least) return refuse(it, "room_full", { most: least });
  charter.access = access ?? charter.access;
  if (hash !== undefined) charter.proof = { hash, turn: (charter.proof?.turn ?? 0) + 1 };
  if (capacity !== undefined) {
    charter.capacity = Math.min(capacity, scene.rules.membersPerRoomMax);
  }
  charter.isLocked = isLocked ?? charter.isLocked;
  charter.isChanged = true;
  entitle(it);
  done(it);
  // Behind the answer: whoever closes a room hears who had to leave, as it named nobody.
  if (access !== undefined && access !== "public") {
    room.open = undefined;
    standGuestsUp(room, "room_closed", scene);
  }
}

export function setAdmin(it: Case<Of<"setAdmin">>): void {
  const { room, command, scene } = it;
  const { owner, admins, members } = room.charter;
  const { subject, isAdmin } = command;
  if (!members.has(subject)) return refuse(it, "account_unknown");
  if (!isOwner(room.charter, command) || subject === owner) return refuse(it, "rights_missing");
  if (admins.has(subject) === isAdmin) return done(it);
  if (isAdmin) admins.add(subject);
  else admins.delete(subject);
  room.charter.isChanged = true;
  notify(room, subject, { on: isAdmin ? "appointed" : "deposed", room: room.id }, scene);
  done(it);
}

/** What is the same as before is no event. */
function entitle({ room, command, scene }: Case<Of<"adjust">>): void {
  const { charter } = room;
  const { title = charter.title, description = charter.description } = command.changes;
  const changes: Mutable<Pick<Adjustment, "title" | "description">> = {};
  if (title !== charter.title) changes.title = title;
  if (description !== charter.description) changes.description = description;
  if (Object.keys(changes).length === 0) return;
  Object.assign(charter, changes);
  happen(room, { on: "titled", seq: ++room.seq, by: command.user, ...changes }, scene);
}

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
