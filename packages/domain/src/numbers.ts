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

/** The next number, for a decision. */
export function mintFor(shard: Pick<Memory, "numbers" | "place">, scene: Scene): number {
  return mint(numbersOf(shard), shard.place, scene);
}

/** A number that no shard has given: a message's, a request's, an account's life. Below 2^32. */
function mint(numbers: Numbers, { shard, shards }: Place, scene: Scene): number {
  if (numbers.next >= numbers.reserved) {
    numbers.reserved = numbers.next + RESERVED_AT_ONCE;
    keepNumbers(numbers, scene);
  }
  const number = numbers.next++ * shards + shard + 1;
  return number % UINT32;
}

export function keepNumbers({ reserved, accounts, rooms }: Numbers, { effects }: Scene): void {
  effects.records.set(SHARD_KEY, { reserved, accounts, rooms });
}

/** One write for so many: what a crash leaves unused is little. */
const RESERVED_AT_ONCE = 1_024;
const UINT32 = 4_294_967_296;
