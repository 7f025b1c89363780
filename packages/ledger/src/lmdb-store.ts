/** Records in LMDB: one memory-mapped file, one writer, a flush to disk before a write resolves. */
import { open } from "lmdb";
import type { Store } from "./store.ts";

export function lmdbStore(folder: string): Store {
  // Without overlapping sync a write resolves only after the flush: a success is true after kill -9.
  const database = open<unknown, string>({ path: folder, overlappingSync: false });
  return {
    get: (key) => database.get(key),
    count: () => (database.getStats() as { readonly entryCount: number }).entryCount,
    write: (changes) =>
      database.transaction(() => {
        for (const [key, value] of changes) {
          if (value === undefined) database.removeSync(key);
          else database.putSync(key, value);
        }
      }),
    close: () => database.close(),
  };
}
