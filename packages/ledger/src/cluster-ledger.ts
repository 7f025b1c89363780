/**
 * The shards in one node's hands, as their owners see them. Who holds which shard is decided
 * elsewhere; here a shard is opened, served, handed over, and dropped at the first sign that it is
 * somebody else's.
 */
import type { GatewayId, Result } from "@roundhouse/kernel";
import type { Backbone, Epoch, Heard, NodeId, Passage, Then } from "./backbone.ts";
import { type Beam, decodePassage, encodeBeacon } from "./cluster-wire.ts";
import { Holding, type HoldingOptions } from "./holding.ts";
import { HoldingStats } from "./holding-stats.ts";
import type { Bus, Commit, Ledger, Listener, Owner, Past } from "./ledger.ts";

export type ClusterLedgerOptions<Command, Item> = Omit<
  HoldingOptions<Command>,
  "shard" | "epoch" | "stats" | "fenced" | "opened" | "backbone"
> & {
  readonly backbone: Backbone;
  /** Where what an owner appends goes, and what gateways hear from. */
  readonly bus: Bus<Command, Item>;
  /** How many records one shard may keep. */
  readonly recordsMax: number;
  /** Those of its life before, which it goes on with. */
  readonly stats?: HoldingStats;
};

/** What happens to a shard by itself. */
export type Fate = {
  /** It was read in and takes batches from now on. */
  readonly opened: (shard: number) => void;
  /** It is somebody else's: the owner here must not act any more. */
  readonly ended: (shard: number, why: "fenced") => void;
};

export class ClusterLedger<Command, Item, Stored> implements Ledger<Command, Item, Stored> {
  readonly keepsLive = true;
  readonly stats: HoldingStats;
  fate: Fate = { opened: () => {}, ended: () => {} };
  readonly #options: ClusterLedgerOptions<Command, Item>;
  readonly #holdings = new Map<number, Holding<Command, Item>>();
  readonly #grants = new Map<number, Epoch>();
  #isPaused = false;

  constructor(options: ClusterLedgerOptions<Command, Item>) {
    this.#options = options;
    this.stats = options.stats ?? new HoldingStats();
  }

  // What gateways see.

  append(shard: number, from: GatewayId, command: Command): Result<void> {
    return this.#options.bus.append(shard, from, command);
  }

  hear(gateway: GatewayId, listener: Listener<Item>): () => void {
    return this.#options.bus.hear(gateway, listener);
  }

  // What an owner sees.

