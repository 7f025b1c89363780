/**
 * A process of the simulated world: it has a clock that may lie, timers, and turns of a loop. It can
 * be paused, and what came meanwhile happens when it wakes up; and it can be killed without a word.
 */
import type { Clock, Millis } from "@roundhouse/kernel";
import type { VirtualTime } from "@roundhouse/testkit";

export class Process {
  /** What it takes for the time. */
  readonly clock: Clock;
  readonly #time: VirtualTime;
  #at: "running" | "paused" | "dead" = "running";
  #offsetMs: Millis;
  #held: (() => void)[] = [];

  constructor(time: VirtualTime, offsetMs: Millis) {
    this.#time = time;
    this.#offsetMs = offsetMs;
    const begun = time.now();
    this.clock = {
      now: () => time.now() + this.#offsetMs,
      // It only goes forward, as the system's does: nobody sets it.
      precise: () => time.now() - begun + 1,
    };
  }

  get isRunning(): boolean {
    return this.#at === "running";
  }

  get isDead(): boolean {
    return this.#at === "dead";
  }

  /** Whatever reaches it from outside. */
  readonly run = (what: () => void): void => {
    if (this.#at === "running") what();
    else if (this.#at === "paused") this.#held.push(what);
  };

  readonly defer = (what: () => void): void => {
    this.#time.defer(() => this.run(what));
  };

  readonly later = (what: () => void, afterMs: Millis): void => {
    this.#time.later(() => this.run(what), Math.ceil(afterMs)); // A loop counts whole ms.
  };

  every(periodMs: Millis, what: () => void): void {
    const again = (): void => {
      what();
      this.later(again, periodMs);
    };
    this.later(again, periodMs);
  }

  pause(): void {
    if (this.#at === "running") this.#at = "paused";
  }

  wake(): void {
    if (this.#at !== "paused") return;
    this.#at = "running";
    // Each in a turn of its own, in the order in which they came.
    for (const what of this.#held.splice(0)) this.defer(what);
  }

  kill(): void {
    this.#at = "dead";
    this.#held = [];
  }

  /** Somebody sets its clock. */
  jump(ms: Millis): void {
    this.#offsetMs += ms;
  }
}
