/** How often something came of late from each address: so often in a minute, and then no more. */
import type { Millis } from "@roundhouse/kernel";

/** A minute that began with the first. */
type Minute = { readonly since: Millis; count: number };

export class PerMinute {
  readonly #most: number;
  /** Those whose minute began first stand first. */
  readonly #minutes = new Map<string, Minute>();

  /** 0: as often as they like. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#minutes.size;
  }

  isExceeded(address: string, now: Millis): boolean {
    this.sweep(now);
    return this.#most > 0 && (this.#minutes.get(address)?.count ?? 0) >= this.#most;
  }

  count(address: string, now: Millis): void {
    if (this.#most === 0) return;
    this.sweep(now);
    const minute = this.#minutes.get(address) ?? this.#begin(address, now);
    minute.count++;
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
