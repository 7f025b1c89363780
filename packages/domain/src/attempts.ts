/**
 * Wrong passwords of late: how often somebody may try an account or a room from one address. Changed in
 * place by its shard alone, and forgotten with its owner: a next one begins to count anew.
 */
import type { Millis } from "@roundhouse/kernel";

export class Attempts {
  /** When each pair was tried within the window, the one that was tried last at the end. */
  readonly #tries = new Map<string, readonly Millis[]>();

  get size(): number {
    return this.#tries.size;
  }

  /** Counts one more try; false: there were too many, and this one must not be made. */
  take(target: string, address: string, now: Millis): boolean {
    const since = now - ATTEMPT_WINDOW_MS;
    this.#forget(since);
    const key = keyOf(target, address);
    const tries = (this.#tries.get(key) ?? NONE).filter((at) => at > since);
    if (tries.length >= ATTEMPTS_MAX) return false;
    this.#tries.delete(key);
    this.#tries.set(key, [...tries, now]);
    // Whoever tries that many pairs within the window has the oldest forgotten.
    if (this.#tries.size > PAIRS_MAX) this.#tries.delete(this.#oldest ?? key);
    return true;
  }

  /** The password was right. */
  clear(target: string, address: string): void {
    this.#tries.delete(keyOf(target, address));
  }

  get #oldest(): string | undefined {
    return this.#tries.keys().next().value;
  }

  /** Those whose last try is out of the window. */
  #forget(since: Millis): void {
    for (const [key, tries] of this.#tries) {
      if ((tries.at(-1) ?? since) > since) return;
      this.#tries.delete(key);
    }
  }
}

/** No address has a space in it: two pairs never look alike. */
const keyOf = (target: string, address: string): string => `${address} ${target}`;

export const ATTEMPTS_MAX = 5;
export const ATTEMPT_WINDOW_MS = 60_000;
/** Of target and address, for each shard: below 20 MB however long the names are. */
export const PAIRS_MAX = 16_384;
const NONE: readonly Millis[] = [];
