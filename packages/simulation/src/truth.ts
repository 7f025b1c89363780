/**
 * What was committed: rooms with their lives and orders, and what sessions were told. Everybody who
 * hears something is measured by it, and every commit by those before it.
 */
import { type Item, lastOf, type RoomEvent, type Told } from "@roundhouse/domain";
import type { Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Broken } from "./trace.ts";

/** One number of a room's order. */
export type Moment =
  | { readonly on: "game"; readonly action: string; readonly from: UserId }
  | { readonly on: "joined" | "left"; readonly user: UserId }
  | { readonly on: "said" | "enrolled" | "expelled" | "titled" };

/** A room from the first who joins to the last who leaves; another of its name is another one. */
export type Life = {
  readonly room: RoomId;
  /** By number; there is no number 0. */
  readonly moments: (Moment | undefined)[];
  readonly members: Set<UserId>;
};

/** Where an action stands. */
export type Place = { readonly life: Life; readonly seq: number };

export type Session = {
  readonly id: SessionId;
  readonly user: UserId;
  /** The one that it goes on from. */
  readonly was: SessionId | undefined;
  /** Where it sits, and after which number it hears. */
  readonly seats: Map<RoomId, Seat>;
  /** Where it ever sat down: who hears of it is behind. */
  readonly sat: Seat[];
  /** The cluster ended it. */
  isEnded: boolean;
};
export type Seat = { readonly life: Life; readonly after: number };

export class Truth {
  readonly lives = new Map<RoomId, Life>();
  readonly actions = new Map<string, Place>();
  readonly sessions = new Map<SessionId, Session>();
  /** New connections that show the secret of a session lost so lately that it must go on. */
  readonly resuming = new Map<SessionId, { readonly was: SessionId; readonly before: Millis }>();
  /** The last word about each user. */
  readonly statuses = new Map<UserId, string>();
  /** By room, who invites and who is invited: how often that was asked for. */
  readonly #invites = new Map<string, number>();
  /** The same by the session that was told. */
  readonly #invited = new Map<string, number>();
  /** Which session speaks on which client's which connection: `c3/2`. */
  readonly speakers = new Map<string, SessionId>();
  /** By session and room, the number of its last action. */
  readonly #counters = new Map<string, number>();
  /** By life, the sessions whose seat another one has now. */
  readonly #superseded = new Map<Life, Set<SessionId>>();
  readonly #capacity: number;
  readonly #now: () => Millis;
  /** Whether the session's gateway was declared dead: its connections were lost no later than that. */
  isBuried: (session: SessionId) => boolean = () => false;
  /** Called for each status that watchers are told. */
  announced: (user: UserId, status: string) => void = () => {};

  constructor(capacity: number, now: () => Millis) {
    this.#capacity = capacity;
    this.#now = now;
  }

  /** A commit told gateways these, in this order. */
  commit(items: readonly Item[]): void {
    for (const item of items) {
      if (item.to === "room") for (const event of item.events) this.#happen(item.room, event);
      else if (item.to === "session") this.#tell(item.session, item.told);
      else if (item.to === "watchers") {
        this.statuses.set(item.user, item.status);
        this.announced(item.user, item.status);
      }
    }
  }

  members(room: RoomId): number {
    return this.lives.get(room)?.members.size ?? 0;
  }

