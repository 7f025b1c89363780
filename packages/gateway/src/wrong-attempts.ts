/**
 * Wrong passwords of late by address, whatever names or rooms they were tried on. The shards count
 * them for each name and room; this is for who tries many.
 */
import type { Millis } from "@roundhouse/kernel";

export class WrongAttempts {
  /** When each was made; an address that was wrong just now stands last. */
  readonly #times = new Map<string, readonly Millis[]>();

  get size(): number {
    return this.#times.size;
  }

  count(address: string, now: Millis): void {
    const times = [...this.#recent(address, now), now].slice(-ATTEMPTS_MAX);
    this.#times.delete(address);
    this.#times.set(address, times);
    if (this.#times.size <= ADDRESSES_MAX) return;
    for (const [oldest] of this.#times) {
      this.#times.delete(oldest);
      return;
    }
  }

  isExceeded(address: string, now: Millis): boolean {
    return this.#recent(address, now).length >= ATTEMPTS_MAX;
  }

  /** Forgets whom nothing is held against any more. */
  sweep(now: Millis): void {
    for (const [address, times] of this.#times) {
      const last = times.at(-1) ?? 0;
      if (now - last < WITHIN_MS) return; // All that follow were wrong later.
      this.#times.delete(address);
    }
  }

  #recent(address: string, now: Millis): readonly Millis[] {
    return this.#times.get(address)?.filter((at) => now - at < WITHIN_MS) ?? [];
  }
}

const ATTEMPTS_MAX = 30;
const WITHIN_MS = 60_000;
const ADDRESSES_MAX = 10_000;
