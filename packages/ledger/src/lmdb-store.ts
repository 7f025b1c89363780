/** Records in LMDB: one memory-mapped file, one writer, a flush to disk before a write resolves. */
import { shardOf } from "@roundhouse/kernel";
import { type Database, open, type RootDatabase } from "lmdb";
import type { Store } from "./store.ts";
import { placeOf, recordKey } from "./store-keys.ts";

type Records = Database<unknown, string>;

export function lmdbStore(folder: string): Store {
  // Without overlapping sync a write resolves only after the flush: a success is true after kill -9.
  const meta = open<unknown, string>({ path: folder, overlappingSync: false });
  // Apart, so that each is counted by itself.
  const records: Records = meta.openDB({ name: "records" });
  const rest: Records = meta.openDB({ name: "rest" });
  const waiting: Records = meta.openDB({ name: "waiting" });
  migrate(meta, records);
  const places = { meta, records, rest, waiting };
  const of = (key: string): Records => places[placeOf(key)];
  return {
    get: (key) => of(key).get(key),
    scan: (prefix, limit) => scan(of(prefix), prefix, limit),
    count: () => (records.getStats() as { readonly entryCount: number }).entryCount,
    write: (changes) =>
      meta.transaction(() => {
        for (const [key, value] of changes) {
          if (value === undefined) of(key).removeSync(key);
          else of(key).putSync(key, value);
        }
      }),
    close: () => meta.close(),
  };
}

function scan(from: Records, prefix: string, limit: number): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { key, value } of from.getRange({ start: prefix, end: prefix + LAST })) {
    if (found.size >= limit) break;
    found.set(key, value);
  }
  return found;
}

/** Before there were accounts there was one place for everything, and all shards' users in it. */
function migrate(meta: RootDatabase<unknown, string>, records: Records): void {
  const old = [...scan(meta, OLD_USER, Number.POSITIVE_INFINITY)];
  if (old.length === 0) return;
  const shards = meta.get(SHARDS_KEY);
  if (typeof shards !== "number") throw new Error(`it has records, but no ${SHARDS_KEY}`);
  meta.transactionSync(() => {
    for (const [key, value] of old) {
      records.putSync(recordKey(shardOf(key.slice(OLD_USER.length), shards), key), value);
      meta.removeSync(key);
    }
  });
}

/** No character comes behind it. */
const LAST = "\u{10ffff}";
const OLD_USER = "user/";
/** How many shards the data set has: an id never changes its shard. */
const SHARDS_KEY = "meta/shards";
