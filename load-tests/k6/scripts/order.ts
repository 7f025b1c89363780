/**
 * What one member must hear of one room: every number once and in order. Version 2 hears all numbers of
 * the room; version 1 only those of actions, so for it the senders' own counting shows what is lost.
 */
import type { Spoken } from "./wire.ts";

export type Verdict = "right" | "doubled" | "reordered";

/** Numbers that should come one by one. */
export class Order {
  #first: number | undefined;
  #last: number | undefined;
  readonly #missing = new Set<number>();
  /** Whether its beginning is not known. */
  readonly #isOpen: boolean;

  /** `after`: the number behind which it begins; without it, with whatever comes first. */
  constructor(after?: number) {
    this.#isOpen = after === undefined;
    this.#last = after;
    this.#first = after === undefined ? undefined : after + 1;
  }

  get last(): number | undefined {
    return this.#last;
  }

  /** What did not come, though something behind it did. */
  get missing(): number {
    return this.#missing.size;
  }

  take(number: number): Verdict {
    if (this.#last === undefined) {
      this.#first = number;
      this.#last = number;
      return "right";
    }
    if (number > this.#last) {
      this.#miss(this.#last + 1, number);
      this.#last = number;
      return "right";
    }
    if (this.#isOpen && number < (this.#first ?? number)) {
      // What was heard first was not the first.
      this.#miss(number + 1, this.#first ?? number);
      this.#first = number;
      return "reordered";
    }
    return this.#missing.delete(number) ? "reordered" : "doubled";
  }

  /** The server says itself that so many can no longer be had. */
  skip(count: number): void {
    if (this.#last !== undefined) this.#last += count;
  }

  #miss(from: number, to: number): void {
    for (let absent = Math.max(from, to - MISSING_MAX); absent < to; absent++)
      this.#missing.add(absent);
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
