// Chance from a seed: a run that failed says its seed, and the clients try the same things again.

export class Chance {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** mulberry32: from 0 up to but not including 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** @param {number} bound */
  below(bound) {
    return Math.floor(this.next() * bound);
  }

  /**
   * One of them; undefined of none.
   * @template Of
   * @param {readonly Of[]} of
   * @returns {Of | undefined}
   */
  one(of) {
    return of[this.below(of.length)];
  }
}
