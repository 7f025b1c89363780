/**
 * One connection to a Redis: commands of one turn of the loop leave in one write, and what was not
 * answered is said to be unknown. It comes back by itself, for as long as it is not closed.
 */
import { Command, Redis, ReplyError } from "ioredis";
import "./redis-strings.ts";
import { type Argument, encode, type Head } from "./redis-encode.ts";
import type { ConnectionOptions, RedisSurroundings } from "./redis-options.ts";

/** The reply, with strings as Buffers; or what went wrong, in Redis or on the way. */
export type Replied = (error: Error | null, reply?: unknown) => void;

export type LinkOptions = {
  readonly redis: ConnectionOptions;
  /** For logs: what it is for, and where it leads. */
  readonly name: string;
  readonly surroundings: RedisSurroundings;
};

/** What Redis itself said; everything else happened on the way, and leaves the outcome open. */
export const isReplyError = (error: Error): boolean => error instanceof ReplyError;

/** What Redis will say again, however often it is asked: an operator must mend it. */
export function isRefusal(error: Error): boolean {
  return isReplyError(error) && /^(WRONGPASS|NOAUTH|NOPERM|ERR unknown) /i.test(error.message);
}

export class Link {
  readonly redis: Redis;
  /** Counts the connections it has had: what must stay on one of them compares it. */
  generation = 0;
  readonly #options: LinkOptions;
  #corked: Redis["stream"] | undefined;
  /** Since when commands have gone without an answer; undefined: they are answered. */
  #quietSince: number | undefined;
  #trouble = "";
  #at: "opening" | "open" | "lost" | "closed" = "opening";
  readonly #waiting: { resolve(): void; reject(cause: Error): void }[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
    this.redis = new Redis(options.redis);
    this.redis.on("ready", () => this.#opened());
    this.redis.on("close", () => this.#lost());
    this.redis.on("error", (cause: Error) => {
      this.#trouble = cause.message;
      if (isRefusal(cause)) for (const { reject } of this.#waiting.splice(0)) reject(cause);
    });
  }

  get isReady(): boolean {
    // What has been cut stays "ready" until the next turn.
    return this.redis.status === "ready" && this.redis.stream.writable;
  }

  /** Whether its commands are answered. */
  get isSound(): boolean {
    return this.isReady && this.#quietSince === undefined;
  }

  /** What went wrong last, for an operator. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Resolves once it can be used; rejects when Redis refuses for good. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isReady) resolve();
      else this.#waiting.push({ resolve, reject });
    });
  }

  /** Never calls back inside the call. */
  call(head: Head, args: readonly Argument[], then: Replied): void {
    if (!this.isReady) {
      const cause = new Error(`not connected${this.#trouble && `: ${this.#trouble}`}`);
      this.#options.surroundings.defer(() => then(cause));
      return;
    }
    this.#cork();
    const command = new Encoded(encode(head, args), (error, reply) => {
      if (error == null) {
        this.#quietSince = undefined;
        return then(null, reply);
      }
      if (isReplyError(error)) this.#quietSince = undefined;
      else if (this.isReady) this.#unanswered();
      then(error);
    });
    this.redis.sendCommand(command);
  }

  /** Cuts the connection; what was on its way is unknown, and a new one is opened. */
  recycle(why: string): void {
    if (!this.isReady) return;
    this.#trouble = why;
    this.redis.stream.destroy();
  }

  close(): void {
    this.#at = "closed";
    this.redis.disconnect();
  }

  /** Everything that one turn says leaves with one system call. */
  #cork(): void {
    if (this.#corked !== undefined) return;
    const { stream } = this.redis;
    this.#corked = stream;
    stream.cork();
    this.#options.surroundings.defer(() => {
      this.#corked = undefined;
      stream.uncork();
    });
  }

  /** A server that is gone without a word never closes its connection: that is for us to do. */
  #unanswered(): void {
    const { clock, commandMs } = this.#options.surroundings;
    const now = clock.precise();
    this.#quietSince ??= now;
    if (now - this.#quietSince >= 2 * commandMs) this.recycle("no answers");
  }

  #opened(): void {
    const { log, stats } = this.#options.surroundings;
    this.#quietSince = undefined;
    this.generation++;
    if (this.#at === "lost") {
      stats.reconnections++;
      log.say("info", "redis_back", { link: this.#options.name });
    }
    if (this.#at !== "closed") this.#at = "open";
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #lost(): void {
    if (this.#at !== "open") return;
    this.#at = "lost";
    const { log } = this.#options.surroundings;
    log.say("warn", "redis_lost", { link: this.#options.name, cause: this.#trouble });
  }
}

/** A command whose bytes are there already; its reply is left as bytes, too. */
class Encoded extends Command {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, then: (error?: Error | null, reply?: unknown) => void) {
    super("fcall", [], AS_BYTES, then); // No command that the driver knows something about.
    this.#bytes = bytes;
  }

  override toWritable(): Buffer {
    return this.#bytes;
  }
}

const AS_BYTES = { replyEncoding: null };
