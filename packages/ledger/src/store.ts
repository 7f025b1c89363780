/** Durable records behind the embedded ledger: a small port, so that trouble can be played in tests. */

export interface Store {
  get(key: string): unknown;
  /** How many records there are. */
  count(): number;
  /** Resolves when every change is on disk; all of them or none. */
  write(changes: ReadonlyMap<string, unknown>): Promise<void>;
  /** Everything written is on disk when this resolves. */
  close(): Promise<void>;
}

/** Keeps records in the process: for tests, where nothing has to outlive it. */
export function memoryStore(kept = new Map<string, unknown>()): Store {
  return {
    get: (key) => kept.get(key),
    count: () => kept.size,
    write: async (changes) => {
      for (const [key, value] of changes) {
        if (value === undefined) kept.delete(key);
        else kept.set(key, structuredClone(value));
      }
    },
    close: async () => {},
  };
}
