/**
 * What the shards say to a gateway: frames, each naming the one before it. A hole is refilled from
 * the history of its shard; what history has forgotten is missed, and said to be.
 */
import type { GatewayId, Log } from "@roundhouse/kernel";
import type { Answered, Heard, NodeId, Passage, ShardSteps } from "./backbone.ts";
import { IncomingStats } from "./bus-stats.ts";
import { type Beam, decodePassage, decodeWord, type ReadPassage } from "./cluster-wire.ts";
import type { Codec } from "./codec.ts";
import type { Frame, Listener } from "./ledger.ts";

export type IncomingOptions = {
  readonly node: NodeId;
  readonly shards: number;
  readonly backbone: Pick<ShardSteps, "history">;
  readonly codec: Codec<never>;
  readonly log: Log;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Those of its life before, which it goes on with. */
  readonly stats?: IncomingStats;
};

/** What uncovered a hole, or that the shard itself has gone back. */
export type Cause = "hole" | "tail" | "interrupted" | "rewound";

/** One shard's frames to this gateway. */
type Chain = {
  readonly shard: number;
  /** The commit of the last frame that was passed on. */
  last: number;
  /** Up to this commit nothing is missing, whether it concerned this gateway or not. */
  whole: number;
  /** The last commit known to concern this gateway. */
  seen: number;
  repairing: Cause | undefined;
  /** A beacon was behind: the last frame then. If one is behind that again, history is asked. */
  doubted: number;
  /** Something was interrupted while a repair was under way: it may have looked too early. */
  isAsked: boolean;
};

export class Incoming<Item> {
  readonly stats: IncomingStats;
  readonly #options: IncomingOptions;
  readonly #chains: Chain[];
  readonly #listeners = new Map<GatewayId, Set<Listener<Item>>>();
  #isStopped = false;

