/** A gateway that ends asks its clients to move: not all at once, and not in step. */
import type { Chance, Millis } from "@roundhouse/kernel";

export type DrainOptions = {
  readonly chance: Chance;
  /** Runs something later: setTimeout, or a test's hand. */
  readonly later: (run: () => void, afterMs: Millis) => void;
  /** All are asked within this time, */
  readonly withinMs?: Millis;
  /** but never more of them in a second. */
  readonly perSecondMax?: number;
};

type Leaving = {
  /** How many connections there are. */
  readonly left: () => number;
  /** Asks so many of them to move. */
  readonly ask: (count: number) => void;
  /** Tells the shards what they do not know yet; answers whether they know all. */
  readonly flush: () => boolean;
  readonly done: () => void;
};

export function leave(leaving: Leaving, options: DrainOptions): void {
  const { chance, later, withinMs = WITHIN_MS, perSecondMax = PER_SECOND_MAX } = options;
  const perMs = Math.min(perSecondMax, (leaving.left() * 1000) / withinMs + PER_SECOND_MIN) / 1000;
  let allowed = 0;
  let patience = FLUSH_MS;

  const turn = (passed: Millis): void => {
    if (leaving.left() > 0) {
      allowed += perMs * passed;
      const count = Math.floor(allowed);
      allowed -= count;
      leaving.ask(count);
    } else if (leaving.flush() || patience <= 0) {
      leaving.done();
      return;
    } else patience -= passed;
    const next = TURN_MS * (0.5 + fraction(chance));
    later(() => turn(next), next);
  };
  turn(0);
}

/** A number from 0 to 1, by chance. */
function fraction(chance: Chance): number {
  return Number.parseInt(chance.bits64().slice(0, 8), 16) / 2 ** 32;
}

/** Between two turns, on average. */
const TURN_MS = 100;
const WITHIN_MS = 20_000;
const PER_SECOND_MAX = 1_000;
/** Few are no crowd: nobody waits for them longer than this takes. */
const PER_SECOND_MIN = 20;
/** So long the shards' inboxes may refuse to hear of it: then they learn that the gateway is gone. */
const FLUSH_MS = 5_000;
