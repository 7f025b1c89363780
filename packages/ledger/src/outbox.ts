/**
 * What a shard's commits sent to other shards: written in the commit that caused it, brought to the
 * other inbox until it is there, struck out by a later commit. The number of each batch is given when
 * it is written, so a new owner that brings it again brings the same.
 */

import type { GatewayId } from "@roundhouse/kernel";
import type { Append, ShardSteps } from "./backbone.ts";
import { packPosts } from "./cluster-wire.ts";
import type { Codec } from "./codec.ts";
import { Courier } from "./courier.ts";

export type OutboxOptions<Command> = {
  readonly shard: number;
  readonly backbone: Pick<ShardSteps, "append">;
  readonly codec: Codec<Command>;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Another shard has no more what it had taken: its backbone lost data. */
  readonly lost: () => void;
};

type Route = {
  readonly courier: Courier;
  /** The last number given to a batch. */
  number: number;
  readonly waiting: Append[];
};

export class Outbox<Command> {
  readonly #options: OutboxOptions<Command>;
  readonly #sender: string;
  readonly #nothing: Uint8Array;
  readonly #routes = new Map<number, Route>();
  /** In other inboxes already: the next commit strikes them out. */
  #arrived: string[] = [];
  /** Written by the commit that is on its way: not to be sent before it is done. */
  readonly #written: Route[] = [];
  #waiting = 0;

  constructor(options: OutboxOptions<Command>) {
    this.#options = options;
    this.#sender = `shard:${options.shard}`;
    this.#nothing = packPosts(options.codec, [], this.#sender).bytes;
  }

  /** Batches that are not known to have arrived. */
  get size(): number {
    return this.#waiting;
  }

  /** Whether a commit that changes nothing else would still tidy up here. */
  get hasArrived(): boolean {
    return this.#arrived.length > 0;
  }

  /** What the owner before left: numbers given, and what may not have arrived. */
  restore(notes: ReadonlyMap<string, string>, outbox: ReadonlyMap<string, Uint8Array>): void {
    for (const [key, number] of notes) {
      if (key.startsWith(NOTE)) this.#route(Number(key.slice(NOTE.length))).number = Number(number);
    }
    const left = [...outbox].map(([key, bytes]) => {
      const [to = 0, number = 0] = key.split("/").map(Number);
      return { to, batch: { sender: this.#sender, number, bytes, most: 0 } };
    });
    left.sort((one, other) => one.batch.number - other.batch.number);
    for (const { to, batch } of left) {
      this.#route(to).waiting.push(batch);
      this.#waiting++;
    }
  }

  /** Writes what a commit sends into it: notes of numbers, batches, and what is struck out. */
  write(
    sent: readonly { readonly shard: number; readonly command: Command }[],
    notes: Map<string, string | undefined>,
    changes: Map<string, Uint8Array | undefined>,
  ): void {
    for (const key of this.#arrived) changes.set(key, undefined);
    this.#arrived = [];
    if (sent.length === 0) return;
    const byShard = new Map<number, Command[]>();
    for (const { shard, command } of sent) {
      const commands = byShard.get(shard);
      if (commands === undefined) byShard.set(shard, [command]);
      else commands.push(command);
    }
    for (const [shard, commands] of byShard) {
      const route = this.#route(shard);
      route.number++;
      const posts = commands.map((command) => ({ from: NOBODY, command }));
      const bytes = packPosts(this.#options.codec, posts, this.#sender).bytes;
      route.waiting.push({ sender: this.#sender, number: route.number, bytes, most: 0 });
      this.#written.push(route);
      this.#waiting++;
      notes.set(`${NOTE}${shard}`, String(route.number));
      changes.set(`${shard}/${route.number}`, bytes);
    }
  }

  /** The commit is done: what it wrote may go. */
  send(): void {
    for (const route of this.#written.splice(0)) route.courier.wake();
  }

  /** A new owner sends what was left. */
  sendAll(): void {
    for (const { courier } of this.#routes.values()) courier.wake();
  }

  stop(): void {
    for (const { courier } of this.#routes.values()) courier.stop();
  }

  #route(shard: number): Route {
    const known = this.#routes.get(shard);
    if (known !== undefined) return known;
    const { backbone, later } = this.#options;
    const waiting: Append[] = [];
    const courier = new Courier({
      backbone,
      shard,
      later,
      next: () => (this.#written.includes(route) ? undefined : waiting[0]),
      taken: (number) => {
        if (waiting[0]?.number !== number) return; // It only filled a gap.
        waiting.shift();
        this.#waiting--;
        this.#arrived.push(`${shard}/${number}`);
      },
      // The other shard lost what it had taken before: nothing in its place, then what comes next.
      gap: (batch, last) => {
        this.#options.lost();
        return { ...batch, number: last + 1, bytes: this.#nothing };
      },
      buried: () => {},
    });
    const route: Route = { courier, number: 0, waiting };
    this.#routes.set(shard, route);
    return route;
  }
}

const NOTE = "out:";
/** The author of what shards send each other. */
const NOBODY = "" as GatewayId;