  constructor(options: IncomingOptions) {
    this.#options = options;
    this.stats = options.stats ?? new IncomingStats();
    this.#chains = Array.from({ length: options.shards }, (_, shard) => {
      return {
        shard,
        last: 0,
        whole: 0,
        seen: 0,
        doubted: 0,
        repairing: undefined,
        isAsked: false,
      };
    });
  }

  hear(gateway: GatewayId, listener: Listener<Item>): () => void {
    const listeners = this.#listeners.get(gateway) ?? new Set();
    this.#listeners.set(gateway, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  heard(heard: Heard): void {
    if (this.#isStopped) return;
    if (heard.on === "said") this.#said(heard.shard, heard.bytes);
    else if (heard.on === "interrupted") {
      // A shard that never said anything says so with its next beacon, if that has changed.
      for (const chain of this.#chains) if (chain.whole > 0) this.#repair(chain, "interrupted");
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** How many shards' frames are being refilled. */
  get repairing(): number {
    return this.#chains.filter(({ repairing }) => repairing !== undefined).length;
  }

  #said(shard: number, bytes: Uint8Array): void {
    const word = decodeWord(bytes);
    if (word === undefined) return;
    if (word.on === "beacon") {
      for (const beam of word.beams) this.#lookBehind(this.#chains[beam.shard], beam);
      return;
    }
    const chain = this.#chains[shard];
    if (chain === undefined) return;
    const { commit, previous, items } = word;
    if (commit <= chain.last) {
      this.stats.doubled++;
      return;
    }
    chain.seen = Math.max(chain.seen, commit);
    if (chain.repairing !== undefined) return; // The repair will bring it.
    if (previous > chain.last) return this.#repair(chain, "hole");
    if (previous < chain.last) this.#fork(chain);
    this.stats.frames++;
    this.#deliver(chain, commit, this.#options.codec.decodeAll(items) as readonly Item[]);
  }

  #lookBehind(chain: Chain | undefined, { last, commit }: Beam): void {
    if (chain === undefined) return;
    if (last <= chain.last) {
      chain.whole = Math.max(chain.whole, commit);
      if (commit < chain.doubted) return this.#check(chain, { last, commit });
      // Often it is only older than a frame that came before its commit was known to be done.
      chain.doubted = commit < chain.last ? chain.last : 0;
      return;
    }
    chain.seen = Math.max(chain.seen, last);
    this.#repair(chain, "tail");
  }

  /**
   * The shard seems to be behind what it said: a backbone that failed over may have lost its last
   * writes. History always has the last commit that anybody heard, so it knows.
   */
  #check(chain: Chain, now: Omit<Beam, "shard">): void {
    if (chain.repairing !== undefined) return;
    chain.repairing = "rewound";
    this.#options.backbone.history(chain.shard, chain.last, 1, (answer) => {
      if (this.#isStopped) return;
      chain.doubted = 0;
      const isRewound = answer.known && answer.value.length === 0;
      if (isRewound) {
        this.#miss(chain);
        chain.last = now.last;
        chain.whole = now.commit;
        chain.seen = now.last;
      }
      this.#mended(chain, isRewound);
    });
  }

  #deliver(chain: Chain, commit: number, items: readonly Item[]): void {
    chain.last = commit;
    chain.whole = Math.max(chain.whole, commit);
    const frame: Frame<Item> = { shard: chain.shard, items };
    for (const listener of this.#all) listener.frame(frame);
  }

  get #all(): Iterable<Listener<Item>> {
    return this.#listeners.get(this.#options.node as string as GatewayId) ?? NOBODY;
  }

  #repair(chain: Chain, cause: Cause): void {
    if (chain.repairing !== undefined) {
      chain.isAsked = true;
      return;
    }
    chain.repairing = cause;
    this.#read(chain, { from: chain.whole + 1, target: chain.seen, found: 0 });
  }

  /** Reads on, page by page; `target` is what was known to be there when the first was asked for. */
  #read(chain: Chain, reading: Reading): void {
    const { backbone, later } = this.#options;
    const then = (answer: Answered<readonly Passage[]>): void => {
      if (this.#isStopped) return;
      if (!answer.known) return later(() => this.#read(chain, reading), AGAIN_MS);
      let { from, found } = reading;
      for (const passage of answer.value) {
        from = passage.commit + 1;
        found += this.#refill(chain, decodePassage<Item>(this.#options.codec, passage));
      }
      if (answer.value.length < PAGE) return this.#repaired(chain, { ...reading, found });
      this.#read(chain, { ...reading, from, found });
    };
    backbone.history(chain.shard, reading.from, PAGE, then);
  }

  /** Passes on what a passage has for us; tells how much that was. */
  #refill(chain: Chain, passage: ReadPassage<Item>): number {
    const mine = passage.for(this.#options.node as string as GatewayId);
    if (mine === undefined || passage.commit <= chain.last) return 0;
    if (mine.previous > chain.last) this.#miss(chain);
    if (mine.previous < chain.last) this.#fork(chain);
    this.stats.refilled++;
    this.#deliver(chain, passage.commit, mine.items);
    return 1;
  }

  #repaired(chain: Chain, { target, found }: Reading): void {
    // It was there, and history has forgotten it.
    if (chain.last < target) {
      this.#miss(chain);
      chain.last = target;
      chain.whole = Math.max(chain.whole, target);
      found++;
    }
    // After an interruption nothing may have been lost: then there was nothing to repair.
    this.#mended(chain, found > 0);
  }

  #mended(chain: Chain, isRepair: boolean): void {
    const cause = chain.repairing ?? "hole";
    if (isRepair) this.stats.repairs.set(cause, (this.stats.repairs.get(cause) ?? 0) + 1);
    chain.repairing = undefined;
    const isAsked = chain.isAsked;
    chain.isAsked = false;
    if (chain.seen > chain.last) this.#repair(chain, "hole");
    else if (isAsked) this.#repair(chain, "interrupted");
  }

  /** The shard does not know what it said last: what we took from that may be wrong. */
  #fork(chain: Chain): void {
    this.stats.forked++;
    this.#miss(chain);
  }

  #miss(chain: Chain): void {
    this.stats.missed++;
    this.#options.log.say("warn", "frames_missed", { shard: chain.shard, after: chain.last });
    for (const listener of this.#all) listener.missed(chain.shard);
  }
}

type Reading = {
  readonly from: number;
  readonly target: number;
  /** How many frames it has brought back. */
  readonly found: number;
};

const NOBODY: Iterable<never> = [];
const PAGE = 64;
const AGAIN_MS = 100;
