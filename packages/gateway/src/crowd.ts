/** The connections of a gateway: all of them, those without a name, those that lag behind. */
import type { Millis, SessionId, UserId } from "@roundhouse/kernel";
import { type BacklogLimits, isTooSlow } from "./backlog.ts";
import { type Connection, NOWHERE } from "./connection.ts";

export class Crowd {
  readonly #all = new Map<SessionId, Connection>();
  readonly #strangers = new Set<Connection>();
  /** Those with more than the soft bound waiting: looked at until it is less. */
  readonly #lagging = new Set<Connection>();
  readonly #limits: BacklogLimits;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  get identified(): number {
    return this.#all.size - this.#strangers.size;
  }

  get strangers(): Iterable<Connection> {
    return this.#strangers;
  }

  get lagging(): Iterable<Connection> {
    return this.#lagging;
  }

  get everybody(): Iterable<Connection> {
    return this.#all.values();
  }

  /** So many of them, those who came first. */
  first(count: number): readonly Connection[] {
    const first: Connection[] = [];
    for (const connection of this.#all.values()) {
      if (first.length >= count) break;
      first.push(connection);
    }
    return first;
  }

  find(session: SessionId): Connection | undefined {
    return this.#all.get(session);
  }

  /** Those that asked for a name that the shard owns, and were not refused it. */
  of(shard: number): readonly (readonly [SessionId, UserId])[] {
    const sessions: (readonly [SessionId, UserId])[] = [];
    for (const { home, session, user } of this.#all.values()) {
      if (user !== undefined && home === shard) sessions.push([session, user]);
    }
    return sessions;
  }

  enter(connection: Connection): void {
    this.#all.set(connection.session, connection);
    this.#strangers.add(connection);
  }

  name(connection: Connection, { user, home }: Named): void {
    connection.user = user;
    connection.home = home;
    connection.account = undefined;
    this.#strangers.delete(connection);
  }

  /** It has no name any more, or got none after all. */
  unname(connection: Connection): void {
    connection.user = undefined;
    connection.home = NOWHERE;
    connection.isAttached = false;
    connection.account = undefined;
    this.#strangers.add(connection);
  }

  /** The same connection goes on as another session. */
  renew(connection: Connection, session: SessionId): void {
    this.#all.delete(connection.session);
    connection.session = session;
    this.#all.set(session, connection);
    this.unname(connection);
  }

  leave(connection: Connection): void {
    this.#all.delete(connection.session);
    this.#strangers.delete(connection);
    this.#lagging.delete(connection);
  }

  /** Whether it lags too far behind to stay; notes whom to look at again. */
  isTooSlow(connection: Connection, now: Millis): boolean {
    if (isTooSlow(connection, this.#limits, now)) return true;
    if (connection.slowSince > 0) this.#lagging.add(connection);
    else this.#lagging.delete(connection);
    return false;
  }

  /** Users that are here, each once, up to a bound. */
  users(most: number): readonly UserId[] {
    const users = new Set<UserId>();
    for (const { user } of this.#all.values()) {
      if (user !== undefined) users.add(user);
      if (users.size >= most) break;
    }
    return [...users];
  }
}

type Named = {
  readonly user: UserId;
  /** Its shard. */
  readonly home: number;
};
