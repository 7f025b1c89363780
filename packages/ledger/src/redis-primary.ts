/**
 * One Redis that takes writes, and our connections to it: one for each kind of work, so that a lease
 * never waits behind a large commit, nor a commit behind a long read.
 */
import { type Head, headOf } from "./redis-encode.ts";
import { findingsIn } from "./redis-inspection.ts";
import { isRefusal, Link } from "./redis-link.ts";
import { addressName, type RedisSurroundings, redisOptions } from "./redis-options.ts";
import type { RedisAddress } from "./redis-url.ts";

export const LANES = ["leases", "commits", "appends", "reads"] as const;
export type Lane = (typeof LANES)[number];

/** What an operator must mend: trying again does not help. */
export class RedisRefusal extends Error {}

export class Primary {
  readonly name: string;
  readonly address: RedisAddress | undefined;
  readonly #surroundings: RedisSurroundings;
  readonly #links = new Map<Lane, Link>();
  #loading: Promise<void> | undefined;

  constructor(surroundings: RedisSurroundings, address?: RedisAddress) {
    this.#surroundings = surroundings;
    this.address = address;
    this.name = addressName(surroundings.target, address);
  }

  /** Opened when it is first asked for. */
  link(lane: Lane): Link {
    const known = this.#links.get(lane);
    if (known !== undefined) return known;
    const link = new Link({
      redis: redisOptions(this.#surroundings, this.address),
      name: `${lane} ${this.name}`,
      surroundings: this.#surroundings,
    });
    this.#links.set(lane, link);
    return link;
  }

  get isSound(): boolean {
    for (const link of this.#links.values()) if (!link.isSound) return false;
    return true;
  }

  get trouble(): string {
    for (const link of this.#links.values()) if (!link.isSound) return link.trouble;
    return "";
  }

  /** Resolves once all connections stand and the functions are there. */
  async open(): Promise<void> {
    await Promise.all(LANES.map((lane) => this.link(lane).ready()));
    await this.load();
    await this.#inspect();
  }

  /** Loads the functions, unless they are there. Rejects when what is there is something else. */
  load(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
  }

  async #load(): Promise<void> {
    const { library, stats, log } = this.#surroundings;
    if (await this.#isLoaded()) return;
    try {
      await this.#ask(FUNCTION, ["LOAD", library.code]);
      stats.functionsLoaded++;
      log.say("info", "functions_loaded", { library: library.name, redis: this.name });
    } catch (cause) {
      if (!(await this.#isLoaded())) throw cause; // Another node may have been quicker.
    }
  }

  async #isLoaded(): Promise<boolean> {
    const { library } = this.#surroundings;
    const reply = await this.#ask(FUNCTION, ["LIST", "LIBRARYNAME", library.name, "WITHCODE"]);
    const [found] = reply as readonly (readonly unknown[])[];
    if (found === undefined) return false;
    const code = found[found.findIndex((it) => String(it) === "library_code") + 1];
    if (String(code) === library.code) return true;
    throw new RedisRefusal(
      `The Redis at ${this.name} has other functions under the name ${library.name}: they belong to ` +
        "another build. Remove them with FUNCTION DELETE when no node uses them any more.",
    );
  }

  async #inspect(): Promise<void> {
    const info = String(await this.#ask(INFO, []));
    for (const { event, advice } of findingsIn(info)) {
      this.#surroundings.log.say("warn", event, { redis: this.name, advice });
    }
  }

  #ask(head: Head, words: readonly string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.link("leases").call(head, words, (error, reply) => {
        if (error === null) resolve(reply);
        else reject(isRefusal(error) ? this.#refusal(error) : error);
      });
    });
  }

  #refusal({ message }: Error): RedisRefusal {
    const hint = message.startsWith("ERR unknown") ? ": it needs to be version 7.0 or newer" : "";
    return new RedisRefusal(`The Redis at ${this.name} says ${message}${hint}`);
  }
}

const FUNCTION = headOf("FUNCTION");
const INFO = headOf("INFO");
