/** A shard's own numbers: ids that nobody else gives, and how much of what there is. */
import type { Memory, Numbers, Place } from "./memory.ts";
import { SHARD_KEY, type ShardRecord } from "./record.ts";
import type { Scene } from "./scene.ts";

export const openNumbers = (record: ShardRecord | undefined): Numbers => {
  const { reserved = 0, accounts = 0, rooms = 0 } = record ?? {};
  return { next: reserved, reserved, accounts, rooms };
};

/** The shard's numbers, which are looked up for every command that needs them (needs.ts). */
export function numbersOf({ numbers }: Pick<Memory, "numbers">): Numbers {
  if (numbers === undefined) throw new Error("the shard's own numbers were not looked up");
  return numbers;
}

/** A number that no shard ever gives again: an account's life, a request's, a bond's. Below 2^53. */
export function mintFor(shard: Pick<Memory, "numbers" | "place">, scene: Scene): number {
  return nameOf(next(shard, scene), shard.place);
}

/**
 * A message's number, from the same row and below 2^32, as SCRP writes it: each shard begins again when it
 * has given its share of those, and meets no other shard's on the way.
 */
export function mintMessage(shard: Pick<Memory, "numbers" | "place">, scene: Scene): number {
  const { place } = shard;
  return nameOf(next(shard, scene) % Math.floor(UINT32_MAX / place.shards), place);
}

function next(shard: Pick<Memory, "numbers">, scene: Scene): number {
  const numbers = numbersOf(shard);
  if (numbers.next >= numbers.reserved) {
    numbers.reserved = numbers.next + RESERVED_AT_ONCE;
    keepNumbers(numbers, scene);
  }
  return numbers.next++;
}

/** The shard's own number among all shards' numbers. */
const nameOf = (number: number, { shard, shards }: Place): number => number * shards + shard + 1;

export function keepNumbers({ reserved, accounts, rooms }: Numbers, { effects }: Scene): void {
  effects.records.set(SHARD_KEY, { reserved, accounts, rooms });
}

/** One write for so many: what a crash leaves unused is little. */
const RESERVED_AT_ONCE = 1_024;
const UINT32_MAX = 4_294_967_295;
