/**
 * Commands on their way between shards that must arrive though the process ends. Each is written with
 * the commit that sent it, and removed with the commit that applied it: so it is applied once.
 */
import type { Commit } from "./ledger.ts";
import type { Store } from "./store.ts";
import { recordKey, WAITING, waitingKey, waitingNumber } from "./store-keys.ts";

/** As it lies in the store. */
type Waiting<Command> = { readonly to: number; readonly command: Command };

/** A commit as the store takes it. */
export type Written = {
  readonly changes: ReadonlyMap<string, unknown>;
  /** For each command in the commit's outbox: its key in the store, if it lasts. */
  readonly keys: readonly (string | undefined)[];
};

export class LastingOutbox<Command> {
  readonly #store: Store;
  /** The last number given. All shards share them: so those from one to another keep their order. */
  #number = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What waited when the process before this one ended, the oldest first. */
  *left(): Iterable<Waiting<Command> & { readonly key: string }> {
    for (const [key, value] of this.#store.scan(WAITING, Number.POSITIVE_INFINITY)) {
      this.#number = waitingNumber(key);
      yield { key, ...(value as Waiting<Command>) };
    }
  }

  /** `settled`: what the batch took that had waited in the store. */
  write(
    shard: number,
    { records, outbox }: Commit<Command, unknown, unknown>,
    settled: readonly string[],
  ): Written {
    const changes = new Map<string, unknown>();
    for (const [key, value] of records) changes.set(recordKey(shard, key), value);
    for (const key of settled) changes.set(key, undefined);
    const keys = outbox.map(({ shard: to, command, lasts }) => {
      if (!lasts) return undefined;
      const key = waitingKey(++this.#number);
      changes.set(key, { to, command } satisfies Waiting<Command>);
      return key;
    });
    return { changes, keys };
  }
}

/** Whether a commit must be in the store before anybody sees it. */
export function isDurable(
  { records, outbox }: Commit<unknown, unknown, unknown>,
  settled: readonly string[],
): boolean {
  if (records.size > 0 || settled.length > 0) return true;
  for (const { lasts } of outbox) if (lasts) return true;
  return false;
}
