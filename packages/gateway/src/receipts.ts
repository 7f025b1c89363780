/**
 * How far a connection has got the notices that it is told. TCP tells nobody whether words arrived; but
 * a peer that says something has what was told a while before, and so has one that lives much later.
 */
import type { Millis } from "@roundhouse/kernel";

/** Notices before the number were told by then. */
type Mark = { readonly until: number; readonly at: Millis };

export class Receipts {
  /** After so long without an acknowledgement it would not live any more. */
  readonly #lifeMs: Millis;
  #got = 0;
  #toldUntil = 0;
  /** The first that is not known to be got, and the last, if that is another one. */
  #first: Mark | undefined;
  #last: Mark | undefined;
  /** What comes behind the peer's last word, it perhaps never hears. */
  #isOver = false;

  constructor(lifeMs: Millis) {
    this.#lifeMs = lifeMs;
  }

  /** Notices before this number it surely has. */
  get got(): number {
    return this.#got;
  }

  /** Notices before this number it was told. */
  get toldUntil(): number {
    return this.#toldUntil;
  }

  /** Answers whether more is known to be got. */
  tell(until: number, now: Millis): boolean {
    if (this.#isOver) return false;
    this.#toldUntil = until;
    if (this.#first === undefined) this.#first = { until, at: now };
    else this.#last = { until, at: now };
    return this.#pass(now - this.#lifeMs);
  }

  /** The peer says something. Answers whether more is known to be got. */
  hear(now: Millis): boolean {
    return !this.#isOver && this.#pass(now - UNDERWAY_MS);
  }

  /** The peer has said its last word. */
  end(now: Millis): void {
    this.#pass(now - this.#lifeMs);
    this.#isOver = true;
  }

  /** What was told by then is got. */
  #pass(by: Millis): boolean {
    const had = this.#got;
    while (this.#first !== undefined && this.#first.at <= by) {
      this.#got = this.#first.until;
      this.#first = this.#last;
      this.#last = undefined;
    }
    return this.#got > had;
  }
}

/** Longer than a message is on its way between living peers. */
const UNDERWAY_MS = 5_000;
