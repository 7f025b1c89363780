/**
 * Who at this gateway watches whom. The shard is told only that the gateway watches, with the first
 * watcher, and that it stopped, with the last; the watchers are native topic subscribers.
 */
import type { Status } from "@roundhouse/domain";
import { type Millis, shardOf, type UserId } from "@roundhouse/kernel";
import { addWatched, type Connection, type Voice, type Watched } from "./connection.ts";
import type { Outlet } from "./outlet.ts";

type Statuses = readonly (readonly [UserId, Status])[];

/** A subscriber that waits for the first word about some of the users it asked for. */
type Waiting = {
  readonly connection: Connection;
  readonly asked: readonly Watched[];
  readonly since: Millis;
};

export type WatchesOptions = {
  readonly shards: number;
  readonly outlet: Outlet;
  readonly voices: readonly Voice[];
  /** Asks a shard to tell of users from now on, or to stop. */
  readonly ask: (on: "watch" | "unwatch", shard: number, users: readonly UserId[]) => boolean;
  /** Hands a subscriber the statuses that it asked for. */
  readonly answer: (connection: Connection, statuses: Statuses) => void;
};

export class Watches {
  readonly #watched = new Map<UserId, Watched>();
  readonly #waiting = new Set<Waiting>();
  readonly #options: WatchesOptions;
  /** A full inbox did not take the question: it is asked again. */
  readonly #unasked = new Set<Watched>();

  /** Bytes said about users: no connection can have been sent more of that. */
  #spreadBytes = 0;

  constructor(options: WatchesOptions) {
    this.#options = options;
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
      connection.socket?.subscribe(topicOf(connection.voice, user));
    }
    this.#ask(fresh);
    const waiting = { connection, asked, since: now };
    if (isSettled(waiting)) this.#answer(waiting);
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
    for (const user of users) {
      const watched = this.#watched.get(user);
      if (watched === undefined || !connection.watched.delete(watched)) continue;
      connection.socket?.unsubscribe(topicOf(connection.voice, user));
      this.#release(watched);
    }
    this.#answerSettled();
  }

  leaveAll(connection: Connection): void {
    for (const watched of connection.watched) this.#release(watched);
    connection.watched.clear();
    for (const waiting of this.#waiting) {
      if (waiting.connection === connection) this.#waiting.delete(waiting);
    }
  }

  /** A shard answered: first words about users, most often. */
  learn(statuses: Statuses): void {
    for (const [user, status] of statuses) {
      const watched = this.#watched.get(user);
      if (watched === undefined) continue;
      // A second word: what was taken for the first one answered a watch that had ended before.
      const isCorrection = watched.status !== undefined && watched.status !== status;
      watched.status = status;
      if (watched.isOwed || isCorrection) this.#spread(watched, status);
      watched.isOwed = false;
    }
    this.#answerSettled();
  }

  /** A user's status changed. */
  change(user: UserId, status: Status): void {
    const watched = this.#watched.get(user);
    // Before the first word the change is not news: the answer to the watch will hold it.
    if (watched === undefined || watched.status === undefined) return;
    watched.status = status;
    this.#spread(watched, status);
  }

  /** Whether at least so many bytes were said about users since it last answered yes. */
  takeSpread(bytes: number): boolean {
    if (this.#spreadBytes < bytes) return false;
    this.#spreadBytes = 0;
    return true;
  }

  /** Nobody waits long for a shard in trouble: what is known is told, the rest follows by itself. */
  sweep(now: Millis): void {
    this.#ask([...this.#unasked]);
    for (const waiting of this.#waiting) {
      if (now - waiting.since >= WAIT_MS) this.#answer(waiting);
    }
  }

  #spread({ user }: Watched, status: Status): void {
    const { outlet, voices } = this.#options;
    for (const voice of voices) {
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
    const watched: Watched = { user, shard, status: undefined, isOwed: false, watchers: 0 };
    this.#watched.set(user, watched);
    return watched;
  }

  #ask(watched: readonly Watched[]): void {
    if (watched.length === 0) return;
    const byShard = new Map<number, Watched[]>();
    for (const it of watched) {
      const group = byShard.get(it.shard);
      if (group === undefined) byShard.set(it.shard, [it]);
      else group.push(it);
    }
    for (const [shard, group] of byShard) {
      const users = group.map((it) => it.user);
      const isAsked = this.#options.ask("watch", shard, users);
      for (const it of group) {
        if (isAsked) this.#unasked.delete(it);
        else this.#unasked.add(it);
      }
    }
  }

  #answerSettled(): void {
    for (const waiting of this.#waiting) if (isSettled(waiting)) this.#answer(waiting);
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

  #release(watched: Watched): void {
    if (--watched.watchers > 0) return;
    this.#watched.delete(watched.user);
    this.#unasked.delete(watched);
    this.#options.ask("unwatch", watched.shard, [watched.user]);
  }
}

/** Whether everything asked for is known, but for what was unsubscribed meanwhile. */
const isSettled = ({ asked, connection }: Waiting): boolean => {
  return asked.every((it) => it.status !== undefined || !connection.watched.has(it));
};

const topicOf = (voice: Voice, user: UserId): string => `${voice.mark}p${user}`;

/** How long an answer waits for the shards that have not said yet. */
const WAIT_MS = 500;
