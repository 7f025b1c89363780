/** The backbone on Redis: each step is one call of a function inside it, or one command that reads. */
import {
  type Append,
  type Appended,
  type Backbone,
  type Card,
  type Committed,
  type Entry,
  type EntryId,
  type Epoch,
  type Heard,
  type Holder,
  LEASE_MS,
  type NodeId,
  type Passage,
  type Renewed,
  type Shard,
  type ShardCommit,
  SILENCE_MS,
  type Then,
} from "./backbone.ts";
import {
  bytesOf,
  CLUSTER_KEYS,
  commitArguments,
  keysOf,
  type ShardKeys,
} from "./redis-arguments.ts";
import { Caller } from "./redis-caller.ts";
import { Ears } from "./redis-ears.ts";
import { CLUSTER, type Fleet, type Place } from "./redis-fleet.ts";
import { channelOf, saying } from "./redis-heard.ts";
import type { Argument } from "./redis-link.ts";
import type { RedisSurroundings } from "./redis-options.ts";
import type { Lane } from "./redis-primary.ts";
import {
  cardText,
  readAppended,
  readAssigned,
  readCommitted,
  readEntries,
  readFound,
  readHolder,
  readPassages,
  readRenewed,
  readShard,
} from "./redis-replies.ts";
import { scanHash } from "./redis-scan.ts";
import type { RedisStats, RedisStep } from "./redis-stats.ts";

export class RedisBackbone implements Backbone {
  readonly stats: RedisStats;
  readonly #fleet: Fleet;
  readonly #ears: Ears;
  readonly #caller: Caller;
  readonly #surroundings: RedisSurroundings;
  readonly #keys: readonly ShardKeys[];
  /** How a step lets ears hear: in a cluster within the primary that has the slot. */
  readonly #publish: "PUBLISH" | "SPUBLISH";

  constructor(surroundings: RedisSurroundings, fleet: Fleet) {
    const { shards, stats } = surroundings;
    this.#surroundings = surroundings;
    this.#fleet = fleet;
    this.#caller = new Caller({ fleet, surroundings });
    this.#ears = new Ears({ fleet, surroundings });
    this.#keys = Array.from({ length: shards }, (_, shard) => keysOf(shard));
    this.#publish = fleet.isSharded ? "SPUBLISH" : "PUBLISH";
    this.stats = stats;
  }

  /** Nothing is answered or heard any more; what is on its way is unknown. */
  close(): void {
    this.#ears.close();
    this.#fleet.close();
  }

  get isSound(): boolean {
    for (const primary of this.#fleet.primaries) if (!primary.isSound) return false;
    return this.#ears.isSound;
  }

  // Steps on one shard.

  append(shard: number, { sender, number, bytes, most }: Append, then: Then<Appended>): void {
    const { state, in: inbox } = this.#of(shard);
    const batch = [this.#publish, sender, String(number), String(most), bytesOf(bytes)];
    // What was promised passes the bound of memory as it passes the inbox's.
    this.#step("append", shard, {
      lane: "appends",
      name: most === 0 ? "deliver" : "append",
      keys: [state, inbox],
      args: batch,
      read: readAppended,
      full: FULL,
      done: then,
    });
  }

  read(shard: number, after: EntryId, most: number, then: Then<readonly Entry[]>): void {
    const args = [this.#of(shard).in, `(${after}`, "+", "COUNT", String(most)];
    this.#look("read", shard, { command: "xrange", args, read: readEntries, done: then });
  }

  commit(shard: number, commit: ShardCommit, then: Then<Committed>): void {
    const { state, in: inbox, live, kept, out, past } = this.#of(shard);
    this.#step("commit", shard, {
      lane: "commits",
      keys: [state, inbox, live, kept, out, past],
      args: commitArguments(this.#publish, commit),
      read: readCommitted,
      done: then,
    });
  }

