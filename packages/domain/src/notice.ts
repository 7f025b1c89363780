/** What a user is told personally, on whichever device; most of it is kept for who is away. */
import type { Millis, RoomId, UserId } from "@roundhouse/kernel";

export type Notice =
  | {
      readonly on: "whispered";
      readonly id: number;
      readonly at: Millis;
      readonly from: UserId;
      readonly text: string;
    }
  /** Words of a room whose member was away. */
  | {
      readonly on: "words";
      readonly id: number;
      readonly at: Millis;
      readonly from: UserId;
      readonly room: RoomId;
      readonly text: string;
    }
  | {
      readonly on: "friendAsked";
      readonly request: string;
      readonly at: Millis;
      readonly from: UserId;
      readonly text: string;
    }
  | {
      readonly on: "entryAsked";
      readonly request: string;
      readonly at: Millis;
      readonly from: UserId;
      readonly room: RoomId;
    }
  /** A request of this user's was answered: by a friend, or for a room. */
  | { readonly on: "approved" | "rejected"; readonly request: string; readonly by: By }
  /** They are no friends any more; `deleted`: because the other's account is gone. */
  | { readonly on: "unfriended"; readonly user: UserId; readonly why: "removed" | "deleted" }
  /** A fellow member of a room is gone for good. */
  | { readonly on: "deleted"; readonly user: UserId }
  /** Somebody took this user out of a room. */
  | { readonly on: "expelled"; readonly room: RoomId }
  | { readonly on: "appointed" | "deposed"; readonly room: RoomId }
  | { readonly on: "roomRemoved"; readonly room: RoomId };

/**
 * Whether a request is to be told, which perhaps waits already. What strangers say again and again must
 * neither be heard nor be kept each time: it would drive everything else out of the mailbox.
 */
export function isNews(
  known: { readonly at: Millis } | undefined,
  { now }: { readonly now: Millis },
): boolean {
  return known === undefined || now - known.at >= AGAIN_MS;
}

export type By = { readonly user: UserId } | { readonly room: RoomId };

const AGAIN_MS = 3_600_000;

/** Requests are opaque to clients; we see at whose shard one waits. */
export const friendRequestName = (id: number): string => `f${id}`;
export const entryRequestName = (room: RoomId, id: number): string => `r${id}.${room}`;

export type RequestName =
  | { readonly of: "friend"; readonly id: number }
  | { readonly of: "room"; readonly id: number; readonly room: RoomId };

export function parseRequestName(name: string): RequestName | undefined {
  const [, friend, entry, room] = /^(?:f(\d{1,16})|r(\d{1,16})\.(.+))$/s.exec(name) ?? [];
  if (friend !== undefined) return { of: "friend", id: Number(friend) };
  if (entry === undefined || room === undefined) return undefined;
  return { of: "room", id: Number(entry), room: room as RoomId };
}
