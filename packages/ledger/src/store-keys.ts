/** Under which keys the embedded ledger's store has what. */

/** Each shard has its own records: the same key in two of them is two records. */
export const recordKey = (shard: number, key: string): string => `${shard}/${key}`;

/** What waits between shards, in the order of its numbers. */
export const waitingKey = (number: number): string =>
  WAITING + String(number).padStart(DIGITS, "0");
export const waitingNumber = (key: string): number => Number(key.slice(WAITING.length));
export const WAITING = "out/";

export type StorePlace = "records" | "rest" | "waiting" | "meta";

/** Users, accounts and rooms count as records; what belongs to one of them, mail above all, does not. */
export function placeOf(key: string): StorePlace {
  if (key.startsWith(WAITING)) return "waiting";
  if (key.startsWith("meta/")) return "meta";
  return COUNTED.test(key) ? "records" : "rest";
}

const COUNTED = /^\d+\/(?:account|room|user)\//;
/** Enough for every number that a number can be. */
const DIGITS = 16;
