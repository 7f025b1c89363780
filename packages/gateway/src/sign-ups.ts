/** How many accounts were asked for of late by address, whatever came of it: each costs a hash. */
import type { Millis } from "@roundhouse/kernel";

export type SignUpLimits = {
  /** Per address; 0: no limit. */
  readonly signUpsPerMinuteMax: number;
};

/** A minute that began with the first. */
type Minute = { readonly since: Millis; count: number };

export class SignUps {
  readonly #most: number;
  /** Those whose minute began first stand first. */
  readonly #minutes = new Map<string, Minute>();

  constructor({ signUpsPerMinuteMax }: SignUpLimits) {
    this.#most = signUpsPerMinuteMax;
  }

  get size(): number {
    return this.#minutes.size;
  }

  /** Counts one more; false: there were too many, and this one must not be. */
  take(address: string, now: Millis): boolean {
    if (this.#most === 0) return true;
    this.sweep(now);
    const minute = this.#minutes.get(address) ?? this.#begin(address, now);
    if (minute.count >= this.#most) return false;
    minute.count++;
    return true;
  }

  /** Forgets whose minute is over. */
  sweep(now: Millis): void {
    for (const [address, { since }] of this.#minutes) {
      if (now - since < MINUTE_MS) return; // All that follow began later.
      this.#minutes.delete(address);
    }
  }

  #begin(address: string, now: Millis): Minute {
    const minute = { since: now, count: 0 };
    for (const [oldest] of this.#minutes) {
      if (this.#minutes.size < ADDRESSES_MAX) break;
      this.#minutes.delete(oldest);
    }
    this.#minutes.set(address, minute);
    return minute;
  }
}

const MINUTE_MS = 60_000;
const ADDRESSES_MAX = 10_000;
