/**
 * What a connection was told personally, and has perhaps not got: nobody says when a message arrives.
 * If the connection turns out to be dead, its user's shard has this back.
 */
import type { Notice, RoomEvent, Unread } from "@roundhouse/domain";
import type { Millis, RoomId, SessionId } from "@roundhouse/kernel";
import type { Connection } from "./connection.ts";
import { type Owner, type Telling, Tellings } from "./tellings.ts";

/** Whose the sessions were that went a short while ago. */
export class Gone {
  /** The oldest first. */
  readonly #gone = new Map<SessionId, Owner & { readonly at: Millis }>();

  add({ account, home, session, user }: Connection, at: Millis): void {
    for (const [session, gone] of this.#gone) {
      if (gone.at > at - GONE_MS) break;
      this.#gone.delete(session);
    }
    if (account === undefined || user === undefined) return;
    this.#gone.set(session, { user, home, session, born: account.born, at });
  }

  get(session: SessionId): Owner | undefined {
    return this.#gone.get(session);
  }

  clear(): void {
    this.#gone.clear();
  }
}

export function note(connection: Connection, told: Telling["told"], now: Millis): void {
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
  const since = now - (voice.protocol.carrier.over === "stream" ? STREAM_MS : WEBSOCKET_MS);
  const taken = tellings.take(mayLack(connection, how) ? "all" : "late", since);
  if (taken.length === 0) return undefined;
  const notices = taken.map(({ at, told }) => [noticeOf(told), Math.max(0, now - at)] as const);
  const unread: Unread = { born: owner.born, notices };
  return { owner, unread };
}

/** Whom we ask to move is well, and would hear everything twice. */
function mayLack({ endedBy }: Connection, how: "left" | "lost"): boolean {
  return endedBy === undefined ? how === "lost" : endedBy !== "going_away";
}

function noticeOf(told: Telling["told"]): Notice {
  if (!("said" in told)) return told;
  const { id, at, from, text } = told.said;
  return { on: "words", id, at, from, room: told.room, text };
}

/** Longer than a shard that lives takes to come to a word of ours. */
const GONE_MS = 60_000;
/** After so long without an acknowledgement the kernel has given up a stream (tcp_retries2). */
const STREAM_MS = 16 * 60_000;
/** The same for a WebSocket, which is pinged. */
const WEBSOCKET_MS = 60_000;
