/** Who waits for a thread: each address in a queue of its own, and the queues are taken in turn. */

export type Queued = {
  /** Whose turn it takes; undefined: an operator's. */
  readonly from: string | undefined;
  /** Before all others of the same address: a log-in before a sign-up. */
  readonly isFirst: boolean;
};

/** Those that came first stand first. */
type Queue<Job> = { readonly first: Set<Job>; readonly others: Set<Job> };

export class Line<Job extends Queued> {
  /** None is empty; whose turn is next stands first. */
  readonly #queues = new Map<string | undefined, Queue<Job>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many of an address wait. */
  held(from: string | undefined): number {
    return lengthOf(this.#queues.get(from));
  }

  add(job: Job): void {
    const known = this.#queues.get(job.from);
    const queue = known ?? { first: new Set(), others: new Set() };
    if (known === undefined) this.#queues.set(job.from, queue);
    (job.isFirst ? queue.first : queue.others).add(job);
    this.#size++;
  }

  /** Out of the line, wherever it stands; nothing if it stands there no more. */
  remove(job: Job): void {
    const queue = this.#queues.get(job.from);
    if (queue === undefined || !(queue.first.delete(job) || queue.others.delete(job))) return;
    this.#size--;
    if (lengthOf(queue) === 0) this.#queues.delete(job.from);
  }

  /** Takes out whose turn it is; its address is last now. */
  next(): Job | undefined {
    for (const [from, queue] of this.#queues) {
      const [job] = queue.first.size > 0 ? queue.first : queue.others;
      this.#queues.delete(from);
      this.#queues.set(from, queue);
      if (job !== undefined) this.remove(job);
      return job;
    }
    return undefined;
  }

  /** Who came last of the address of which most wait, if those are more than `most`. */
  lastOfLongest(most: number): Job | undefined {
    let longest: Queue<Job> | undefined;
    for (const queue of this.#queues.values()) {
      if (lengthOf(queue) > Math.max(most, lengthOf(longest))) longest = queue;
    }
    return [...(longest?.first ?? []), ...(longest?.others ?? [])].at(-1);
  }

  /** Everybody, out of the line. */
  *clear(): Iterable<Job> {
    for (let job = this.next(); job !== undefined; job = this.next()) yield job;
  }
}

const lengthOf = (queue: Queue<unknown> | undefined): number => {
  return queue === undefined ? 0 : queue.first.size + queue.others.size;
};