  #happen(room: RoomId, event: RoomEvent): void {
    if (room.startsWith(HALL)) return; // The registry looks after those.
    const life = this.#lifeOf(room, event);
    const next = life.moments.length;
    if (event.seq !== next) {
      throw new Broken("same_order", `${room}: ${event.on} has number ${event.seq}, not ${next}`);
    }
    if (event.on === "game") {
      for (const { fields } of event.actions) {
        const action = actionOf(fields);
        this.#act(life, action, event.from);
      }
    } else if (event.on === "joined" || event.on === "left") this.#move(life, event);
    else life.moments.push({ on: event.on });
    if (life.moments.length - 1 !== lastOf(event)) {
      throw new Broken(
        "same_order",
        `${room}: ${event.seq} takes more numbers than it has actions`,
      );
    }
  }

  #lifeOf(room: RoomId, event: RoomEvent): Life {
    const known = this.lives.get(room);
    if (known !== undefined && known.members.size > 0) return known;
    if (event.on !== "joined" || event.seq !== 1) {
      throw new Broken("same_order", `${room}: ${event.on} ${event.seq} in a room without members`);
    }
    const life: Life = { room, moments: [undefined], members: new Set() };
    this.lives.set(room, life);
    return life;
  }

  #act(life: Life, action: string, from: UserId): void {
    const known = this.actions.get(action);
    const seq = life.moments.length;
    if (known !== undefined) {
      const before = `${known.life.room} ${known.seq}`;
      throw new Broken("no_dup", `${action} stands at ${before} and at ${life.room} ${seq}`);
    }
    this.#follow(life, action);
    this.actions.set(action, { life, seq });
    life.moments.push({ on: "game", action, from });
  }

  /** One session's actions stand in its order, and none of them behind the move of its seat. */
  #follow(life: Life, action: string): void {
    const [name = "", counter = ""] = action.split(".");
    const speaker = this.speakers.get(name);
    const where = `${life.room} ${life.moments.length}`;
    if (speaker === undefined) throw new Broken("fence", `${where}: nobody is ${name}`);
    const key = `${speaker} ${life.room}`;
    const last = this.#counters.get(key) ?? 0;
    if (Number(counter) <= last) {
      throw new Broken("order_per_sender", `${where}: ${action} behind ${name}.${last}`);
    }
    this.#counters.set(key, Number(counter));
    if (this.#superseded.get(life)?.has(speaker) !== true) return;
    throw new Broken("order_per_sender", `${where}: ${action}, but its seat went on elsewhere`);
  }

  #move(life: Life, event: Extract<RoomEvent, { on: "joined" | "left" }>): void {
    const { on, user, seq } = event;
    const { members, room } = life;
    if (members.has(user) === (on === "joined")) {
      throw new Broken("same_order", `${room} ${seq}: ${user} ${on} twice`);
    }
    if (on === "joined") members.add(user);
    else members.delete(user);
    if (members.size > this.#capacity) {
      throw new Broken("seats", `${room} ${seq}: ${members.size} members, ${this.#capacity} seats`);
    }
    life.moments.push({ on, user });
  }

  #tell(id: SessionId, told: Told): void {
    const session = this.sessions.get(id);
    switch (told.on) {
      case "attached":
        if (session === undefined && told.resumed === undefined) this.#begin(id);
        if (session === undefined || told.resumed !== undefined) {
          const { user, resumed } = told;
          const seats = session?.seats ?? new Map();
          const sat = session?.sat ?? [];
          this.sessions.set(id, { id, user, was: resumed?.was, seats, sat, isEnded: false });
          const was = resumed && this.sessions.get(resumed.was);
          if (was !== undefined) was.isEnded = true;
        }
        return;
      case "seated":
        this.#seat(session, told.room, told.seq);
        return;
      case "replayed": {
        const after = (told.events[0]?.seq ?? told.seq + 1) - 1 - told.lost;
        if (this.#seat(session, told.room, after)) this.#supersede(session, told.room);
        return;
      }
      case "unseated":
        session?.seats.delete(told.room);
        return;
      case "ended":
        if (session !== undefined) session.isEnded = true;
        return;
      case "invited":
        return this.#invite(id, told);
      default:
        return;
    }
  }

  /** Nothing goes on: then there must be nothing that could. */
  #begin(id: SessionId): void {
    const resuming = this.resuming.get(id);
    const was = resuming && this.sessions.get(resuming.was);
    if (was === undefined || was.isEnded || this.isBuried(was.id)) return;
    if (this.#now() >= (resuming?.before ?? 0)) return;
    throw new Broken("no_loss", `${id} shows the secret of ${was.id}, and does not get it back`);
  }

  /** Somebody asks that somebody be invited. */
  invites(room: RoomId, from: UserId, user: string): void {
    count(this.#invites, `${room} ${from} ${user}`);
  }

  #invite(id: SessionId, { room, from, user }: Extract<Told, { on: "invited" }>): void {
    const asked = this.#invites.get(`${room} ${from} ${user}`) ?? 0;
    const told = count(this.#invited, `${room} ${from} ${user} ${id}`);
    if (told > asked) {
      throw new Broken("no_dup", `${user} is told ${told} times of ${asked} invites by ${from}`);
    }
  }

  /** Tells whether that is a new seat. */
  #seat(session: Session | undefined, room: RoomId, after: number): boolean {
    const life = this.lives.get(room);
    if (life === undefined || session === undefined) return false;
    if (session.seats.get(room)?.life === life) return false; // It sits there already.
    const seat = { life, after };
    session.seats.set(room, seat);
    session.sat.push(seat);
    this.#superseded.get(life)?.delete(session.id);
    return true;
  }

  /** The seat came from the sessions that it goes on from: they have no voice there any more. */
  #supersede(session: Session | undefined, room: RoomId): void {
    const life = this.lives.get(room);
    if (life === undefined) return;
    const superseded = this.#superseded.get(life) ?? new Set();
    this.#superseded.set(life, superseded);
    for (let was = this.#before(session); was !== undefined; was = this.#before(was)) {
      if (superseded.has(was.id) || was === session) return;
      superseded.add(was.id);
    }
  }

  #before(session: Session | undefined): Session | undefined {
    return session?.was === undefined ? undefined : this.sessions.get(session.was);
  }
}

/** How the names of rooms begin that are created. */
export const HALL = "hall";

function count(counts: Map<string, number>, key: string): number {
  const counted = (counts.get(key) ?? 0) + 1;
  counts.set(key, counted);
  return counted;
}

/** Simulated actions carry their names: `"data":"c3/2.17"`, the 17th of c3, on its second connection. */
function actionOf(fields: string): string {
  const [, name] = /"data":"(c\d+\/\d+\.\d+)"/.exec(fields) ?? [];
  if (name === undefined) throw new Broken("same_order", `nobody said ${fields}`);
  return name;
}
