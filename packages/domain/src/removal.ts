/** Who may put whom out of a created room, and what is asked to that end. */
import type { UserId } from "@roundhouse/kernel";
import { type Case, done, type Of, refuse } from "./case.ts";
import { type Charter, isAdmin, isInCharge, isMember, isOwner, type Speaker } from "./charter.ts";
import { isCreated } from "./created.ts";
import { dissolve, endMembership, standUp, takeOut } from "./membership.ts";
import { meetRoom } from "./needs.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";

/** By owner or admin, or of oneself; the owner stays as long as the room does. A guest is put out. */
export function removeMember(it: Case<Of<"removeMember">>): void {
  const { room, command, scene } = it;
  const { charter } = room;
  const { user, subject } = command;
  if (!charter.members.has(subject)) return removeGuest(it);
  const isLeaving = user === subject && user !== charter.owner && isMember(charter, command);
  if (!isLeaving && !isAbove(charter, command, subject)) return refuse(it, "rights_missing");
  const end = isLeaving ? ({ why: "left" } as const) : ({ why: "removed", by: user } as const);
  takeOut(room, { user: subject, ...end }, scene);
  done(it);
}

/** It may come again, if the room is open to guests. Of who sits there, only those in charge may ask. */
function removeGuest(it: Case<Of<"removeMember">>): void {
  const { room, command, scene } = it;
  const { user, subject } = command;
  const isHere = room.members.has(subject);
  if (!isHere || !isInCharge(room.charter, command)) return refuse(it, "account_unknown");
  standUp(room, { user: subject, code: "guest_removed", by: user }, scene);
  done(it);
}

/** Whoever is barred neither enters nor sits here, and does not ask to. */
export function bar(it: Case<Of<"bar">>): void {
  const { room, command, scene } = it;
  const { charter } = room;
  const { user, subject, isBarred } = command;
  const may = isBarred ? isAbove(charter, command, subject) : isInCharge(charter, command);
  if (!may) return refuse(it, "rights_missing");
  if (charter.barred.has(subject) === isBarred) return done(it);
  if (isBarred && charter.barred.size >= BARRED_MAX) {
    return refuse(it, "records_full", { most: BARRED_MAX });
  }
  charter.isChanged = true;
  if (isBarred) {
    charter.barred.add(subject);
    charter.requests = charter.requests.filter((request) => request.user !== subject);
    const end = { user: subject, why: "removed", by: user } as const;
    if (charter.members.has(subject)) takeOut(room, end, scene);
    else standUp(room, { user: subject, code: "room_barred", by: user }, scene);
  } else charter.barred.delete(subject);
  done(it);
}

export function removeRoom(it: Case<Of<"removeRoom">>): void {
  const { state, room, command, scene } = it;
  if (!isOwner(room.charter, command)) return refuse(it, "rights_missing");
  dissolve(state, room, command.user, scene);
  done(it);
}

/** From the user's shard: the account is gone, or did not take the membership. */
export function expel(state: ShardState, command: Of<"expel">, scene: Scene): void {
  const { user, born, why, by } = command;
  const room = meetRoom(state, command.room);
  if (!isCreated(room)) return;
  const { charter } = room;
  const others = charter.requests.filter((it) => it.user !== user || it.born !== born);
  if (why === "deleted" && others.length < charter.requests.length) {
    charter.requests = others;
    charter.isChanged = true;
  }
  if (charter.members.get(user) !== born) return; // It ended already.
  endMembership(state, room, { user, why: why === "deleted" ? "deleted" : "left", by }, scene);
}

/** Whether a user may put another out: the owner anybody else, admins whoever is not in charge. */
function isAbove(charter: Charter, speaker: Speaker, subject: UserId): boolean {
  if (isOwner(charter, speaker)) return subject !== charter.owner;
  return isAdmin(charter, speaker) && subject !== charter.owner && !charter.admins.has(subject);
}

const BARRED_MAX = 1_000;
