/**
 * What a connection was told personally, and has perhaps not got: nobody says when a message arrives.
 * If the connection turns out to be dead, its user's shard has this back.
 */
import type { Born, Notice, RoomEvent, Unread } from "@roundhouse/domain";
import type { Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Connection } from "./connection.ts";

type Said = Extract<RoomEvent, { on: "said" }>;

/** Words of a room become a notice only if they are given back: most of them never are. */
type Telling = {
  readonly at: Millis;
  readonly told: Notice | { readonly room: RoomId; readonly said: Said };
  readonly length: number;
  /** Told behind the peer's last word: perhaps it listens yet, perhaps it is gone. */
  readonly isLate: boolean;
};

/** Whom it was told. The connection may go on as somebody else before it says anything. */
type Owner = {
  readonly user: UserId;
  readonly home: number;
  readonly session: SessionId;
  readonly born: Born;
};

export class Tellings {
  owner: Owner | undefined = undefined;
  readonly #tellings: Telling[] = [];
  #length = 0;
  #isLate = false;

  add(owner: Owner, told: Telling["told"], at: Millis): void {
    if (this.owner?.session !== owner.session) this.take("all", 0);
    this.owner = owner;
    const length = lengthOf(told);
    this.#tellings.push({ at, told, length, isLate: this.#isLate });
    this.#length += length;
    while (this.#tellings.length > TELLINGS_MAX || this.#length > LENGTH_MAX) this.#shift();
  }

  /** The peer says something: it has what was told a while before. */
  heard(now: Millis): void {
    if (this.#isLate) return;
    for (;;) {
      const [first] = this.#tellings;
      if (first === undefined || first.at > now - UNDERWAY_MS) return;
      this.#shift();
    }
  }

  /** The peer has said its last word. */
  end(): void {
    this.#isLate = true;
  }

  /** All that it may lack, or what came behind its last word. */
  take(which: "all" | "late", since: Millis): readonly Telling[] {
    this.#length = 0;
    return this.#tellings.splice(0).filter(({ at, isLate }) => {
      return isLate || (which === "all" && at >= since);
    });
  }

  #shift(): void {
    this.#length -= this.#tellings.shift()?.length ?? 0;
  }
}

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

function lengthOf(told: Telling["told"]): number {
  const notice = "said" in told ? told.said : told;
  return PLAIN_LENGTH + ("text" in notice ? notice.text.length : 0);
}

/** Longer than a shard that lives takes to come to a word of ours. */
const GONE_MS = 60_000;
const TELLINGS_MAX = 64;
const LENGTH_MAX = 65_536;
/** What a notice weighs without its text, about. */
const PLAIN_LENGTH = 100;
/** Longer than a message is on its way between living peers. */
const UNDERWAY_MS = 5_000;
/** After so long without an acknowledgement the kernel has given up a stream (tcp_retries2). */
const STREAM_MS = 16 * 60_000;
/** The same for a WebSocket, which is pinged. */
const WEBSOCKET_MS = 60_000;
