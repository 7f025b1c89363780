/**
 * How far back a shard's history reaches: so many bytes of commits, counted by its owner, and noted for
 * the next one.
 */

export class PastBound {
  readonly #bytesMax: number;
  readonly #commits: number[] = [];
  readonly #sizes: number[] = [];
  #oldest = 0;
  #bytes = 0;
  /** Commits before this one may go. */
  from = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** From where on there is something, and how much. */
  get note(): string {
    return `${this.#commits[this.#oldest] ?? this.from} ${Math.round(this.#bytes)}`;
  }

  /** What owners before left, up to their last commit: sizes of single commits are not known. */
  restore(note: string, last: number): void {
    const [from = 0, bytes = 0] = note.split(" ").map(Number);
    if (bytes === 0) return;
    this.from = from;
    const parts = Math.min(PARTS, last - from + 1);
    for (let part = 0; part < parts; part++) {
      const commit = from + Math.floor(((last - from + 1) * part) / parts);
      this.add(commit, bytes / parts);
    }
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

/** What was left is taken to be of so many equal parts, which go one by one. */
const PARTS = 16;
/** So many places are left behind before the lists are shortened. */
const TIDY = 1_024;
