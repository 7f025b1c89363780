/** What happened, in short: the last of it to be read, and all of it as one number to be compared. */
import type { Millis } from "@roundhouse/kernel";

/** The invariants of the design, section 9, by name; and that nothing throws. */
export type Invariant =
  | "no_loss"
  | "no_dup"
  | "order_per_sender"
  | "same_order"
  | "fence"
  | "position"
  | "presence_true"
  | "seats"
  | "bounded"
  | "agreement"
  | "settles"
  | "no_crash";

/** An invariant does not hold: the run is over. */
export class Broken extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, what: string) {
    super(what);
    this.invariant = invariant;
  }
}

export class Trace {
  readonly #now: () => Millis;
  readonly #begun: Millis;
  readonly #isVerbose: boolean;
  readonly #linesMax: number;
  readonly #lines: string[] = [];
  #next = 0;
  #high = 0x9e3779b9;
  #low = 0x41c6ce57;

  /** `isVerbose`: everything is kept, with all that travels. */
  constructor(now: () => Millis, isVerbose: boolean) {
    this.#isVerbose = isVerbose;
    this.#linesMax = isVerbose ? 1_000_000 : LINES_MAX;
    this.#now = now;
    this.#begun = now();
  }

  /** Only to be read: it does not count in the hash. */
  whisper(what: () => string): void {
    if (this.#isVerbose) this.#write(what());
  }

  note(what: string): void {
    const at = this.#now() - this.#begun;
    for (let index = 0; index < what.length; index++) {
      const unit = what.charCodeAt(index);
      this.#high = Math.imul(this.#high ^ unit, 0x9e3779b1);
      this.#low = Math.imul(this.#low ^ unit ^ at, 0x5f356495);
    }
    this.#write(what);
  }

  /** Equal for two runs in which the same happened at the same times. */
  get hash(): string {
    const halves = [this.#high >>> 0, this.#low >>> 0];
    return halves.map((half) => half.toString(16).padStart(8, "0")).join("");
  }

  #write(what: string): void {
    const at = this.#now() - this.#begun;
    this.#lines[this.#next] = `${(at / 1000).toFixed(3).padStart(9)}  ${what}`;
    this.#next = (this.#next + 1) % this.#linesMax;
  }

  /** The last lines, oldest first. */
  last(): readonly string[] {
    return [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)];
  }
}

const LINES_MAX = 200;
