/**
 * Words of its rooms that a connection has perhaps not got: nobody says when a message arrives. If the
 * connection turns out to be dead, its user's shard has them back. Notices wait in the mailbox meanwhile
 * (receipts.ts).
 */
import type { Notice, RoomEvent, Unread } from "@roundhouse/domain";
import type { Millis, RoomId } from "@roundhouse/kernel";
import type { Connection, Voice } from "./connection.ts";
import { type Telling, Tellings } from "./tellings.ts";

function note(connection: Connection, told: Telling["told"], now: Millis): void {
  const { account, home, session, user } = connection;
  if (account === undefined || user === undefined) return;
  connection.tellings ??= new Tellings();
  connection.tellings.add({ user, home, session, born: account.born }, told, now);
}

/** Of what it hears in a room, the words of others: members who are away would have them kept. */
export function noteWords(connection: Connection, heard: Heard, now: Millis): void {
  const { room, events } = heard;
  for (const event of events) {
    if (event.on !== "said" || event.from === connection.user) continue;
    note(connection, { room, said: event }, now);
  }
}

type Heard = { readonly room: RoomId; readonly events: readonly RoomEvent[] };

/** What a shard is given back when a session ends, or its connection does after it. */
export function unreadOf(connection: Connection, how: "left" | "lost", now: Millis) {
  const { tellings, voice } = connection;
  const owner = tellings?.owner;
  if (tellings === undefined || owner === undefined) return undefined;
  const taken = tellings.take(mayLack(connection, how) ? "all" : "late", now - lifeOf(voice));
  if (taken.length === 0) return undefined;
  const notices = taken.map(({ at, told }) => [noticeOf(told), Math.max(0, now - at)] as const);
  const unread: Unread = { born: owner.born, notices };
  return { owner, unread };
}

/** How long a connection lives, at most, that its peer acknowledges nothing on. */
export function lifeOf({ protocol }: Voice): Millis {
  return protocol.carrier.over === "stream" ? STREAM_MS : WEBSOCKET_MS;
}

/** Whom we ask to move is well, and would hear everything twice. */
export function mayLack({ endedBy }: Connection, how: "left" | "lost"): boolean {
  return endedBy === undefined ? how === "lost" : endedBy !== "going_away";
}

function noticeOf({ room, said }: Telling["told"]): Notice {
  const { id, at, from, text } = said;
  return { on: "words", id, at, from, room, text };
}

/** After so long without an acknowledgement the kernel has given up a stream (tcp_retries2). */
const STREAM_MS = 16 * 60_000;
/** The same for a WebSocket, which is pinged. */
const WEBSOCKET_MS = 60_000;
