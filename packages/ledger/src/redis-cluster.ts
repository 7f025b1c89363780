/** The primaries of a Redis Cluster: who has which of our places, learned anew whenever that changes. */
import { Redis } from "ioredis";
import { headOf } from "./redis-encode.ts";
import { CLUSTER, type Fleet, type Place } from "./redis-fleet.ts";
import type { Link } from "./redis-link.ts";
import { jitter, type RedisSurroundings, redisOptions } from "./redis-options.ts";
import { Primary } from "./redis-primary.ts";
import "./redis-strings.ts";
import { readRedirection, readSlots, type SlotRange, slotOf } from "./redis-slots.ts";
import { addressText, type RedisAddress } from "./redis-url.ts";

export class ClusterFleet implements Fleet {
  readonly isSharded = true;
  readonly #surroundings: RedisSurroundings;
  readonly #seeds: readonly RedisAddress[];
  readonly #slots = new Map<Place, number>();
  readonly #primaries = new Map<string, Primary>();
  readonly #places = new Map<Place, Primary>();
  #changed: () => void = () => {};
  #stirred: () => void = () => {};
  #isOpen = false;
  #refreshing: Promise<void> | undefined;
  #isDue = false;
  #isClosed = false;

  constructor(surroundings: RedisSurroundings, seeds: readonly RedisAddress[]) {
    this.#surroundings = surroundings;
    this.#seeds = seeds;
    this.#slots.set(CLUSTER, slotOf("{rh}"));
    for (let shard = 0; shard < surroundings.shards; shard++) {
      this.#slots.set(shard, slotOf(`{rh:${shard}}`));
    }
  }

  get primaries(): Iterable<Primary> {
    return this.#primaries.values();
  }

  primaryOf(place: Place): Primary | undefined {
    return this.#places.get(place);
  }

  async open(): Promise<void> {
    await this.#refresh();
    this.#again(OPENING_MS);
    // A primary may be gone for good, and another one take its place, before all are there.
    while (!this.#isOpen && !this.#isClosed) {
      const primaries = [...new Set(this.#places.values())];
      const opened = Promise.all(primaries.map((primary) => primary.open())).then(() => true);
      const changed = new Promise<boolean>((resolve) => {
        this.#stirred = () => resolve(false);
      });
      this.#isOpen = await Promise.race([opened, changed]);
    }
  }

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  /** Many calls fail at once when a primary does: one look serves them all. */
  refresh(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#surroundings.later(() => {
      this.#isDue = false;
      void this.#refresh();
    }, LOOK_MS);
  }

  redirect(place: Place, message: string): Primary | undefined {
    const asked = this.primaryOf(place)?.address?.host ?? "";
    const address = readRedirection(message, asked);
    if (address === undefined) return undefined;
    const primary = this.#primaryAt(address);
    if (message.startsWith("MOVED ")) {
      if (this.#places.get(place) !== primary) this.#settle(new Map([[place, primary]]));
      this.refresh();
    }
    return primary;
  }

  close(): void {
    this.#isClosed = true;
    for (const primary of this.#primaries.values()) primary.close();
  }

  #primaryAt(address: RedisAddress): Primary {
    const name = addressText(address);
    const known = this.#primaries.get(name);
    if (known !== undefined) return known;
    const primary = new Primary(this.#surroundings, address);
    this.#primaries.set(name, primary);
    return primary;
  }

  /** Nobody says when a primary is added or a place moves without a command for it: so it looks. */
  #again(afterMs: number): void {
    this.#surroundings.later(() => {
      if (this.#isClosed) return;
      this.refresh();
      this.#again(this.#isOpen ? REFRESH_MS : OPENING_MS);
    }, afterMs);
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#look().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #look(): Promise<void> {
    const { later, chance, log } = this.#surroundings;
    for (let tries = 1; !this.#isClosed; tries++) {
      try {
        return this.#learn(await this.#ask());
      } catch (cause) {
        if (tries === 2) log.say("warn", "cluster_unknown", { cause: String(cause) });
        await new Promise<void>((resolve) => later(resolve, LOOK_MS + jitter(chance, tries)));
      }
    }
  }

  #learn(ranges: readonly SlotRange[]): void {
    const places = new Map<Place, Primary>();
    for (const [place, slot] of this.#slots) {
      const range = ranges.find(({ first, last }) => first <= slot && slot <= last);
      if (range === undefined) throw new Error(`nobody serves slot ${slot}`);
      places.set(place, this.#primaryAt(range));
    }
    this.#settle(places);
    for (const [name, primary] of this.#primaries) {
      if (ranges.some((range) => addressText(range) === name)) continue;
      this.#primaries.delete(name);
      primary.close();
    }
  }

  #settle(places: ReadonlyMap<Place, Primary>): void {
    const moved = [...places].filter(([place, primary]) => this.#places.get(place) !== primary);
    if (moved.length === 0) return;
    const isFirst = this.#places.size === 0;
    for (const [place, primary] of moved) this.#places.set(place, primary);
    if (isFirst) return;
    const { stats, log } = this.#surroundings;
    stats.topologyChanges++;
    log.say("info", "cluster_changed", { places: moved.length });
    this.#changed();
    this.#stirred();
  }

  /** Asks whoever answers: first those that serve, then those that the operator named. */
  async #ask(): Promise<readonly SlotRange[]> {
    for (const primary of this.#primaries.values()) {
      const link = primary.link("reads");
      if (!link.isSound) continue;
      const slots = await slotsOf(link, primary.address?.host ?? "").catch(() => undefined);
      if (slots !== undefined) return slots;
    }
    let last: unknown = new Error("no seed is known");
    for (const seed of this.#seeds) {
      const options = { ...redisOptions(this.#surroundings, seed), retryStrategy: null };
      const redis = new Redis({ ...options, lazyConnect: true });
      redis.on("error", (cause) => {
        last = cause;
      });
      try {
        await redis.connect();
        return readSlots(await redis.cluster("SLOTS"), seed.host);
      } catch (cause) {
        last = cause;
      } finally {
        redis.disconnect();
      }
    }
    throw last;
  }
}

function slotsOf(link: Link, asked: string): Promise<readonly SlotRange[]> {
  return new Promise((resolve, reject) => {
    link.call(SLOTS, [], (error, reply) => {
      if (error === null) resolve(readSlots(reply, asked));
      else reject(error);
    });
  });
}

const SLOTS = headOf("CLUSTER", "SLOTS");
const LOOK_MS = 200;
const OPENING_MS = 1_000;
const REFRESH_MS = 10_000;
