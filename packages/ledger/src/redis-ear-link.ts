/**
 * One connection that hears. A subscription may be there and deaf: so the link says something to itself
 * each second, and takes a new connection when it has not heard that three times.
 */
import { Redis } from "ioredis";
import "./redis-strings.ts";
import { nodeOfChannel, numberOfProbe, probeWith } from "./redis-heard.ts";
import type { ConnectionOptions, RedisSurroundings } from "./redis-options.ts";

export type EarLinkOptions = {
  readonly redis: ConnectionOptions;
  /** For logs. */
  readonly name: string;
  readonly isSharded: boolean;
  readonly surroundings: RedisSurroundings;
  readonly heard: (channel: Buffer, message: Buffer) => void;
  /** These channels are heard from now on; what was said there before may be lost. */
  readonly hearing: (channels: readonly string[]) => void;
  /** A channel belongs elsewhere now. */
  readonly moved: () => void;
  /** Says it on a channel by another connection; tells whether Redis has it. */
  readonly publish: (channel: string, message: Buffer, then: (isDone: boolean) => void) => void;
};

export class EarLink {
  readonly #options: EarLinkOptions;
  readonly #redis: Redis;
  #wanted: ReadonlySet<string> = new Set();
  readonly #has = new Set<string>();
  #generation = 0;
  /** Probes are numbered over all connections: an old one proves nothing. */
  #said = 0;
  #saidFirst = 1;
  #published = 0;
  #heard = 0;
  #misses = 0;
  #trouble = "";

  constructor(options: EarLinkOptions) {
    this.#options = options;
    this.#redis = new Redis(options.redis);
    this.#redis.on("ready", () => this.#opened());
    this.#redis.on("error", (cause: Error) => {
      this.#trouble = cause.message;
    });
    this.#redis.on("close", () => this.#lost());
    const event = options.isSharded ? "smessageBuffer" : "messageBuffer";
    this.#redis.on(event, (channel: Buffer, message: Buffer) => this.#message(channel, message));
    this.#redis.on("moved", () => {
      options.moved();
      this.recycle("a channel has moved");
    });
  }

  /** Whether it hears everything it should, and has heard itself of late. */
  get isSound(): boolean {
    return this.#isWhole && this.#heard >= this.#saidFirst && this.#misses < MISSES_MAX;
  }

  get trouble(): string {
    return this.#trouble;
  }

  /** From now on these channels, and no others. */
  want(channels: ReadonlySet<string>): void {
    this.#wanted = channels;
    if (!this.#isOpen) return;
    const gone = [...this.#has].filter((channel) => !channels.has(channel));
    const added = [...channels].filter((channel) => !this.#has.has(channel));
    for (const channel of gone) this.#has.delete(channel);
    if (gone.length > 0) this.#tell("unsubscribe", gone).catch(() => {}); // Lost with the link.
    if (added.length > 0) this.#subscribe(added);
  }

  recycle(why: string): void {
    if (!this.#isOpen) return;
    this.#trouble = why;
    this.#redis.stream.destroy();
  }

  close(): void {
    this.#wanted = new Set();
    this.#redis.disconnect();
  }

  /** Says something to itself, and looks whether the last such word came. */
  probe(): void {
    if (!this.#isWhole) return;
    const { stats, log } = this.#options.surroundings;
    // What Redis itself did not take does not tell anything about the ear.
    if (this.#published >= this.#saidFirst && this.#heard < this.#published) {
      this.#misses++;
      stats.probesMissed++;
    }
    if (this.#misses >= MISSES_MAX) {
      stats.deafRecycles++;
      log.say("warn", "ear_deaf", { link: this.#options.name, misses: this.#misses });
      return this.recycle("it hears nothing");
    }
    const [channel] = this.#wanted;
    if (channel === undefined) return;
    const number = ++this.#said;
    this.#options.publish(channel, probeWith(number), (isDone) => {
      if (isDone) this.#published = Math.max(this.#published, number);
    });
  }

  get #isOpen(): boolean {
    return this.#redis.status === "ready";
  }

  get #isWhole(): boolean {
    return this.#isOpen && this.#has.size === this.#wanted.size;
  }

  #opened(): void {
    const { stats, log } = this.#options.surroundings;
    if (this.#generation++ > 0) {
      stats.reconnections++;
      log.say("info", "ear_back", { link: this.#options.name, cause: this.#trouble });
    }
    this.#misses = 0;
    this.#saidFirst = this.#said + 1;
    this.#has.clear();
    if (this.#wanted.size > 0) this.#subscribe([...this.#wanted]);
  }

  #lost(): void {
    this.#has.clear();
    this.#options.moved(); // Its primary may be gone.
  }

  #subscribe(channels: readonly string[]): void {
    const generation = this.#generation;
    this.#tell("subscribe", channels).then(
      () => {
        if (generation !== this.#generation || !this.#isOpen) return;
        for (const channel of channels) if (this.#wanted.has(channel)) this.#has.add(channel);
        if (generation > 1) this.#options.surroundings.stats.interruptions++;
        this.#options.hearing(channels);
        this.probe();
      },
      (cause: unknown) => {
        if (generation === this.#generation) this.recycle(String(cause));
      },
    );
  }

  /** Sharded channels of different slots do not go into one command. */
  async #tell(what: "subscribe" | "unsubscribe", channels: readonly string[]): Promise<void> {
    if (!this.#options.isSharded) await this.#redis[what](...channels);
    else await Promise.all(channels.map((channel) => this.#redis[`s${what}`](channel)));
  }

  #message(channel: Buffer, message: Buffer): void {
    const number = numberOfProbe(message);
    if (number === undefined) return this.#options.heard(channel, message);
    if (number < this.#saidFirst) return;
    this.#heard = Math.max(this.#heard, number);
    this.#misses = 0;
  }
}

/** Channels that are heard by the nodes in them. */
export function nodesOf(channels: readonly string[]): ReadonlySet<string> {
  return new Set(channels.map((channel) => nodeOfChannel(Buffer.from(channel))));
}

const MISSES_MAX = 3;
