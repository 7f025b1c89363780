/** The port between a shard and the world. Commands, items and records are opaque here. */
import type { GatewayId, Millis, Result } from "@roundhouse/kernel";

/** One command in an inbox: who appended it and when. */
export type Post<Command> = {
  readonly from: GatewayId;
  readonly at: Millis;
  readonly command: Command;
};

/** What a batch of posts leads to: all of it happens, or nothing. */
export type Commit<Command, Item, Stored> = {
  /** What gateways are told, in this order for each of them. */
  readonly items: readonly { readonly to: readonly GatewayId[]; readonly item: Item }[];
  /** Commands for other shards, or for this one later: applied once each. */
  readonly outbox: readonly {
    readonly shard: number;
    readonly command: Command;
    /** It outlives the process, as the records do; what does not may be lost with all sessions. */
    readonly lasts: boolean;
  }[];
  /** Durable records by key, looked up when somebody needs them; undefined removes. */
  readonly records: ReadonlyMap<string, Stored | undefined>;
  /** What the next owner must know at once, by key; undefined removes. */
  readonly live: ReadonlyMap<string, unknown>;
};

/** What a gateway hears of one commit: the items meant for it, in order. */
export type Frame<Item> = { readonly shard: number; readonly items: readonly Item[] };

/** What was said once, and when. */
export type Past<Item> = { readonly at: Millis; readonly item: Item };

/** Whoever listens for a gateway. */
export interface Listener<Item> {
  frame(frame: Frame<Item>): void;
  /** Frames of this shard are lost for good: ask it how things stand. What follows is whole again. */
  missed(shard: number): void;
}

/** Whoever decides for a shard. */
export interface Owner<Command> {
  /** What was live when the owner before let go, in pages, before the first batch. */
  restore(live: ReadonlyMap<string, unknown>): void;
  /** What waits in the inbox, in order; to be answered with exactly one commit. */
  take(posts: readonly Post<Command>[]): void;
}

/** The side that gateways see. */
export interface Bus<Command, Item> {
  /**
   * Appends to a shard's inbox. What was accepted is applied exactly once, in the order of one
   * gateway's appends. A full inbox refuses: `inbox_full`; one whose store has
   * been in trouble for a while too: `shard_unavailable`. Never calls anybody before it returns.
   */
  append(shard: number, from: GatewayId, command: Command): Result<void>;
  /**
   * Hears every frame for this gateway: once each, in commit order per shard, never inside an
   * `append`. Returns the way to stop. Several may listen for one gateway.
   */
  hear(gateway: GatewayId, listener: Listener<Item>): () => void;
}

/** The side that a shard's owner sees. */
export interface Ledger<Command, Item, Stored> extends Bus<Command, Item> {
  /**
   * Makes the owner the one reader and writer of a shard. It takes what waits in the inbox, in
   * order; it must answer with exactly one `commit`, and gets nothing more before that is done.
   */
  own(shard: number, owner: Owner<Command>): void;
  /** Whether live state outlives this owner: only then need commits carry it. */
  readonly keepsLive: boolean;
  /** Whether a shard has as many records as it may: then nobody may cause a new one unasked. */
  isFull(shard: number): boolean;
  /** Reads records; those that do not exist are absent. May call back before it returns. */
  load(
    shard: number,
    keys: readonly string[],
    then: (records: ReadonlyMap<string, Stored>) => void,
  ): void;
  /**
   * Reads the records whose keys begin so, in the order of the keys, at most so many. Only keys that
   * begin with `account/`, `room/` or `user/` can be found. May call back before it returns.
   */
  scan(
    shard: number,
    wanted: { readonly prefix: string; readonly limit: number },
    then: (records: ReadonlyMap<string, Stored>) => void,
  ): void;
  /** What was said to gateways lately, in order, as far back as it is kept. May call back at once. */
  recall(shard: number, then: (past: readonly Past<Item>[]) => void): void;
  /**
   * Performs a commit: records are durable and frames are delivered before `then` is called, which
   * may be before this returns. A store in trouble is tried again until it takes the commit.
   */
  commit(shard: number, commit: Commit<Command, Item, Stored>, then: () => void): void;
}
