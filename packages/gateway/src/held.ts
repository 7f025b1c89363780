/** What was said and waits in the protocols for its turn: bounded for all connections together. */
export class Held<Owner> {
  readonly #held = new Map<Owner, number>();
  #bytes = 0;

  /** How much all of them hold. */
  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes > ALL_BYTES_MAX;
  }

  set(owner: Owner, bytes: number): void {
    const before = this.#held.get(owner) ?? 0;
    if (bytes === before) return;
    this.#bytes += bytes - before;
    if (bytes === 0) this.#held.delete(owner);
    else this.#held.set(owner, bytes);
  }
}

const ALL_BYTES_MAX = 16 * 1_024 * 1_024;
