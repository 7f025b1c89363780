/**
 * The backbone as it should be: in memory, deterministic, and never in trouble. Its contract suite
 * runs on Redis too; the simulation puts the trouble around it.
 */
import type { Clock } from "@roundhouse/kernel";
import type {
  Answered,
  Append,
  Appended,
  Backbone,
  Card,
  Committed,
  Entry,
  EntryId,
  Epoch,
  Heard,
  Holder,
  NodeId,
  Passage,
  Renewed,
  Shard,
  ShardCommit,
  Then,
} from "@roundhouse/ledger";
import { ModelCluster } from "./model-backbone-cluster.ts";
import { ModelShard } from "./model-backbone-shard.ts";

export type ModelOptions = {
  readonly shards: number;
  /** The backbone's own time, which all leases and entries go by. */
  readonly clock: Clock;
  /** Runs something after the present turn: answers and ears are never called inside a call. */
  readonly defer: (run: () => void) => void;
};

export class ModelBackbone implements Backbone {
  /** For whoever judges: the truth, to be looked at only. */
  readonly shards: readonly ModelShard[];
  readonly cluster = new ModelCluster();
  readonly isSound = true;
  readonly #options: ModelOptions;
  readonly #ears = new Map<NodeId, (heard: Heard) => void>();

  constructor(options: ModelOptions) {
    this.#options = options;
    const publish = (to: NodeId, heard: Heard): void => this.#publish(to, heard);
    this.shards = Array.from({ length: options.shards }, (_, k) => new ModelShard(k, publish));
  }

  // Steps on one shard.

  append(shard: number, batch: Append, then: Then<Appended>): void {
    this.#answer(then, this.#shard(shard).append(batch, this.#now));
  }

  read(shard: number, after: EntryId, most: number, then: Then<readonly Entry[]>): void {
    this.#answer(then, this.#shard(shard).read(after, most));
  }

  commit(shard: number, commit: ShardCommit, then: Then<Committed>): void {
    this.#answer(then, this.#shard(shard).commit(commit));
  }

  open(shard: number, then: Then<Shard>): void {
    this.#answer(then, this.#shard(shard).open());
  }

  scan(
    shard: number,
    page: (entries: ReadonlyMap<string, Uint8Array>) => void,
    done: Then<void>,
  ): void {
    const entries = [...this.#shard(shard).live];
    for (let at = 0; at < entries.length; at += PAGE) {
      const part = new Map(entries.slice(at, at + PAGE));
      this.#options.defer(() => page(part));
    }
    this.#answer(done, undefined);
  }

  fetch(shard: number, keys: readonly string[], then: Then<ReadonlyMap<string, Uint8Array>>): void {
    const { kept } = this.#shard(shard);
    const found = new Map<string, Uint8Array>();
    for (const key of keys) {
      const bytes = kept.get(key);
      if (bytes !== undefined) found.set(key, bytes);
    }
    this.#answer(then, found);
  }

  find(
    shard: number,
    prefix: string,
    most: number,
    then: Then<ReadonlyMap<string, Uint8Array>>,
  ): void {
    this.#answer(then, this.#shard(shard).find(prefix, most));
  }

  count(shard: number, then: Then<number>): void {
    this.#answer(then, this.#shard(shard).count());
  }

  history(shard: number, from: number, most: number, then: Then<readonly Passage[]>): void {
    this.#answer(then, this.#shard(shard).history(from, most));
  }

  assign(
    shard: number,
    change: { readonly epoch: Epoch; readonly next: NodeId | "" },
    then: Then<{ readonly isDone: boolean; readonly holder: Holder }>,
  ): void {
    this.#answer(then, this.#shard(shard).assign(change.epoch, change.next));
  }

  holder(shard: number, then: Then<Holder>): void {
    this.#answer(then, this.#shard(shard).holder);
  }

  bury(shard: number, node: NodeId, bytes: Uint8Array, then: Then<void>): void {
    this.#answer(then, this.#shard(shard).bury(node, bytes, this.#now));
  }

  // Steps that concern all shards together.

  renew(node: NodeId, card: Card, then: Then<Renewed>): void {
    this.#answer(then, this.cluster.renew(node, card, this.#now));
  }

  leave(node: NodeId, then: Then<void>): void {
    this.#answer(then, this.cluster.leave(node));
  }

  declareDead(node: NodeId, then: Then<boolean>): void {
    this.#answer(then, this.cluster.declareDead(node, this.#now));
  }

  forget(node: NodeId, then: Then<void>): void {
    this.#answer(then, this.cluster.forget(node));
  }

  wish(wishes: ReadonlyMap<number, NodeId | undefined>, then: Then<void>): void {
    this.#answer(then, this.cluster.wish(wishes));
  }

  drain(name: string, isDrained: boolean, then: Then<void>): void {
    this.#answer(then, this.cluster.drain(name, isDrained));
  }

  constant(name: string, value: string, then: Then<string>): void {
    this.#answer(then, this.cluster.constant(name, value));
  }

  // Ears.

  listen(node: NodeId, ear: (heard: Heard) => void): () => void {
    this.#ears.set(node, ear);
    return () => {
      if (this.#ears.get(node) === ear) this.#ears.delete(node);
    };
  }

  say(shard: number, to: NodeId, bytes: Uint8Array): void {
    this.#publish(to, { on: "said", shard, bytes });
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #shard(shard: number): ModelShard {
    const known = this.shards[shard];
    if (known === undefined) throw new RangeError(`there is no shard ${shard}`);
    return known;
  }

  #answer<Value>(then: Then<Value>, value: Value): void {
    const answer: Answered<Value> = { known: true, value };
    this.#options.defer(() => then(answer));
  }

  /** At most once: who does not listen now never hears it. */
  #publish(to: NodeId, heard: Heard): void {
    const ear = this.#ears.get(to);
    if (ear === undefined) return;
    this.#options.defer(() => {
      if (this.#ears.get(to) === ear) ear(heard);
    });
  }
}

/** How many entries of a scan come at a time: few, so that tests see several pages. */
const PAGE = 5;
