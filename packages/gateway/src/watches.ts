/**
 * Who at this gateway watches whom. The shard is told only that the gateway watches, with the first
 * watcher, and that it stopped, with the last; the watchers are native topic subscribers.
 */
import type { Status } from "@roundhouse/domain";
import { type Millis, shardOf, type UserId } from "@roundhouse/kernel";
import type { Input } from "@roundhouse/protocol";
import {
  addWatched,
  type Connection,
  NOBODY,
  type Voice,
  type Waiting,
  type Watched,
} from "./connection.ts";
import type { Outlet } from "./outlet.ts";
import { WatchList, type WatchListOptions } from "./watch-list.ts";

type Statuses = readonly (readonly [UserId, Status])[];

export type WatchesOptions = WatchListOptions & {
  readonly shards: number;
  readonly outlet: Outlet;
  readonly voices: readonly Voice[];
  /** Hands a subscriber the statuses that it asked for. */
  readonly answer: (connection: Connection, statuses: Statuses) => void;
  /** One whose protocol hears each by itself is told of a change. */
  readonly hear: (connection: Connection, heard: Changed | About) => void;
};

type Changed = Extract<Input<unknown>, { on: "changed" }>;
type About = Extract<Input<unknown>, { on: "about" }>;

export class Watches {
  readonly #watched = new Map<UserId, Watched>();
  readonly #waiting = new Set<Waiting>();
  readonly #options: WatchesOptions;
  readonly #list: WatchList;
  /** Bytes said about users: no connection can have been sent more of that. */
  #spreadBytes = 0;

