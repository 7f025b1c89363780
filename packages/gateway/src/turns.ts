/**
 * How much of what streams said is handled in one turn of the event loop: of each so much, of all so
 * much, and less while the process lags. What is left waits its turn, and meanwhile nobody reads more
 * of it: so it waits in the peer's own kernel in the end.
 */
import type { Millis } from "@roundhouse/kernel";

/** Somebody with frames that wait. */
export interface Waiting {
  /** It is its turn: it takes what it may, and waits again if that was not all. */
  goOn(): void;
}

export class Turns {
  readonly #later: (run: () => void) => void;
  readonly #waiting = new Set<Waiting>();
  /** Counts them. */
  #number = 0;
  #left = SHARE;
  #isDue = false;
  #isLagging = false;
  #beatAt: Millis | undefined;

  /** `later` runs something in the next turn: setImmediate, or a test's hand. */
  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  get number(): number {
    return this.#number;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether one more frame may be handled in this turn, of somebody who had `taken` of them. */
  take(taken: number): boolean {
    this.#schedule();
    if (this.#left <= 0 || taken >= OWN_SHARE) return false;
    this.#left--;
    return true;
  }

  wait(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#schedule();
  }

  leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  /** Every BEAT_MS, if the process keeps up. */
  beat(now: Millis): void {
    const passed = now - (this.#beatAt ?? now);
    this.#beatAt = now;
    this.#isLagging = passed > BEAT_MS + LAG_MS;
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#later(() => this.#next());
  }

  /** Those who wait longest come first; who is not done stands last again. */
  #next(): void {
    this.#isDue = false;
    this.#number++;
    this.#left = this.#isLagging ? LAGGING_SHARE : SHARE;
    for (const waiting of [...this.#waiting]) {
      if (this.#left <= 0) break;
      this.#waiting.delete(waiting);
      waiting.goOn();
    }
    if (this.#waiting.size > 0) this.#schedule();
  }
}

export const BEAT_MS = 100;
/** A beat that is so late means that the loop is busy. */
const LAG_MS = 50;
/** Frames of all in one turn: a millisecond or two, so that games go on while a thousand log in. */
const SHARE = 256;
const LAGGING_SHARE = 64;
/** Frames of one. */
const OWN_SHARE = 64;
