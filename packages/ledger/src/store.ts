/** Durable records behind the embedded ledger: a small port, so that trouble can be played in tests. */
import { placeOf } from "./store-keys.ts";

/** Keys begin with a shard's number, with `out/` (store-keys.ts), or with `meta/`: the data set's own. */
export interface Store {
  get(key: string): unknown;
  /** What stands under keys that begin so, in the order of the keys' bytes, at most so many. */
  scan(prefix: string, limit: number): ReadonlyMap<string, unknown>;
  /** How many users, accounts and rooms all shards have records of. */
  count(): number;
  /** Resolves when every change is on disk; all of them or none. undefined removes. */
  write(changes: ReadonlyMap<string, unknown>): Promise<void>;
  /** Everything written is on disk when this resolves. */
  close(): Promise<void>;
}

/** Keeps records in the process: for tests, where nothing has to outlive it. */
export function memoryStore(kept = new Map<string, unknown>()): Store {
  return {
    get: (key) => kept.get(key),
    scan: (prefix, limit) => {
      const found = [...kept].filter(([key]) => key.startsWith(prefix));
      found.sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
      return new Map(found.slice(0, limit));
    },
    count: () => [...kept.keys()].filter((key) => placeOf(key) === "records").length,
    write: async (changes) => {
      for (const [key, value] of changes) {
        if (value === undefined) kept.delete(key);
        else kept.set(key, structuredClone(value));
      }
    },
    close: async () => {},
  };
}