  constructor(options: WatchesOptions) {
    this.#options = options;
    this.#list = new WatchList(options);
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Subscribes; the answer has every id asked for, known at once or as soon as its shard said. */
  watch(connection: Connection, users: readonly UserId[], now: Millis): void {
    const asked: Watched[] = [];
    const fresh: Watched[] = [];
    for (const user of new Set(users)) {
      const known = this.#watched.get(user);
      const watched = known ?? this.#open(user);
      if (known === undefined) fresh.push(watched);
      asked.push(watched);
      if (connection.watched.has(watched)) continue;
      addWatched(connection, watched);
      watched.watchers++;
      listen(connection, watched);
    }
    const waiting: Waiting = { connection, asked, since: now, unknown: 0 };
    for (const watched of asked) {
      if (watched.status !== undefined) continue;
      waiting.unknown++;
      watched.waiting.push(waiting);
    }
    this.#list.begin(fresh);
    if (waiting.unknown === 0) this.#answer(waiting);
    else this.#waiting.add(waiting);
  }

  /** How many of these users the connection does not watch yet. */
  countNew(connection: Connection, users: readonly UserId[]): number {
    const isNew = (user: UserId): boolean => {
      const watched = this.#watched.get(user);
      return watched === undefined || !connection.watched.has(watched);
    };
    return new Set(users.filter(isNew)).size;
  }

  unwatch(connection: Connection, users: readonly UserId[]): void {
    const released: Watched[] = [];
    for (const user of users) {
      const watched = this.#watched.get(user);
      if (watched === undefined || !connection.watched.delete(watched)) continue;
      ignore(connection, watched);
      const mine = watched.waiting.filter((it) => it.connection === connection);
      watched.waiting = watched.waiting.filter((it) => it.connection !== connection);
      for (const waiting of mine) this.#settle(waiting);
      released.push(watched);
    }
    this.#release(released);
  }

  leaveAll(connection: Connection): void {
    for (const watched of connection.watched) {
      watched.each.delete(connection);
      for (const it of watched.waiting) {
        if (it.connection === connection) this.#waiting.delete(it);
      }
      watched.waiting = watched.waiting.filter((it) => it.connection !== connection);
    }
    this.#release([...connection.watched]);
    connection.watched.clear();
  }

  /** A shard answered: first words about users, most often. */
  learn(statuses: Statuses): void {
    for (const [user, status] of statuses) {
      const watched = this.#watched.get(user);
      if (watched === undefined) continue;
      // A second word: what was taken for the first one answered a watch that had ended before.
      const was = watched.status;
      const isCorrection = was !== undefined && was !== status;
      watched.status = status;
      if (watched.isOwed || isCorrection) this.#spread(watched, was, status);
      watched.isOwed = false;
      const { waiting } = watched;
      watched.waiting = [];
      for (const it of waiting) this.#settle(it);
    }
  }

  /** A user's status changed. */
  change(user: UserId, status: Status): void {
    const watched = this.#watched.get(user);
    // Before the first word the change is not news: the answer to the watch will hold it.
    if (watched === undefined || watched.status === undefined) return;
    const was = watched.status;
    watched.status = status;
    this.#spread(watched, was, status);
  }

  /** A user is called or described otherwise. */
  describe(about: About): void {
    const { each = NOBODY } = this.#watched.get(about.user) ?? {};
    for (const connection of each) this.#options.hear(connection, about);
  }

  /** Whether at least so many bytes were said about users since it last answered yes. */
  takeSpread(bytes: number): boolean {
    if (this.#spreadBytes < bytes) return false;
    this.#spreadBytes = 0;
    return true;
  }

  /** Nobody waits long for a shard in trouble: what is known is told, the rest follows by itself. */
  sweep(now: Millis): void {
    this.#list.retry();
    for (const waiting of this.#waiting) {
      if (now - waiting.since >= WAIT_MS) this.#answer(waiting);
    }
  }

  /** Everybody of a shard that somebody here watches. */
  of(shard: number): readonly UserId[] {
    return this.#of(shard).map(({ user }) => user);
  }

  /** The shard's inbox took the whole list of them. */
  listed(shard: number): void {
    this.#list.listed(shard, this.#of(shard));
  }

  clear(): void {
    this.#watched.clear();
    this.#waiting.clear();
    this.#list.clear();
  }

  #of(shard: number): readonly Watched[] {
    return [...this.#watched.values()].filter((watched) => watched.shard === shard);
  }

  /** Who never was told a status takes the user for one who is not there. */
  #spread({ each, user }: Watched, was: Status | undefined, status: Status): void {
    const { hear, outlet, voices } = this.#options;
    const changed = { on: "changed", user, was: was ?? "offline", status } as const;
    for (const connection of each) hear(connection, changed);
    outlet.stats.deliveries += each.size;
    for (const voice of voices) {
      if (voice.protocol.hears === "each") continue;
      const topic = topicOf(voice, user);
      const listeners = voice.connections === 0 ? 0 : outlet.listeners(topic);
      if (listeners === 0) continue;
      const frame = voice.protocol.presence(user, status);
      outlet.publish(topic, frame, { isBinary: voice.isBinary, listeners });
      outlet.stats.deliveries += listeners;
      this.#spreadBytes += frame.length;
    }
  }

  #open(user: UserId): Watched {
    const shard = shardOf(user, this.#options.shards);
    const isAsked = this.#list.resume(user);
    const begun = { status: undefined, isOwed: false, watchers: 0, each: NOBODY, waiting: [] };
    const watched: Watched = { user, shard, isAsked, ...begun };
    this.#watched.set(user, watched);
    return watched;
  }

  /** One more of those asked for is known, or not wanted any more. */
  #settle(waiting: Waiting): void {
    if (--waiting.unknown === 0 && this.#waiting.has(waiting)) this.#answer(waiting);
  }

  #answer(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    const { asked, connection } = waiting;
    const statuses: (readonly [UserId, Status])[] = [];
    for (const watched of asked) {
      if (!connection.watched.has(watched)) continue;
      if (watched.status === undefined) watched.isOwed = true;
      else statuses.push([watched.user, watched.status]);
    }
    // Nothing known yet, or nothing wanted any more: no answer to send.
    if (statuses.length > 0 || asked.length === 0) this.#options.answer(connection, statuses);
  }

  #release(released: readonly Watched[]): void {
    const ended = released.filter((watched) => --watched.watchers === 0);
    for (const { user } of ended) this.#watched.delete(user);
    this.#list.end(ended);
  }
}

function listen(connection: Connection, watched: Watched): void {
  const { socket, voice } = connection;
  if (voice.protocol.hears !== "each") {
    socket?.subscribe(topicOf(voice, watched.user));
    return;
  }
  if (watched.each === NOBODY) watched.each = new Set();
  watched.each.add(connection);
}

function ignore(connection: Connection, { each, user }: Watched): void {
  const { socket, voice } = connection;
  if (voice.protocol.hears !== "each") socket?.unsubscribe(topicOf(voice, user));
  else each.delete(connection);
}

const topicOf = (voice: Voice, user: UserId): string => `${voice.mark}p${user}`;

/** How long an answer waits for the shards that have not said yet. */
const WAIT_MS = 500;
