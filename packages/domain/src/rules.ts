/** The numbers that a shard's decisions obey. One set for the whole data set. */
import type { Millis } from "@roundhouse/kernel";

export type SessionsRule = "many" | "replace" | "refuse";

export type Rules = {
  /** What a second identified connection of the same user means. */
  readonly sessions: SessionsRule;
  readonly sessionsPerUserMax: number;
  readonly roomsPerUserMax: number;
  readonly membersPerRoomMax: number;
  /** Invites kept for a user who is away; the oldest makes room. */
  readonly invitesQueuedMax: number;
  readonly friendsMax: number;
  /** Friend requests that wait for one user's answer. */
  readonly requestsMax: number;
  /** What is kept for a user who is away, in notices and in bytes; the oldest makes room. */
  readonly mailMax: number;
  readonly mailBytesMax: number;
  readonly historyEventsMax: number;
  readonly historyBytesMax: number;
  readonly historyMs: Millis;
  /** How long a lost session keeps its seats. */
  readonly resumeMs: Millis;
  /** How long a user stays online after the last connection is gone. */
  readonly presenceGraceMs: Millis;
};

/** How many places a created room has at first. Its words are kept for each member who is away. */
export const CAPACITY_AT_FIRST = 1_000;

/** So many notices one room's words may leave in mailboxes: each is a few writes to the store. */
export const KEEPING = { perSecond: 500, atOnce: 2_000 } as const;

/** An action's own time may lie this far back; older or future times become the server's. */
export const ACTION_AGE_MS_MAX = 5_000;
