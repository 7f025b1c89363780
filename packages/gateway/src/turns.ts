/**
 * How much of what streams said is handled in one turn of the event loop: of each so many frames, and
 * of all what fits into a moment. What is left waits its turn, and meanwhile nobody reads more of it: so
 * it waits in the peer's own kernel in the end.
 */
import type { Clock } from "@roundhouse/kernel";

/** Somebody with frames that wait. */
export interface Waiting {
  /** It is its turn: it takes what it may, and waits again if that was not all. */
  goOn(): void;
}

export class Turns {
  readonly #clock: Clock;
  readonly #later: (run: () => void) => void;
  readonly #waiting = new Set<Waiting>();
  /** Counts them. */
  #number = 0;
  /** Of this turn's share; unknown before anything was handled in it. */
  #endsAt: number | undefined;
  #isDue = false;

  /** `later` runs something in the next turn: setImmediate, or a test's hand. */
  constructor(clock: Clock, later: (run: () => void) => void) {
    this.#clock = clock;
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
    return taken < OWN_SHARE && !this.#isSpent();
  }

  wait(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#schedule();
  }

  leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
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
    this.#endsAt = undefined;
    for (const waiting of [...this.#waiting]) {
      if (this.#isSpent()) break;
      this.#waiting.delete(waiting);
      waiting.goOn();
    }
    if (this.#waiting.size > 0) this.#schedule();
  }

  #isSpent(): boolean {
    const now = this.#clock.precise();
    this.#endsAt ??= now + SHARE_MS;
    return now >= this.#endsAt;
  }
}

/** Of all in one turn: games beside them wait no longer, while a thousand log in. */
const SHARE_MS = 2;
/** Frames of one. */
const OWN_SHARE = 64;
