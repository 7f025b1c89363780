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
import { Caller } from "./redis-caller.ts";
import { commitArguments } from "./redis-commit.ts";
import { Ears } from "./redis-ears.ts";
import { type Argument, type Head, headOf } from "./redis-encode.ts";
import { CLUSTER, type Fleet } from "./redis-fleet.ts";
import {
  type ClusterHeads,
  clusterHeads,
  type Publish,
  type ShardHeads,
  shardHeads,
} from "./redis-heads.ts";
import { channelOf, saying } from "./redis-heard.ts";
import type { RedisSurroundings } from "./redis-options.ts";
import {
  cardText,
  readAppended,
  readAssigned,
  readCommitted,
  readEntries,
  readFound,
  readHolder,
  readMap,
  readPassages,
  readRenewed,
  readShard,
} from "./redis-replies.ts";
import { scanHash } from "./redis-scan.ts";
import type { RedisStats } from "./redis-stats.ts";

export class RedisBackbone implements Backbone {
  readonly stats: RedisStats;
  readonly #fleet: Fleet;
  readonly #ears: Ears;
  readonly #caller: Caller;
  readonly #surroundings: RedisSurroundings;
  readonly #shards: readonly ShardHeads[];
  readonly #cluster: ClusterHeads;
  readonly #say: Head;

