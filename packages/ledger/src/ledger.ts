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
  readonly outbox: readonly { readonly shard: number; readonly command: Command }[];
  /** Durable records by key; undefined removes. */
  readonly records: ReadonlyMap<string, Stored | undefined>;
};

/** What a gateway hears of one commit: the items meant for it, in order. */
export type Frame<Item> = { readonly shard: number; readonly items: readonly Item[] };

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
   * `append`. Returns the way to stop. One listener per gateway.
   */
  hear(gateway: GatewayId, listener: (frame: Frame<Item>) => void): () => void;
}

/** The side that a shard's owner sees. */
export interface Ledger<Command, Item, Stored> extends Bus<Command, Item> {
  /**
   * Makes the caller the one reader and writer of a shard. `take` gets what waits in the inbox, in
   * order; it must answer with exactly one `commit`, and gets nothing more before that is done.
   */
  own(shard: number, take: (posts: readonly Post<Command>[]) => void): void;
  /** Whether the store has as many records as it may: then nobody may cause a new one unasked. */
  readonly isFull: boolean;
  /** Reads records; those that do not exist are absent. May call back before it returns. */
  load(keys: readonly string[], then: (records: ReadonlyMap<string, Stored>) => void): void;
  /**
   * Performs a commit: records are durable and frames are delivered before `then` is called, which
   * may be before this returns. A store in trouble is tried again until it takes the commit.
   */
  commit(shard: number, commit: Commit<Command, Item, Stored>, then: () => void): void;
}
