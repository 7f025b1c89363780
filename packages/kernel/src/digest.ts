/**
 * A set of texts in short: how many, and the XOR of their 64-bit hashes. Equal sets have equal
 * digests whatever the order; different ones differ but for a chance of one in 2^64.
 */

/** Plain data, so that it can be sent: count, and the two halves of the XOR. */
export type DigestValue = readonly [count: number, high: number, low: number];

export class Digest {
  #count = 0;
  #high = 0;
  #low = 0;

  get value(): DigestValue {
    return [this.#count, this.#high, this.#low];
  }

  /** The text was not in the set. */
  add(text: string): void {
    this.#count++;
    this.#toggle(text);
  }

  /** The text was in the set. */
  remove(text: string): void {
    this.#count--;
    this.#toggle(text);
  }

  clear(): void {
    this.#count = 0;
    this.#high = 0;
    this.#low = 0;
  }

  /** Two multiplicative hashes with their own seeds, mixed into each other at the end. */
  #toggle(text: string): void {
    let high = 0xdeadbeef;
    let low = 0x41c6ce57;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
    const first =
      Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    const second =
      Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    this.#high = (this.#high ^ first) >>> 0;
    this.#low = (this.#low ^ second) >>> 0;
  }
}

export const isSameDigest = (one: DigestValue, other: DigestValue): boolean =>
  one[0] === other[0] && one[1] === other[1] && one[2] === other[2];
