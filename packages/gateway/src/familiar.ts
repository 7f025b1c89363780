/**
 * Which users have logged in from which address with the right password: a stranger's wrong ones from
 * there do not shut these out. So many pairs; the one that was right longest ago is forgotten first.
 */
import type { UserId } from "@roundhouse/kernel";

export class Familiar {
  readonly #pairs = new Set<string>();

  get size(): number {
    return this.#pairs.size;
  }

  has(address: string, user: UserId): boolean {
    return this.#pairs.has(pairOf(address, user));
  }

  add(address: string, user: UserId): void {
    const pair = pairOf(address, user);
    this.#pairs.delete(pair);
    for (const oldest of this.#pairs) {
      if (this.#pairs.size < PAIRS_MAX) break;
      this.#pairs.delete(oldest);
    }
    this.#pairs.add(pair);
  }
}

/** No address has a space in it: two pairs never look alike. */
const pairOf = (address: string, user: UserId): string => `${address} ${user}`;

/** Some 10 MB. */
const PAIRS_MAX = 65_536;
