/** Under which keys the embedded ledger's store has what. */

/** Each shard has its own records: the same key in two of them is two records. */
export const recordKey = (shard: number, key: string): string => `${shard}/${key}`;

/** What waits between shards, in the order of its numbers. */
export const waitingKey = (number: number): string =>
  WAITING + String(number).padStart(DIGITS, "0");
export const waitingNumber = (key: string): number => Number(key.slice(WAITING.length));
export const WAITING = "out/";

export type StorePlace = "records" | "waiting" | "meta";

/** Only records count as records. */
export function placeOf(key: string): StorePlace {
  if (key.startsWith(WAITING)) return "waiting";
  return key.startsWith("meta/") ? "meta" : "records";
}

/** Enough for every number that a number can be. */
const DIGITS = 16;
