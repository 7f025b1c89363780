/**
 * Whether a node can serve: a ping went through an inbox, was decided by its owner, committed, and came
 * back. Each asks another shard, so that one that is being taken over speaks for itself alone.
 */
import { type Clock, fail, LATENCY_SECONDS, ok, type Result, Spread } from "@roundhouse/kernel";
import type { Inquiry } from "../inquiry.ts";

export type ReadinessOptions = {
  readonly shards: number;
  readonly clock: Pick<Clock, "precise">;
  readonly inquiry: () => Pick<Inquiry, "askShard">;
};

export class Readiness {
  readonly stats = { answered: 0, unanswered: 0, seconds: new Spread(LATENCY_SECONDS) };
  readonly #options: ReadinessOptions;
  #shard = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** Each second. */
  async beat(): Promise<void> {
    const { shards, clock, inquiry } = this.#options;
    const sentAt = clock.precise();
    this.#shard = (this.#shard + 1) % shards;
    const answer = await inquiry().askShard(this.#shard, { on: "ping" });
    if (!answer.ok) {
      this.stats.unanswered++;
      return;
    }
    this.stats.answered++;
    this.stats.seconds.observe((clock.precise() - sentAt) / 1000);
    this.#answeredAt = Math.max(this.#answeredAt, sentAt);
  }

  get verdict(): Result<void> {
    const isFresh = this.#options.clock.precise() - this.#answeredAt <= FRESH_MS;
    return isFresh ? ok(undefined) : fail("shard_unavailable");
  }
}

const FRESH_MS = 5_000;
