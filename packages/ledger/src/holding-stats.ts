/** What the shards in a node's hands count together. Plain numbers: a scrape reads them. */
import { LATENCY_SECONDS, Spread } from "@roundhouse/kernel";

export class HoldingStats {
  commits = 0;
  frames = 0;
  /** Commits whose answer was lost, and that were sent again. */
  unknownCommits = 0;
  /** Commits refused because the shard belongs to somebody else. */
  fenced = 0;
  /** Effects on other shards that those had taken and have no more: their backbone lost data. */
  lost = 0;
  /** Entries that were found by reading, because their push was not heard, by what made us look. */
  readonly rereads = new Map<string, number>();
  readonly batch = new Spread([1, 2, 5, 10, 25, 50, 100, 250, 1000]);
  /** Seconds that the oldest command of a batch waited in its inbox. */
  readonly wait = new Spread(LATENCY_SECONDS);
  /** Seconds from taking a batch to the end of its commit. */
  readonly commit = new Spread(LATENCY_SECONDS);

  taken(commands: number, waitedMs: number): void {
    this.batch.observe(commands, 1);
    this.wait.observe(Math.max(0, waitedMs) / 1000, 1);
  }

  committed(frames: number, seconds: number): void {
    this.commits++;
    this.frames += frames;
    this.commit.observe(seconds, 1);
  }

  reread(cause: string): void {
    this.rereads.set(cause, (this.rereads.get(cause) ?? 0) + 1);
  }
}
