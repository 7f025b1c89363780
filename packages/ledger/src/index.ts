/** The port between a shard and the world, and its embedded implementation. */
export { EmbeddedLedger, type EmbeddedOptions } from "./embedded.ts";
export type { Bus, Commit, Frame, Ledger, Listener, Owner, Past, Post } from "./ledger.ts";
export { lmdbStore } from "./lmdb-store.ts";
export { memoryStore, type Store } from "./store.ts";
