/** What a created room is: title, owner, members, rights; changed in place by its shard alone. */
import type { Millis, SessionId, UserId } from "@roundhouse/kernel";
import type { Allowance } from "./allowance.ts";
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
  /** How many notices may be kept of what is said here, for members who are away. */
  readonly keeping: Allowance;
  /** Whether the record is to be written when the batch is over. */
  isChanged: boolean;
};

/** In whose name something is asked. */
export type Speaker = {
  readonly user: UserId;
  /** Of which life of that name. */
  readonly born?: Born | undefined;
  /** Undefined: an operator speaks for whoever is called so. */
  readonly session?: SessionId | undefined;
};

/** Whether it is the member of that name, and not an earlier or later life of it. */
export const isMember = ({ members }: Charter, { user, born, session }: Speaker): boolean => {
  const held = members.get(user);
  return held !== undefined && (session === undefined || held === born);
};

export const isOwner = (charter: Charter, speaker: Speaker): boolean => {
  return speaker.user === charter.owner && isMember(charter, speaker);
};

/** Who may decide about others: its owner, and whom that one appointed. */
export const isInCharge = (charter: Charter, speaker: Speaker): boolean => {
  return isOwner(charter, speaker) || isAdmin(charter, speaker);
};

export const isAdmin = (charter: Charter, speaker: Speaker): boolean => {
  return charter.admins.has(speaker.user) && isMember(charter, speaker);
};
