/** A room that somebody created: its record, its places, and who may take one. */
import type { Code, Facts, UserId } from "@roundhouse/kernel";
import { openAllowance } from "./allowance.ts";
import type { Charter } from "./charter.ts";
import type { RoomRecord } from "./record.ts";
import { KEEPING } from "./rules.ts";
import type { Room } from "./seats.ts";

export type Created = Room & { readonly charter: Charter };

/** A room that was looked up gets what its record says. */
export function charter(room: Room, record: RoomRecord): void {
  const { admins, members, barred, ...rest } = record;
  room.charter = {
    ...rest,
    admins: new Set(admins),
    members: new Map(members),
    barred: new Set(barred),
    keeping: openAllowance(KEEPING),
    isChanged: false,
  };
  room.owner = record.owner;
  room.seq = Math.max(room.seq, record.seq);
}

/** A copy: what is here goes on changing. */
export function recordOf({ charter, seq }: Created): RoomRecord {
  const { admins, members, barred, keeping: _, isChanged: __, ...rest } = charter;
  return {
    ...rest,
    admins: [...admins],
    members: [...members],
    barred: [...barred],
    seq,
  };
}

export const isCreated = (room: Room | undefined): room is Created => {
  return room?.charter !== undefined;
};

/** Why nobody may make this user a member, or seat it, whatever it knows and whoever approves. */
export function objection(room: Created, user: UserId): Code | undefined {
  const { barred, isLocked } = room.charter;
  if (barred.has(user)) return "room_barred";
  if (isLocked) return "room_locked";
  return !room.members.has(user) && isFull(room) ? "room_full" : undefined; // A guest has a place.
}

/** What is said with the refusal. */
export const factsOf = (code: Code, { capacity }: Charter): Facts => {
  return code === "room_full" ? { most: capacity } : {};
};

/**
 * Whether there is no place for one more. Every member has a place, here or not: guests take what is
 * left, so that a member who comes always finds one.
 */
function isFull(room: Created): boolean {
  const { capacity, members } = room.charter;
  if (members.size + room.members.size < capacity) return false; // The usual case, without a loop.
  return takenOf(room) >= capacity;
}

/** How many places members and guests have. */
export function takenOf({ charter, members }: Created): number {
  let taken = charter.members.size;
  for (const user of members.keys()) if (!charter.members.has(user)) taken++;
  return taken;
}
