/** Time and turns of the event loop in a test's hand: nothing passes unless the test says so. */
import type { Clock, Millis } from "@roundhouse/kernel";

type Timer = { readonly at: Millis; readonly run: () => void };

export class VirtualTime implements Clock {
  #now: Millis;
  #deferred: (() => void)[] = [];
  /** By time; of two at the same time the older one first. */
  readonly #timers: Timer[] = [];

  constructor(start: Millis = START) {
    this.#now = start;
  }

  readonly now = (): Millis => this.#now;
  readonly precise = (): Millis => this.#now;

  /** In place of setImmediate. */
  readonly defer = (run: () => void): void => {
    this.#deferred.push(run);
  };

  /** In place of setTimeout. */
  readonly later = (run: () => void, afterMs: Millis): void => {
    const at = this.#now + afterMs;
    const index = this.#timers.findIndex((timer) => timer.at > at);
    this.#timers.splice(index < 0 ? this.#timers.length : index, 0, { at, run });
  };

  /** In place of setInterval. */
  every(periodMs: Millis, run: () => void): void {
    const again = (): void => {
      run();
      this.later(again, periodMs);
    };
    this.later(again, periodMs);
  }

  /** One turn of the loop: what was deferred until now runs. Tells whether there was anything. */
  turn(): boolean {
    const due = this.#deferred;
    this.#deferred = [];
    for (const run of due) run();
    return due.length > 0;
  }

  /** Turns the loop until nothing is left to do at this moment. */
  settle(): void {
    for (let turns = 0; this.turn(); turns++) {
      if (turns > TURNS_MAX) throw new Error("the loop never comes to rest");
    }
  }

  /** Lets time pass; everything due on the way happens at its own time. */
  pass(ms: Millis): void {
    const end = this.#now + ms;
    this.settle();
    for (let next = this.#timers[0]; next !== undefined && next.at <= end; next = this.#timers[0]) {
      this.#timers.shift();
      this.#now = next.at;
      next.run();
      this.settle();
    }
    this.#now = end;
  }
}

export const seconds = (count: number): Millis => count * 1000;

/** Some afternoon: far from zero, so that "long ago" and "never" are different times. */
export const START: Millis = Date.UTC(2026, 10, 21, 12);
const TURNS_MAX = 10_000;
