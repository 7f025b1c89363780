/** A shard said how things stand: every connection concerned gets what it missed, and no more. */
import { lastOf, type RoomEvent, type Snapshot, type Told } from "@roundhouse/domain";
import type { SessionId } from "@roundhouse/kernel";
import type { CatchUps } from "./catch-ups.ts";
import type { Connection, Hall } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Halls } from "./halls.ts";
import type { Roll } from "./roll.ts";
import type { RepairCount } from "./stats.ts";
import type { Watches } from "./watches.ts";

export type RestorationOptions = {
  readonly crowd: Crowd;
  readonly halls: Halls;
  readonly watches: Watches;
  readonly roll: Roll;
  readonly catchUps: CatchUps;
  readonly tell: (connection: Connection, told: Told) => void;
};

type RoomNow = Snapshot["rooms"][number];

export class Restoration {
  readonly #options: RestorationOptions;

  constructor(options: RestorationOptions) {
    this.#options = options;
  }

  /**
   * Frames before the snapshot in the shard's order were heard, those lost apart; so whatever it says
   * that is not so here was among the lost.
   */
  apply(shard: number, snapshot: Snapshot, count: RepairCount): void {
    const { catchUps, halls, roll, watches } = this.#options;
    const { repaired, rooms } = snapshot;
    count.sessions += repaired.sessions + this.#sessions(snapshot);
    for (const room of rooms) count.seats += this.#room(room, count);
    count.seats += repaired.seats + this.#nowhere(halls.of(shard));
    catchUps.askAgain(shard, snapshot.round);
    watches.learn(snapshot.statuses);
    count.watches += repaired.watches;
    roll.agree(shard);
  }

  #sessions({ known, strangers }: Snapshot): number {
    const { crowd, tell } = this.#options;
    let wrong = 0;
    for (const [session, rooms] of known) {
      const connection = crowd.find(session);
      const user = connection?.user;
      if (connection === undefined || user === undefined || connection.isAttached) continue;
      // Whoever was not told so has joined nothing yet: seats can only be those of a former stay.
      const resumed = rooms.length === 0 ? undefined : { was: session, rooms };
      tell(connection, { on: "attached", user, resumed });
      wrong++;
    }
    for (const session of strangers) {
      const connection = crowd.find(session);
      if (connection === undefined) continue;
      tell(connection, { on: "ended", code: "session_lost" });
      wrong++;
    }
    return wrong;
  }

  #room(now: RoomNow, count: RepairCount): number {
    const { crowd, halls, roll, tell } = this.#options;
    const { room, seq } = now;
    let wrong = 0;
    for (const session of now.unseated) {
      const connection = this.#seated(session, halls.get(room));
      if (connection === undefined) continue;
      tell(connection, { on: "unseated", room });
      wrong++;
    }
    const hall = halls.get(room);
    if (hall !== undefined) this.#fill(hall, now, count);
    for (const session of now.seated) {
      const connection = crowd.find(session);
      if (connection === undefined) roll.part(session, room);
      else if (this.#seated(session, hall) !== undefined) continue;
      else tell(connection, { on: "seated", room, seq });
      wrong++;
    }
    return wrong;
  }

  /** Everybody in the hall hears what they missed, each from the own place on. */
  #fill(hall: Hall, { room, seq, events }: RoomNow, count: RepairCount): void {
    const { halls, tell } = this.#options;
    const from = hall.lastSeq;
    const late = hall.hole?.late ?? NOBODY_LATE;
    hall.hole = undefined;
    const missed = missedAfter(from, seq, events);
    count.events += missed.events.length;
    count.lost += missed.lost;
    if (missed.lost === 0 && late.size === 0) return halls.fanOut(room, missed.events);
    hall.lastSeq = Math.max(from, seq);
    for (const connection of [...hall.seats]) {
      if (hall.waiting.has(connection)) continue; // It asked for itself.
      const own = late.get(connection);
      const { events: mine, lost } = own === undefined ? missed : missedAfter(own, seq, events);
      if (mine.length === 0 && lost === 0) continue;
      tell(connection, { on: "replayed", room, seq, events: mine, lost });
    }
  }

  /** Rooms that the shard does not know of at all. */
  #nowhere(halls: readonly Hall[]): number {
    let wrong = 0;
    for (const { hole, id: room, seats } of halls) {
      if (hole === undefined) continue;
      wrong += seats.size;
      for (const connection of [...seats]) this.#options.tell(connection, { on: "unseated", room });
    }
    return wrong;
  }

  #seated(session: SessionId, hall: Hall | undefined): Connection | undefined {
    const connection = this.#options.crowd.find(session);
    return connection !== undefined && hall?.seats.has(connection) ? connection : undefined;
  }
}

type Missed = { readonly events: readonly RoomEvent[]; readonly lost: number };

/** What happened after a number, of events that may begin before or behind it. */
function missedAfter(after: number, seq: number, all: readonly RoomEvent[]): Missed {
  const events = all.filter((event) => lastOf(event) > after);
  const reached = events[0]?.seq ?? seq + 1;
  return { events, lost: Math.max(0, reached - after - 1) };
}

const NOBODY_LATE: ReadonlyMap<Connection, number> = new Map();
