/** Chance from a seed: the same seed, the same throws. */
import type { Chance } from "@roundhouse/kernel";

export class Dice implements Chance {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 4_294_967_296) >>> 0;
    this.#c = 0x9e3779b9;
    for (let warmUp = 0; warmUp < 12; warmUp++) this.bits32();
  }

  /** sfc32: quick, and good enough for everything but secrets. */
  bits32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  bits64(): string {
    const [high, low] = [this.bits32(), this.bits32()];
    return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
  }

  /** A whole number from 0 up to, but not, `bound`. */
  below(bound: number): number {
    return Math.floor((this.bits32() / 4_294_967_296) * bound);
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True once in 1 / `odds` times. */
  happens(odds: number): boolean {
    return odds > 0 && this.bits32() < odds * 4_294_967_296;
  }

  pick<It>(list: readonly It[]): It {
    if (list.length === 0) throw new RangeError("nothing to pick from");
    return list[this.below(list.length)] as It;
  }

  /** Dice of their own for somebody else: what they throw there changes nothing here. */
  fork(): Dice {
    return new Dice(this.bits32() * 1_048_576 + (this.bits32() >>> 12));
  }
}
