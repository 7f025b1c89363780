/** A store that has written when it is asked to: no promise to wait for, so tests need no `await`. */
import { memoryStore, type Store } from "@roundhouse/ledger";

export type InstantStore = Store & {
  /** While it is set, every write fails. */
  isBroken: boolean;
};

/** Give two scenes one `kept`, one after the other, and the second is the first one restarted. */
export function instantStore(kept = new Map<string, unknown>()): InstantStore {
  const memory = memoryStore(kept);
  const store: InstantStore = {
    ...memory,
    isBroken: false,
    write: (changes) => {
      if (store.isBroken) return settled((_done, failed) => failed?.(new Error("no space left")));
      void memory.write(changes); // It has written before it returns.
      return settled((done) => done?.());
    },
  };
  return store;
}

/** A promise in all but its delay. */
function settled(then: (done?: () => void, failed?: (cause: unknown) => void) => void) {
  return { then } as unknown as Promise<void>;
}
