/** How far back a shard's history reaches: so many bytes of commits, counted by its owner. */

export class PastBound {
  readonly #bytesMax: number;
  readonly #commits: number[] = [];
  readonly #sizes: number[] = [];
  #oldest = 0;
  #bytes = 0;
  /** Commits before this one may go. What owners before wrote goes with the first that must. */
  from = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(commit: number, bytes: number): void {
    this.#commits.push(commit);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax && this.#oldest < this.#commits.length - 1) {
      this.#bytes -= this.#sizes[this.#oldest] ?? 0;
      this.#oldest++;
      this.from = this.#commits[this.#oldest] ?? this.from;
    }
    if (this.#oldest < TIDY) return;
    this.#commits.splice(0, this.#oldest);
    this.#sizes.splice(0, this.#oldest);
    this.#oldest = 0;
  }
}

/** So many places are left behind before the lists are shortened. */
const TIDY = 1_024;
