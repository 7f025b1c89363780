/**
 * What one member must hear of one room: every number once and in order. Version 2 hears all numbers of
 * the room; version 1 only those of actions, so for it the senders' own counting shows what is lost.
 */
import type { Spoken } from "./wire.ts";

export type Verdict = "right" | "doubled" | "reordered";

/** Numbers that should come one by one. */
export class Order {
  #last: number | undefined;
  readonly #missing = new Set<number>();

  /** `after`: the number behind which it begins; without it the first that comes is taken for the first. */
  constructor(after?: number) {
    this.#last = after;
  }

  get last(): number | undefined {
    return this.#last;
  }

  /** What did not come, though something behind it did. */
  get missing(): number {
    return this.#missing.size;
  }

  take(number: number): Verdict {
    const last = this.#last ?? number - 1;
    if (number > last) {
      const from = Math.max(last + 1, number - MISSING_MAX);
      for (let absent = from; absent < number; absent++) this.#missing.add(absent);
      this.#last = number;
      return "right";
    }
    return this.#missing.delete(number) ? "reordered" : "doubled";
  }

  /** The server says itself that so many can no longer be had. */
  skip(count: number): void {
    if (this.#last !== undefined) this.#last += count;
  }
}

/** One member in one room, from joining to leaving, over any number of connections. */
export class Ear {
  /** The last action it heard: members of one room must agree on it in the end. */
  lastSpoken = "";
  readonly #hearsAll: boolean;
  readonly #numbers: Order;
  readonly #senders = new Map<string, Order>();

  constructor({
    hearsAll,
    after,
  }: { readonly hearsAll: boolean; readonly after?: number | undefined }) {
    this.#hearsAll = hearsAll;
    this.#numbers = new Order(after);
  }

  /** The number to resume behind. */
  get last(): number | undefined {
    return this.#numbers.last;
  }

  /** How many numbers or actions are missing by now. */
  get lost(): number {
    let bySender = 0;
    for (const order of this.#senders.values()) bySender += order.missing;
    return this.#hearsAll ? Math.max(this.#numbers.missing, bySender) : bySender;
  }

  /** A number of the room without an action: somebody came, left, or the room was changed. */
  number(seq: number): Verdict {
    return this.#numbers.take(seq);
  }

  action(seq: number, spoken: Spoken | undefined): Verdict {
    const last = this.#numbers.last;
    const byNumber = this.#numbers.take(seq);
    const isRising = last === undefined || seq > last;
    const bySender = spoken === undefined ? "right" : this.#said(spoken);
    if (spoken !== undefined && byNumber === "right") this.lastSpoken = keyOf(spoken);
    if (bySender === "doubled") return "doubled";
    // Where not all numbers are heard, those between say nothing; only falling ones do.
    if (!this.#hearsAll) return isRising ? bySender : "reordered";
    return byNumber === "right" ? bySender : byNumber;
  }

  skip(count: number): void {
    this.#numbers.skip(count);
  }

  #said(spoken: Spoken): Verdict {
    const run = `${spoken.from} ${spoken.run}`;
    const order = this.#senders.get(run) ?? new Order();
    this.#senders.set(run, order);
    return order.take(spoken.n);
  }
}

export const keyOf = ({ from, run, n }: Spoken): string => `${from} ${run} ${n}`;

/** A hole is counted up to here: what is larger is lost for other reasons than chance. */
const MISSING_MAX = 1_000;
