/** What a created room is: title, owner, members, rights; changed in place by its shard alone. */
import type { Millis, UserId } from "@roundhouse/kernel";
import type { Access, Born, EntryRequest, Proof, RoomRecord } from "./record.ts";
import type { Room } from "./seats.ts";

export type Charter = {
  readonly born: Born;
  readonly since: Millis;
  title: string;
  description: string;
  readonly owner: UserId;
  readonly admins: Set<UserId>;
  readonly members: Map<UserId, Born>;
  access: Access;
  proof: Proof | undefined;
  capacity: number;
  isLocked: boolean;
  readonly barred: Set<UserId>;
  requests: readonly EntryRequest[];
  /** What the record says the number of the last event is. */
  seq: number;
};

/** A room that was looked up gets what its record says. */
export function charter(room: Room, record: RoomRecord): void {
  const { admins, members, barred, ...rest } = record;
  room.charter = {
    ...rest,
    admins: new Set(admins),
    members: new Map(members),
    barred: new Set(barred),
  };
  room.owner = record.owner;
  room.seq = Math.max(room.seq, record.seq);
}