  open(shard: number, then: Then<Shard>): void {
    const { state, out } = this.#of(shard);
    this.#step("open", shard, {
      lane: "reads",
      keys: [state, out],
      args: [],
      read: readShard,
      done: then,
    });
  }

  scan(
    shard: number,
    page: (entries: ReadonlyMap<string, Uint8Array>) => void,
    done: Then<void>,
  ): void {
    const { stats, defer } = this.#surroundings;
    stats.calls.scan++;
    const link = this.#fleet.primaryOf(shard)?.link("reads");
    const then: Then<void> = (answer) => {
      if (!answer.known) stats.unknown.scan++;
      done(answer);
    };
    if (link !== undefined) scanHash(link, this.#of(shard).live, page, then);
    else defer(() => then({ known: false, why: "nobody is known who has it" }));
  }

  fetch(shard: number, keys: readonly string[], then: Then<ReadonlyMap<string, Uint8Array>>): void {
    if (keys.length === 0) {
      this.#surroundings.defer(() => then({ known: true, value: new Map() }));
      return;
    }
    const args = [this.#of(shard).kept, ...keys];
    const read = (reply: unknown) => readFound(keys, reply);
    this.#look("fetch", shard, { command: "hmget", args, read, done: then });
  }

  count(shard: number, then: Then<number>): void {
    this.#look("count", shard, {
      command: "hlen",
      args: [this.#of(shard).kept],
      read: Number,
      done: then,
    });
  }

  history(shard: number, from: number, most: number, then: Then<readonly Passage[]>): void {
    const args = [this.#of(shard).past, String(Math.max(0, from)), "+", "COUNT", String(most)];
    this.#look("history", shard, { command: "xrange", args, read: readPassages, done: then });
  }

  assign(
    shard: number,
    { epoch, next }: { readonly epoch: Epoch; readonly next: NodeId | "" },
    then: Then<{ readonly isDone: boolean; readonly holder: Holder }>,
  ): void {
    this.#step("assign", shard, {
      lane: "commits",
      keys: [this.#of(shard).state],
      args: [this.#publish, String(epoch), next],
      read: readAssigned,
      done: then,
    });
  }

  holder(shard: number, then: Then<Holder>): void {
    const args = [this.#of(shard).state, "owner", "epoch"];
    this.#look("holder", shard, { command: "hmget", args, read: readHolder, done: then });
  }

  bury(shard: number, node: NodeId, bytes: Uint8Array, then: Then<void>): void {
    const { state, in: inbox } = this.#of(shard);
    this.#step("bury", shard, {
      lane: "commits",
      keys: [state, inbox],
      args: [this.#publish, node, bytesOf(bytes)],
      read: nothing,
      done: then,
    });
  }

  // Steps that concern all shards together.

  renew(node: NodeId, card: Card, then: Then<Renewed>): void {
    const { members, dead, gone, terms, drained, wishes } = CLUSTER_KEYS;
    const mayCoordinate = card.role === "shard" && !card.isLeaving;
    const times = [String(LEASE_MS), String(SILENCE_MS)];
    this.#step("renew", CLUSTER, {
      lane: "leases",
      keys: [members, dead, gone, terms, drained, wishes],
      args: [node, cardText(card), mayCoordinate ? "1" : "0", ...times],
      read: readRenewed,
      done: then,
    });
  }

  leave(node: NodeId, then: Then<void>): void {
    const { members, terms } = CLUSTER_KEYS;
    const keys = [members, terms];
    this.#step("leave", CLUSTER, { lane: "leases", keys, args: [node], read: nothing, done: then });
  }

  declareDead(node: NodeId, then: Then<boolean>): void {
    const { members, dead, gone, terms } = CLUSTER_KEYS;
    this.#step("declareDead", CLUSTER, {
      lane: "leases",
      name: "declare_dead",
      keys: [members, dead, gone, terms],
      args: [node],
      read: (reply) => reply === 1,
      done: then,
    });
  }

  forget(node: NodeId, then: Then<void>): void {
    const { dead, gone } = CLUSTER_KEYS;
    const keys = [dead, gone];
    this.#step("forget", CLUSTER, {
      lane: "leases",
      keys,
      args: [node],
      read: nothing,
      done: then,
    });
  }

  wish(wishes: ReadonlyMap<number, NodeId | undefined>, then: Then<void>): void {
    const set: string[] = [];
    const removed: string[] = [];
    for (const [shard, node] of wishes) {
      if (node === undefined) removed.push(String(shard));
      else set.push(String(shard), node);
    }
    const args = [String(set.length / 2), ...set, ...removed];
    const keys = [CLUSTER_KEYS.wishes];
    this.#step("wish", CLUSTER, { lane: "leases", keys, args, read: nothing, done: then });
  }

  drain(name: string, isDrained: boolean, then: Then<void>): void {
    const args = [isDrained ? "SADD" : "SREM", name];
    const keys = [CLUSTER_KEYS.drained];
    this.#step("drain", CLUSTER, { lane: "leases", keys, args, read: nothing, done: then });
  }

  constant(name: string, value: string, then: Then<string>): void {
    const keys = [CLUSTER_KEYS.constants];
    this.#step("constant", CLUSTER, {
      lane: "leases",
      keys,
      args: [name, value],
      read: String,
      done: then,
    });
  }

  // Ears.

  listen(node: NodeId, ear: (heard: Heard) => void): () => void {
    return this.#ears.listen(node, ear);
  }

  say(shard: number, to: NodeId, bytes: Uint8Array): void {
    const args = [channelOf(shard, to), saying(bytes)];
    const command = this.#publish.toLowerCase();
    const call = {
      place: shard,
      lane: "appends",
      command,
      args,
      read: nothing,
      done: nobody,
    } as const;
    this.#caller.call({ step: "say", ...call });
  }

  #of(shard: number): ShardKeys {
    const keys = this.#keys[shard];
    if (keys === undefined) throw new RangeError(`there is no shard ${shard}`);
    return keys;
  }

  /** A function of ours; its name is the step's, unless it has another one. */
  #step<Value>(step: RedisStep, place: Place, { name = step, keys, args, ...asked }: Step<Value>) {
    const { library } = this.#surroundings;
    const whole = [library.functionName(name), String(keys.length), ...keys, ...args];
    this.#caller.call({ step, place, command: "fcall", args: whole, ...asked });
  }

  /** A command that only reads. */
  #look<Value>(step: RedisStep, place: Place, look: Look<Value>): void {
    this.#caller.call({ step, place, lane: "reads", ...look });
  }
}

type Step<Value> = {
  readonly lane: Lane;
  readonly name?: string;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
  readonly read: (reply: unknown) => Value;
  readonly done: Then<Value>;
  readonly full?: Value;
};

type Look<Value> = Omit<Step<Value>, "lane" | "name" | "keys" | "full"> & {
  readonly command: string;
};

const nothing = (): void => {};
const nobody = (): void => {};
const FULL: Appended = { at: "full" };
