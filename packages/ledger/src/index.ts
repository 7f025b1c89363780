/** The port between a shard and the world, and its implementations. */
export {
  type Answered,
  type Append,
  type Appended,
  type Backbone,
  BEGINNING,
  type Card,
  type Census,
  type Changes,
  type ClusterSteps,
  type Committed,
  type Entry,
  type EntryId,
  type Epoch,
  HEARTBEAT_MS,
  type Heard,
  type Holder,
  LEASE_MS,
  type Member,
  type NodeId,
  type Passage,
  type Renewed,
  type Shard,
  type ShardCommit,
  type ShardSteps,
  SILENCE_MS,
  type Then,
} from "./backbone.ts";
export { BusStats } from "./bus-stats.ts";
export { ClusterBus, type ClusterBusOptions } from "./cluster-bus.ts";
export { ClusterLedger, type ClusterLedgerOptions, type Fate } from "./cluster-ledger.ts";
export { decodePassage, type ReadPassage } from "./cluster-wire.ts";
export type { Codec } from "./codec.ts";
export { EmbeddedLedger, type EmbeddedOptions } from "./embedded.ts";
export { HoldingStats } from "./holding-stats.ts";
export type { Bus, Commit, Frame, Ledger, Listener, Owner, Past, Post } from "./ledger.ts";
export { lmdbStore } from "./lmdb-store.ts";
export { msgpack } from "./msgpack-codec.ts";
export type { RedisBackbone } from "./redis-backbone.ts";
export { openRedisBackbone, type RedisBackboneOptions } from "./redis-open.ts";
export { RedisRefusal } from "./redis-primary.ts";
export type { RedisStats } from "./redis-stats.ts";
export { parseRedisUrl, REDIS_URL_FORMS } from "./redis-url.ts";
export { memoryStore, type Store } from "./store.ts";
