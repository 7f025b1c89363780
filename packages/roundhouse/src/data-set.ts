/** What the data folder says of itself: how many shards it has, and the secret it was given. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Chance } from "@roundhouse/kernel";
import { lmdbStore, type Store } from "@roundhouse/ledger";
import { StartFailure } from "./node.ts";
import type { Settings } from "./settings.ts";

export function openStore(folder: string): Store {
  try {
    mkdirSync(folder, { recursive: true });
    return lmdbStore(join(folder, "embedded"));
  } catch (cause) {
    throw new StartFailure([`DATA_DIR=${folder} cannot be used: ${String(cause)}`]);
  }
}

/** K is a constant of the data set: an id must never change its shard. */
export async function checkShards(store: Store, shards: number): Promise<void> {
  const kept = store.get(SHARDS_KEY);
  if (kept === undefined) await store.write(new Map([[SHARDS_KEY, shards]]));
  else if (kept !== shards) {
    throw new StartFailure([
      `SHARDS=${shards}, but the data in DATA_DIR was made with ${String(kept)} shards: ` +
        `set SHARDS=${String(kept)}, or use another DATA_DIR.`,
    ]);
  }
}

/** The keys that were set; in AUTH=open without any, a secret of its own that outlives the process. */
export async function keysOf(
  { auth, jwtSecret, jwtPublicKey }: Settings,
  { store, chance }: { readonly store: Store; readonly chance: Chance },
): Promise<{ readonly secret?: string; readonly publicKey?: string }> {
  if (jwtSecret !== "" || jwtPublicKey !== "" || auth === "token") {
    return { secret: jwtSecret, publicKey: jwtPublicKey };
  }
  const kept = store.get(SECRET_KEY);
  if (typeof kept === "string") return { secret: kept };
  const secret = Array.from({ length: 4 }, () => chance.bits64()).join("");
  await store.write(new Map([[SECRET_KEY, secret]]));
  return { secret };
}

const SHARDS_KEY = "meta/shards";
const SECRET_KEY = "meta/secret";
