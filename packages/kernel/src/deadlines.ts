/** Who has something due when: a binary heap by time. Entries may be stale; the reader checks. */
import type { Millis } from "./clock.ts";

type Due<Key> = { readonly at: Millis; readonly key: Key };

export class Deadlines<Key> {
  readonly #heap: Due<Key>[] = [];

  get next(): Millis | undefined {
    return this.#heap[0]?.at;
  }

  get size(): number {
    return this.#heap.length;
  }

  add(at: Millis, key: Key): void {
    const heap = this.#heap;
    const added = { at, key };
    let index = heap.push(added) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.at <= at) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = added;
  }

  /** Removes and returns the first key that is due at `now`, if there is one. */
  take(now: Millis): Key | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first.key;
  }

  #sink(due: Due<Key>): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const goesRight = right !== undefined && left !== undefined && right.at < left.at;
      const child = goesRight ? right : left;
      if (child === undefined || child.at >= due.at) break;
      heap[index] = child;
      index = 2 * index + (goesRight ? 2 : 1);
    }
    heap[index] = due;
  }
}
