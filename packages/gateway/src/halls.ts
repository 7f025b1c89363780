/** The rooms that connections of this gateway sit in, and the fan-out to them. */
import { lastOf, type RoomEvent } from "@roundhouse/domain";
import { type RoomId, shardOf } from "@roundhouse/kernel";
import type { Input } from "@roundhouse/protocol";
import { type Connection, type Hall, NOBODY } from "./connection.ts";
import type { Outlet } from "./outlet.ts";

export class Halls {
  readonly #halls = new Map<RoomId, Hall>();
  readonly #shards: number;
  readonly #outlet: Outlet;
  /** Called for a hall after so many bytes went out to it that some reader may lag behind. */
  readonly #inspect: (hall: Hall) => void;
  readonly #hear: (connection: Connection, heard: Heard) => void;
  readonly #inspectBytes: number;

  constructor(options: {
    readonly shards: number;
    readonly outlet: Outlet;
    readonly inspect: (hall: Hall) => void;
    /** One whose protocol hears each by itself is told what happened. */
    readonly hear: (connection: Connection, heard: Heard) => void;
    readonly inspectBytes: number;
  }) {
    this.#shards = options.shards;
    this.#outlet = options.outlet;
    this.#inspect = options.inspect;
    this.#hear = options.hear;
    this.#inspectBytes = options.inspectBytes;
  }

  get size(): number {
    return this.#halls.size;
  }

  /** How many rooms wait to be told what was lost. */
  get stale(): number {
    let stale = 0;
    for (const { hole } of this.#halls.values()) if (hole !== undefined) stale++;
    return stale;
  }

  get(room: RoomId): Hall | undefined {
    return this.#halls.get(room);
  }

  of(shard: number): readonly Hall[] {
    return [...this.#halls.values()].filter((hall) => hall.shard === shard);
  }

  shardOf(room: RoomId): number {
    return this.#halls.get(room)?.shard ?? shardOf(room, this.#shards);
  }

  /** From here on the connection hears the room, behind number `seq`. Tells whether it is new here. */
  seat(connection: Connection, { room, seq }: Place): boolean {
    const hall = this.#halls.get(room) ?? this.#open(room);
    const isNew = this.#enter(connection, hall);
    if (!isNew && !hall.waiting.delete(connection)) return false;
    if (hall.hole !== undefined) hall.hole.late.set(connection, seq);
    else if (seq > hall.lastSeq) hall.lastSeq = seq;
    const { voice } = connection;
    let choir = hall.choirs.find((it) => it.voice === voice);
    if (choir === undefined) {
      const each = voice.protocol.hears === "each" ? new Set<Connection>() : undefined;
      choir = { voice, topic: `${voice.mark}r${room}`, each, seats: 0 };
      hall.choirs.push(choir);
    }
    choir.seats++;
    if (choir.each === undefined) connection.socket?.subscribe(choir.topic);
    else choir.each.add(connection);
    return isNew;
  }

  /** It has a seat, and hears nothing before it is told what it missed. Tells whether it is new. */
  wait(connection: Connection, { room, seq }: Place): boolean {
    const hall = this.#halls.get(room) ?? this.#open(room);
    if (!this.#enter(connection, hall)) return false;
    if (hall.waiting === NOBODY) hall.waiting = new Set();
    hall.waiting.add(connection);
    if (hall.hole === undefined && seq > hall.lastSeq) hall.lastSeq = seq;
    return true;
  }

  /** Tells whether it sat there. */
  unseat(connection: Connection, room: RoomId): boolean {
    const hall = this.#halls.get(room);
    if (hall === undefined || !hall.seats.delete(connection)) return false;
    connection.halls = connection.halls.filter((it) => it !== hall);
    if (!hall.waiting.delete(connection)) fallSilent(connection, hall);
    if (hall.seats.size === 0) this.#halls.delete(room);
    return true;
  }

  /** Frames of a shard were lost: what comes of its rooms now would stand behind a hole. */
  lose(shard: number): void {
    for (const hall of this.of(shard)) hall.hole ??= { late: new Map() };
  }

  clear(): void {
    this.#halls.clear();
  }

  /**
   * Encodes once per protocol present and leaves the members to the native publish; only those whose
   * protocol hears each by itself are visited.
   */
  fanOut(room: RoomId, events: readonly RoomEvent[]): void {
    const hall = this.#halls.get(room);
    const last = events[events.length - 1];
    if (hall === undefined || hall.hole !== undefined || last === undefined) return;
    hall.lastSeq = lastOf(last);
    // Whoever is found to lag leaves while we are at it, and the last of a choir takes it along.
    const choirs = hall.choirs.length > 1 ? [...hall.choirs] : hall.choirs;
    for (const { voice, topic, seats, each } of choirs) {
      const frames = voice.protocol.broadcast(room, events);
      if (each !== undefined) {
        // Whoever leaves while we are at it is not visited any more.
        const heard = { on: "heard", room, events, frames } as const;
        for (const connection of each) this.#hear(connection, heard);
        this.#outlet.stats.deliveries += events.length * seats;
        continue;
      }
      if (frames.length === 0) continue;
      const { isBinary } = voice;
      for (const frame of frames) {
        this.#outlet.publish(topic, frame, { isBinary, listeners: seats });
        hall.unchecked += frame.length;
        // Within a batch too: one of megabytes would run into the wall, which closes without a word.
        if (hall.unchecked >= this.#inspectBytes) this.#check(hall);
      }
      this.#outlet.stats.deliveries += events.length * seats;
    }
  }

  #check(hall: Hall): void {
    hall.unchecked = 0;
    this.#inspect(hall);
  }

  #enter(connection: Connection, hall: Hall): boolean {
    if (hall.seats.has(connection)) return false;
    hall.seats.add(connection);
    connection.halls = connection.halls.concat(hall);
    return true;
  }

  #open(id: RoomId): Hall {
    const shard = shardOf(id, this.#shards);
    const hall: Hall = {
      id,
      shard,
      seats: new Set(),
      waiting: NOBODY,
      choirs: [],
      lastSeq: 0,
      hole: undefined,
      unchecked: 0,
    };
    this.#halls.set(id, hall);
    return hall;
  }
}

/** The connection leaves those who hear the hall. */
function fallSilent(connection: Connection, hall: Hall): void {
  hall.hole?.late.delete(connection);
  const index = hall.choirs.findIndex((it) => it.voice === connection.voice);
  const choir = hall.choirs[index];
  if (choir === undefined) return;
  if (choir.each === undefined) connection.socket?.unsubscribe(choir.topic);
  else choir.each.delete(connection);
  if (--choir.seats === 0) hall.choirs.splice(index, 1);
}

type Heard = Extract<Input<unknown>, { on: "heard" }>;
type Place = { readonly room: RoomId; readonly seq: number };
