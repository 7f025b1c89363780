/**
 * Three nodes on one backbone, seen as one ledger: two gateways, and a node that owns whatever shard
 * somebody asks to own. For the ledger's contract suite, and for looking at what nodes exchange.
 */
import { type Clock, type GatewayId, type Log, type Result, silentLog } from "@roundhouse/kernel";
import {
  type Backbone,
  ClusterBus,
  ClusterLedger,
  type Codec,
  type Commit,
  type Epoch,
  type Ledger,
  type Listener,
  msgpack,
  type NodeId,
  type Owner,
  type Past,
  type Then,
} from "@roundhouse/ledger";

export type TrioOptions = {
  readonly backbone: Backbone;
  readonly shards: number;
  readonly clock: Clock;
  readonly defer: (run: () => void) => void;
  readonly later: (run: () => void, afterMs: number) => void;
  readonly queueMax: number;
  readonly historyBytesMax?: number;
  readonly log?: Log;
};

export class Trio implements Ledger<string, string, unknown> {
  readonly keepsLive = true;
  readonly buses = new Map<string, ClusterBus<string, string>>();
  /** Whoever owns shards now; a hand-over makes the next one. */
  ledger: ClusterLedger<string, string, unknown>;
  readonly #options: TrioOptions;
  readonly #stops: (() => void)[] = [];
  #owners = 0;
  #node: NodeId;

  constructor(options: TrioOptions) {
    this.#options = options;
    for (const gateway of ["gate", "other"]) this.#open(gateway as NodeId);
    this.#node = this.#nextNode();
    this.ledger = this.#openLedger(this.#node);
  }

  append(shard: number, from: GatewayId, command: string): Result<void> {
    return this.#bus(from).append(shard, from, command);
  }

  hear(gateway: GatewayId, listener: Listener<string>): () => void {
    return this.#bus(gateway).hear(gateway, listener);
  }

  own(shard: number, owner: Owner<string>): void {
    const ledger = this.ledger;
    const node = this.#node;
    const { backbone, later } = this.#options;
    const assign = (epoch: Epoch): void => {
      backbone.assign(shard, { epoch, next: node }, (answer) => {
        if (!answer.known) return later(() => assign(epoch), 10);
        const { isDone, holder } = answer.value;
        if (!isDone && holder.owner !== node) return assign(holder.epoch);
        ledger.grant(shard, holder.epoch);
        ledger.own(shard, owner);
      });
    };
    assign(0);
  }

  isFull(shard: number): boolean {
    return this.ledger.isFull(shard);
  }

  load(
    shard: number,
    keys: readonly string[],
    then: (records: ReadonlyMap<string, unknown>) => void,
  ): void {
    // The suite reads also what nobody owns.
    this.#options.backbone.fetch(shard, keys, decoded(then));
  }

  scan(
    shard: number,
    { prefix, limit }: { readonly prefix: string; readonly limit: number },
    then: (records: ReadonlyMap<string, unknown>) => void,
  ): void {
    this.#options.backbone.find(shard, prefix, limit, decoded(then));
  }

  recall(shard: number, then: (past: readonly Past<string>[]) => void): void {
    this.ledger.recall(shard, then);
  }

  commit(shard: number, commit: Commit<string, string, unknown>, then: () => void): void {
    this.ledger.commit(shard, commit, then);
  }

  /** From now on another node owns what is asked to be owned. The one before keeps what it has. */
  nextOwner(): ClusterLedger<string, string, unknown> {
    const before = this.ledger;
    this.#node = this.#nextNode();
    this.ledger = this.#openLedger(this.#node);
    return before;
  }

  get node(): NodeId {
    return this.#node;
  }

  beat(): void {
    this.ledger.beat();
  }

  close(): void {
    for (const bus of this.buses.values()) bus.stop();
    for (const stop of this.#stops) stop();
  }

  #nextNode(): NodeId {
    return `owner${++this.#owners}` as NodeId;
  }

  #bus(gateway: GatewayId): ClusterBus<string, string> {
    return this.buses.get(gateway) ?? this.#open(gateway as string as NodeId);
  }

  #open(node: NodeId): ClusterBus<string, string> {
    const bus = this.#openBus(node);
    this.#stops.push(this.#options.backbone.listen(node, (heard) => bus.heard(heard)));
    return bus;
  }

  #openBus(node: NodeId): ClusterBus<string, string> {
    const { log = silentLog } = this.#options;
    const codec = words;
    const bus = new ClusterBus<string, string>({
      ...this.#options,
      node,
      codec,
      log,
      inboxMax: 1_000,
      buried: () => {},
    });
    this.buses.set(node, bus);
    return bus;
  }

  #openLedger(node: NodeId): ClusterLedger<string, string, unknown> {
    const { log = silentLog, historyBytesMax = 1_000_000 } = this.#options;
    const bus = this.#openBus(node);
    const ledger = new ClusterLedger<string, string, unknown>({
      ...this.#options,
      node,
      codec: words,
      log,
      bus,
      historyBytesMax,
      recordsMax: 1_000,
    });
    const stop = this.#options.backbone.listen(node, (heard) => {
      bus.heard(heard);
      ledger.heard(heard);
    });
    this.#stops.push(stop);
    return ledger;
  }
}

function decoded(
  then: (records: ReadonlyMap<string, unknown>) => void,
): Then<ReadonlyMap<string, Uint8Array>> {
  return (answer) => {
    if (!answer.known) return;
    then(new Map([...answer.value].map(([key, bytes]) => [key, msgpack.decode(bytes)])));
  };
}

/** Words as commands and items; "goodbye" is the last of a gateway. */
const words: Codec<string> = {
  ...msgpack,
  isFarewell: (command) => command === "goodbye",
  weightOf: (command) => (command === "heavy" ? 1_000 : 1),
};
