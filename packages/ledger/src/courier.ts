/**
 * Brings numbered batches of one sender into one inbox: in order, one at a time, each until it is
 * known to be there. While one is on its way the next one grows.
 */
import type { Answered, Append, Appended, ShardSteps } from "./backbone.ts";

export type CourierOptions = {
  readonly backbone: Pick<ShardSteps, "append">;
  readonly shard: number;
  /** What comes next, if there is anything. Asked again only when the last one is settled. */
  readonly next: () => Append | undefined;
  /** The batch is in the inbox. */
  readonly taken: (number: number) => void;
  /** The shard has only batches up to `last` of this sender: what it numbered next is its answer. */
  readonly gap: (batch: Append, last: number) => Append | undefined;
  /** The shard takes nothing of this sender any more. */
  readonly buried: () => void;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Where it counts; without it nobody asks. */
  readonly stats?: CourierStats;
};

/** How often an answer was lost, and how often the inbox was full. */
export type CourierStats = { unknown: number; full: number };

export class Courier {
  readonly #stats: CourierStats;
  #batch: Append | undefined;
  #tries = 0;
  #isStopped = false;
  readonly #options: CourierOptions;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#stats = options.stats ?? { unknown: 0, full: 0 };
  }

  get isBusy(): boolean {
    return this.#batch !== undefined;
  }

  /** Whether the batch on its way has had to be sent again. */
  get isStuck(): boolean {
    return this.#tries > 0;
  }

  /** There is something to bring. */
  wake(): void {
    if (this.#batch !== undefined || this.#isStopped) return;
    this.#batch = this.#options.next();
    if (this.#batch !== undefined) this.#send();
  }

  /** Whatever is on its way may arrive or not; nothing more is sent. */
  stop(): void {
    this.#isStopped = true;
  }

  readonly #send = (): void => {
    const { backbone, shard } = this.#options;
    if (this.#batch !== undefined && !this.#isStopped) {
      backbone.append(shard, this.#batch, this.#answered);
    }
  };

  readonly #answered = (answer: Answered<Appended>): void => {
    const batch = this.#batch;
    if (batch === undefined || this.#isStopped) return;
    if (!answer.known) {
      this.#stats.unknown++;
      return this.#again();
    }
    switch (answer.value.at) {
      case "taken":
        return this.#settle(batch);
      case "full":
        this.#stats.full++;
        return this.#again();
      case "buried":
        this.stop();
        return this.#options.buried();
      case "gap":
        if (answer.value.last >= batch.number) return this.#settle(batch);
        this.#batch = this.#options.gap(batch, answer.value.last);
        return this.#batch === undefined ? this.#finish() : this.#again();
    }
  };

  #settle({ number }: Append): void {
    this.#options.taken(number);
    this.#finish();
  }

  #finish(): void {
    this.#batch = undefined;
    this.#tries = 0;
    this.wake();
  }

  #again(): void {
    const delay = Math.min(AGAIN_MS_MAX, AGAIN_MS * 2 ** Math.min(this.#tries, 10));
    this.#tries++;
    this.#options.later(this.#send, delay);
  }
}

const AGAIN_MS = 20;
const AGAIN_MS_MAX = 500;