  own(shard: number, owner: Owner<Command>): void {
    const epoch = this.#grants.get(shard);
    if (epoch === undefined) throw new Error(`shard ${shard} was not granted to this node`);
    const holding: Holding<Command, Item> = new Holding({
      ...this.#options,
      shard,
      epoch,
      stats: this.stats,
      opened: () => this.fate.opened(shard),
      fenced: () => {
        if (this.#holdings.get(shard) === holding) this.#forget(shard);
        this.fate.ended(shard, "fenced");
      },
    });
    this.#holdings.get(shard)?.end();
    this.#holdings.set(shard, holding);
    if (this.#isPaused) holding.pause();
    holding.open(owner);
  }

  isFull(shard: number): boolean {
    return (this.#holdings.get(shard)?.records ?? 0) >= this.#options.recordsMax;
  }

  load(
    shard: number,
    keys: readonly string[],
    then: (records: ReadonlyMap<string, Stored>) => void,
  ): void {
    this.#read((back) => this.#options.backbone.fetch(shard, keys, back), shard, then);
  }

  scan(
    shard: number,
    wanted: { readonly prefix: string; readonly limit: number },
    then: (records: ReadonlyMap<string, Stored>) => void,
  ): void {
    const { prefix, limit } = wanted;
    this.#read((back) => this.#options.backbone.find(shard, prefix, limit, back), shard, then);
  }

  recall(shard: number, then: (past: readonly Past<Item>[]) => void): void {
    const holding = this.#holdings.get(shard);
    const past: Past<Item>[] = [];
    const read = (from: number): void => {
      this.#options.backbone.history(shard, from, PAGE, (answer) => {
        if (holding === undefined || this.#holdings.get(shard) !== holding) return;
        if (!answer.known) return this.#options.later(() => read(from), AGAIN_MS);
        for (const passage of answer.value) this.#remember(passage, past);
        const last = answer.value.at(-1);
        if (last === undefined || answer.value.length < PAGE) return then(past);
        read(last.commit + 1);
      });
    };
    read(1);
  }

  commit(shard: number, commit: Commit<Command, Item, Stored>, then: () => void): void {
    this.#holdings.get(shard)?.commit(commit, then);
  }

  // What the node's life sees.

  /** The shard is this node's, in this epoch. */
  grant(shard: number, epoch: Epoch): void {
    this.#grants.set(shard, epoch);
  }

  holds(shard: number): boolean {
    return this.#holdings.has(shard);
  }

  get held(): Iterable<Holding<Command, Item>> {
    return this.#holdings.values();
  }

  /** Finishes the commit on its way, gives the shard to `next` ("": to nobody), forgets it. */
  handOver(shard: number, next: NodeId | "", then: (isDone: boolean) => void): void {
    const holding = this.#holdings.get(shard);
    if (holding === undefined) return then(false);
    const { epoch } = holding;
    const { backbone, later } = this.#options;
    const assign = (): void => {
      if (this.#holdings.get(shard) !== holding) return then(false);
      backbone.assign(shard, { epoch, next }, (answer) => {
        if (!answer.known) return later(assign, AGAIN_MS);
        if (this.#holdings.get(shard) === holding) this.#forget(shard);
        const { isDone, holder } = answer.value;
        // Asked twice, because the first answer was lost: then it is where it should be.
        then(isDone || (holder.owner === next && holder.epoch === epoch + 1));
      });
    };
    holding.finish(assign);
  }

  /** Nothing is taken or committed for now; everything is kept. */
  pause(): void {
    this.#isPaused = true;
    for (const holding of this.#holdings.values()) holding.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const holding of this.#holdings.values()) holding.resume();
  }

  /** Forgets a shard without a word: it is not this node's any more. */
  drop(shard: number): void {
    this.#holdings.get(shard)?.end();
    this.#forget(shard);
  }

  heard(heard: Heard): void {
    if (heard.on === "entry") this.#holdings.get(heard.shard)?.hear(heard.entry);
    else if (heard.on === "interrupted") {
      for (const holding of this.#holdings.values()) {
        if (holding.isOpen) holding.read("interrupted");
      }
    }
  }

  /** About every half second: a lost push is found, and every gateway learns where its frames are. */
  beat(): void {
    const beams = new Map<GatewayId, Beam[]>();
    for (const holding of this.#holdings.values()) {
      if (!holding.isOpen) continue;
      holding.look();
      const { shard, commitNumber: commit } = holding;
      for (const [gateway, last] of holding.tails.lasts) {
        const known = beams.get(gateway);
        if (known === undefined) beams.set(gateway, [{ shard, last, commit }]);
        else known.push({ shard, last, commit });
      }
    }
    for (const [gateway, list] of beams) {
      const [first] = list;
      const to = gateway as string as NodeId;
      if (first !== undefined) this.#options.backbone.say(first.shard, to, encodeBeacon(list));
    }
  }

  /** Entries that wait in the shards here, and how old the oldest is, in seconds. */
  depth(now: number): { readonly entries: number; readonly oldestSeconds: number } {
    let entries = 0;
    let oldest = now;
    for (const { depth } of this.#holdings.values()) {
      entries += depth.entries;
      oldest = Math.min(oldest, depth.since ?? now);
    }
    return { entries, oldestSeconds: Math.max(0, now - oldest) / 1000 };
  }

  /** Asks until there is an answer, or the shard is somebody else's. */
  #read(
    ask: (back: Then<ReadonlyMap<string, Uint8Array>>) => void,
    shard: number,
    then: (records: ReadonlyMap<string, Stored>) => void,
  ): void {
    const { codec, later } = this.#options;
    const holding = this.#holdings.get(shard);
    ask((answer) => {
      if (holding === undefined || this.#holdings.get(shard) !== holding) return;
      if (!answer.known) return later(() => this.#read(ask, shard, then), AGAIN_MS);
      const records = new Map<string, Stored>();
      for (const [key, bytes] of answer.value) records.set(key, codec.decode(bytes) as Stored);
      then(records);
    });
  }

  #forget(shard: number): void {
    this.#holdings.delete(shard);
    this.#grants.delete(shard);
  }

  #remember(passage: Passage, past: Past<Item>[]): void {
    const { at, items } = decodePassage<Item>(this.#options.codec, passage);
    for (const item of items) past.push({ at, item });
  }
}

const AGAIN_MS = 50;
const PAGE = 256;
