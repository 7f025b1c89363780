/**
 * Who is attached and seated here as the shards told it, and how the shards hear that somebody went.
 * Both also lead the mirrors that digests are compared with.
 */
import type { AccountSeen, Told, Vouched } from "@roundhouse/domain";
import type { Clock, RoomId, SessionId } from "@roundhouse/kernel";
import type { CatchUps } from "./catch-ups.ts";
import type { Connection } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Halls } from "./halls.ts";
import type { Departure, Inboxes } from "./inboxes.ts";
import { Mirror } from "./mirror.ts";
import { Receipts } from "./receipts.ts";
import type { GatewayStats } from "./stats.ts";
import { lifeOf, mayLack, unreadOf } from "./unread.ts";

export type RollOptions = {
  readonly shards: number;
  readonly clock: Clock;
  readonly crowd: Crowd;
  readonly halls: Halls;
  readonly catchUps: CatchUps;
  readonly inboxes: Inboxes;
  readonly stats: GatewayStats;
};

type Detach = Extract<Departure, { on: "detach" }>;

export class Roll {
  readonly #options: RollOptions;
  #mirrors: readonly Mirror[];

  constructor(options: RollOptions) {
    this.#options = options;
    this.#mirrors = mirrors(options.shards);
  }

  mirror(shard: number): Mirror {
    const mirror = this.#mirrors[shard];
    if (mirror === undefined) throw new RangeError(`there is no shard ${shard}`);
    return mirror;
  }

  /** What a shard told changes where its session's connection is; before the connection hears it. */
  told(connection: Connection, told: Told): void {
    const { catchUps, halls } = this.#options;
    const { home, session } = connection;
    switch (told.on) {
      case "attached":
        if (!connection.isAttached) this.mirror(home).sessions.add(session);
        connection.isAttached = true;
        if (told.account !== undefined) connection.account = vouchedBy(told.account);
        return;
      case "ended":
        if (connection.isAttached) this.mirror(home).sessions.remove(session);
        connection.isAttached = false;
        return;
      case "seated":
      case "replayed": {
        const mustWait = told.on === "seated" && catchUps.isAwaited(session, told.room);
        const isNew = mustWait ? halls.wait(connection, told) : halls.seat(connection, told);
        if (isNew) this.#seats(told.room).add(seatOf(session, told.room));
        return;
      }
      case "unseated":
        if (!halls.unseat(connection, told.room)) return;
        return this.#seats(told.room).remove(seatOf(session, told.room));
      case "refused":
      case "accepted":
      case "invited":
      case "done":
      case "sent":
      case "credentials":
      case "challenge":
      case "notices":
      case "mail":
      case "profile":
      case "described":
        return;
    }
  }

  /** The same for a session whose connection is gone: all that came before is known to the shard. */
  toldOfAbsent(shard: number, session: SessionId, told: Told): void {
    const { sessions, seats } = this.mirror(shard);
    switch (told.on) {
      case "attached":
      case "ended":
        sessions.correct(session, told.on === "attached");
        return;
      case "unseated":
        seats.correct(seatOf(session, told.room), false);
        return;
      case "seated":
      case "replayed": {
        const seat = seatOf(session, told.room);
        if (seats.correct(seat, true)) return;
        seats.add(seat); // It asked for the seat, and was gone when it got it.
        this.part(session, told.room, told.seq);
        return;
      }
      case "refused":
      case "accepted":
      case "invited":
      case "done":
      case "sent":
      case "credentials":
      case "challenge":
      case "mail":
      case "notices":
      case "profile":
      case "described":
        return;
    }
  }

  /** It was told notices, those before this number. */
  noticed(connection: Connection, until: number | undefined): void {
    if (until === undefined) return;
    connection.receipts ??= new Receipts(lifeOf(connection.voice));
    if (connection.receipts.tell(until, this.#options.clock.now())) this.#acknowledge(connection);
  }

  /** It says something: its user's shard hears what it surely has by that, unless some of it waits here yet. */
  heard(connection: Connection): void {
    const { receipts, socket } = connection;
    if (receipts === undefined || (socket?.getBufferedAmount() ?? 0) > 0) return;
    if (receipts.hear(this.#options.clock.now())) this.#acknowledge(connection);
  }

  /** It has said its last word: what it is told from now on, it may not hear. */
  ending(connection: Connection): void {
    connection.receipts ??= new Receipts(lifeOf(connection.voice));
    connection.receipts.end(this.#options.clock.now());
  }

  /** One that no inbox takes is not missed: the next says more, or the end does. */
  #acknowledge({ home, receipts, session, user }: Connection): void {
    if (user === undefined || receipts === undefined) return;
    const { got: until } = receipts;
    this.#options.inboxes.append(home, { on: "heed", user, session, until });
  }

  /** Nobody hears anything on this seat any more. The shard counts it until it is told so. */
  part(session: SessionId, room: RoomId, after?: number): void {
    const { halls, inboxes, stats } = this.#options;
    const shard = halls.shardOf(room);
    this.mirror(shard).seats.withdraw(seatOf(session, room), true);
    inboxes.depart(shard, { on: "part", room, session, after });
    stats.parts++;
  }

  /** The connection is gone, out of its rooms too. */
  depart(connection: Connection, how: Detach["how"]): void {
    const { clock, halls, inboxes } = this.#options;
    const { home, isAttached, session, user } = connection;
    for (const { id, lastSeq } of connection.halls) {
      this.part(session, id, lastSeq);
      halls.unseat(connection, id);
    }
    connection.receipts?.end(clock.now());
    const got = gotBy(connection, how);
    connection.receipts = undefined;
    // Of a session that was ended nobody knows yet whether its client was there to hear it.
    const isEnded = connection.socket !== undefined && !isAttached;
    const back = isEnded ? undefined : unreadOf(connection, how, clock.now());
    const isOwn = back?.owner.session === session;
    if (back !== undefined) {
      const { owner, unread } = back;
      const { user, session } = owner;
      inboxes.depart(owner.home, {
        on: "detach",
        user,
        session,
        how,
        got: isOwn ? got : 0,
        unread,
      });
    }
    if (user === undefined) return;
    this.mirror(home).sessions.withdraw(session, isAttached);
    if (!isOwn) inboxes.depart(home, { on: "detach", user, session, how, got });
  }

  /** The shard and we agree on what is here now: that is what it must know from here on. */
  agree(shard: number): void {
    const { crowd, halls } = this.#options;
    const { sessions, seats } = this.mirror(shard);
    sessions.clear();
    seats.clear();
    for (const { home, isAttached, session } of crowd.everybody) {
      if (isAttached && home === shard) sessions.add(session);
    }
    for (const { id, seats: seated } of halls.of(shard)) {
      for (const { session } of seated) seats.add(seatOf(session, id));
    }
  }

  clear(): void {
    this.#mirrors = mirrors(this.#options.shards);
  }

  #seats(room: RoomId) {
    return this.mirror(this.#options.halls.shardOf(room)).seats;
  }
}

/** Notices before this number it surely got. */
function gotBy(connection: Connection, how: Detach["how"]): number {
  const { receipts } = connection;
  if (receipts === undefined) return 0;
  return mayLack(connection, how) ? receipts.got : receipts.toldUntil;
}

/** What a token can be made for. */
const vouchedBy = ({ born, turn }: AccountSeen): Vouched => ({ born, turn });

const mirrors = (shards: number): readonly Mirror[] => {
  return Array.from({ length: shards }, () => new Mirror());
};

/** A seat as digests count it. */
const seatOf = (session: SessionId, room: RoomId): string => `${session} ${room}`;