  constructor(surroundings: RedisSurroundings, fleet: Fleet) {
    const { shards, library, stats } = surroundings;
    const publish: Publish = fleet.isSharded ? "SPUBLISH" : "PUBLISH";
    this.#surroundings = surroundings;
    this.#fleet = fleet;
    this.#caller = new Caller({ fleet, surroundings });
    this.#ears = new Ears({ fleet, surroundings });
    this.#shards = Array.from({ length: shards }, (_, k) => shardHeads(k, publish, library));
    this.#cluster = clusterHeads(library);
    this.#say = headOf(publish);
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

  append(shard: number, { sender, number, bytes, most }: Append, done: Then<Appended>): void {
    const { append, deliver } = this.#of(shard);
    this.#caller.call({
      step: "append",
      place: shard,
      lane: "appends",
      // What was promised passes the bound of memory as it passes the inbox's.
      head: most === 0 ? deliver : append,
      args: [sender, String(number), String(most), bytes],
      read: readAppended,
      full: FULL,
      done,
    });
  }

  read(shard: number, after: EntryId, most: number, done: Then<readonly Entry[]>): void {
    const args = [`(${after}`, "+", "COUNT", String(most)];
    this.#look("read", shard, { args, read: readEntries, done });
  }

  commit(shard: number, commit: ShardCommit, done: Then<Committed>): void {
    const { commit: head } = this.#of(shard);
    const [args, read] = [commitArguments(commit), readCommitted];
    this.#caller.call({ step: "commit", place: shard, lane: "commits", head, args, read, done });
  }

  open(shard: number, done: Then<Shard>): void {
    this.#look("open", shard, { args: [], read: readShard, done });
  }

  scan(
    shard: number,
    page: (entries: ReadonlyMap<string, Uint8Array>) => void,
    done: Then<void>,
  ): void {
    const { stats, defer } = this.#surroundings;
    const head = this.#of(shard).scan;
    stats.calls.scan++;
    const link = this.#fleet.primaryOf(shard)?.link("reads");
    const then: Then<void> = (answer) => {
      if (!answer.known) stats.unknown.scan++;
      done(answer);
    };
    if (link !== undefined) scanHash(link, head, page, then);
    else defer(() => then({ known: false, why: "nobody is known who has it" }));
  }

  fetch(shard: number, keys: readonly string[], done: Then<ReadonlyMap<string, Uint8Array>>): void {
    const read = (reply: unknown) => readFound(keys, reply);
    if (keys.length > 0) this.#look("fetch", shard, { args: keys, read, done });
    else this.#surroundings.defer(() => done({ known: true, value: new Map() }));
  }

  find(
    shard: number,
    prefix: string,
    most: number,
    done: Then<ReadonlyMap<string, Uint8Array>>,
  ): void {
    this.#look("find", shard, { args: [prefix, String(most)], read: readMap, done });
  }

  count(shard: number, done: Then<number>): void {
    this.#look("count", shard, { args: [], read: Number, done });
  }

  history(shard: number, from: number, most: number, done: Then<readonly Passage[]>): void {
    const args = [String(Math.max(0, from)), "+", "COUNT", String(most)];
    this.#look("history", shard, { args, read: readPassages, done });
  }

  assign(
    shard: number,
    { epoch, next }: { readonly epoch: Epoch; readonly next: NodeId | "" },
    done: Then<{ readonly isDone: boolean; readonly holder: Holder }>,
  ): void {
    const { assign: head } = this.#of(shard);
    const [args, read] = [[String(epoch), next], readAssigned];
    this.#caller.call({ step: "assign", place: shard, lane: "commits", head, args, read, done });
  }

  holder(shard: number, done: Then<Holder>): void {
    this.#look("holder", shard, { args: [], read: readHolder, done });
  }

  bury(shard: number, node: NodeId, bytes: Uint8Array, done: Then<void>): void {
    const { bury: head } = this.#of(shard);
    const [args, read] = [[node, bytes], nothing];
    this.#caller.call({ step: "bury", place: shard, lane: "commits", head, args, read, done });
  }

  // Steps that concern all shards together.

  renew(node: NodeId, card: Card, done: Then<Renewed>): void {
    const mayCoordinate = card.role === "shard" && !card.isLeaving ? "1" : "0";
    const args = [node, cardText(card), mayCoordinate, String(LEASE_MS), String(SILENCE_MS)];
    this.#tell("renew", args, readRenewed, done);
  }

  leave(node: NodeId, done: Then<void>): void {
    this.#tell("leave", [node], nothing, done);
  }

  declareDead(node: NodeId, done: Then<boolean>): void {
    this.#tell("declareDead", [node], (reply) => reply === 1, done);
  }

  forget(node: NodeId, done: Then<void>): void {
    this.#tell("forget", [node], nothing, done);
  }

  wish(wishes: ReadonlyMap<number, NodeId | undefined>, done: Then<void>): void {
    const set: string[] = [];
    const removed: string[] = [];
    for (const [shard, node] of wishes) {
      if (node === undefined) removed.push(String(shard));
      else set.push(String(shard), node);
    }
    this.#tell("wish", [String(set.length / 2), ...set, ...removed], nothing, done);
  }

  drain(name: string, isDrained: boolean, done: Then<void>): void {
    this.#tell("drain", [isDrained ? "SADD" : "SREM", name], nothing, done);
  }

  constant(name: string, value: string, done: Then<string>): void {
    this.#tell("constant", [name, value], String, done);
  }

  // Ears.

  listen(node: NodeId, ear: (heard: Heard) => void): () => void {
    return this.#ears.listen(node, ear);
  }

  say(shard: number, to: NodeId, bytes: Uint8Array): void {
    const args = [channelOf(shard, to), saying(bytes)];
    const call = { head: this.#say, args, read: nothing, done: nothing };
    this.#caller.call({ step: "say", place: shard, lane: "appends", ...call });
  }

  #of(shard: number): ShardHeads {
    const heads = this.#shards[shard];
    if (heads === undefined) throw new RangeError(`there is no shard ${shard}`);
    return heads;
  }

  #look<Value>(step: Looking, shard: number, look: Look<Value>): void {
    const head = this.#of(shard)[step];
    this.#caller.call({ step, place: shard, lane: "reads", head, ...look });
  }

  #tell<Value>(
    step: keyof ClusterHeads,
    args: readonly Argument[],
    read: (reply: unknown) => Value,
    done: Then<Value>,
  ): void {
    const head = this.#cluster[step];
    this.#caller.call({ step, place: CLUSTER, lane: "leases", head, args, read, done });
  }
}

type Looking = "read" | "open" | "fetch" | "find" | "count" | "history" | "holder";

type Look<Value> = {
  readonly args: readonly Argument[];
  readonly read: (reply: unknown) => Value;
  readonly done: Then<Value>;
};

const nothing = (): void => {};
const FULL: Appended = { at: "full" };
