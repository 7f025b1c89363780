/** Time is an argument: whoever needs it is handed a clock. */

/** Milliseconds since 1970. */
export type Millis = number;

export interface Clock {
  now(): Millis;
  /** Milliseconds since some beginning, with fractions, never going back: for durations only. */
  precise(): number;
}

export const systemClock: Clock = { now: () => Date.now(), precise: () => performance.now() };
