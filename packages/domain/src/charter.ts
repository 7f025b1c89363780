/** What a created room is: title, owner, members, rights; changed in place by its shard alone. */
import type { Millis, UserId } from "@roundhouse/kernel";
import type { Access, Born, EntryRequest, Proof } from "./record.ts";

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
  /** Whether the record is to be written when the batch is over. */
  isChanged: boolean;
};

/** Who may decide about others: its owner, and whom that one appointed. */
export const isInCharge = ({ owner, admins }: Charter, user: UserId): boolean => {
  return user === owner || admins.has(user);
};
