/**
 * Moments at which a town can be judged. What was committed just now is still on its way to those who
 * must hear of it, and a shard that is handed over is served by nobody for a moment.
 */
import type { Millis } from "@roundhouse/kernel";
import type { VirtualTime } from "@roundhouse/testkit";

type Time = Pick<VirtualTime, "now" | "pass">;

/**
 * Waits until whatever was committed has arrived. Nothing is forgiven by that: what is judged then had
 * its time. Where it never comes to rest it is judged as it is.
 */
export function comeToRest(time: Time, committedAt: () => Millis): void {
  const end = time.now() + RESTLESS_MAX_MS;
  while (time.now() < end) {
    const left = committedAt() + ON_ITS_WAY_MS - time.now();
    if (left <= 0) return;
    time.pass(left);
  }
}

/**
 * Waits until every shard is served; answers which ones are not for too long. Each has its own time:
 * while one is handed over for balance the next may be, and that is not one long pause.
 */
export function unsettled(time: Time, unserved: () => readonly number[]): readonly number[] {
  const end = time.now() + BALANCED_MS;
  let since = new Map<number, Millis>();
  for (;;) {
    const now = time.now();
    const shards = unserved();
    since = new Map(shards.map((shard) => [shard, since.get(shard) ?? now]));
    const late = shards.filter((shard) => now - (since.get(shard) ?? now) >= HAND_OVER_MS);
    if (shards.length === 0 || late.length > 0) return late;
    if (now >= end) return shards; // They change hands for ever.
    time.pass(LOOK_MS);
  }
}

/**
 * Longer than a frame takes to its client, or a promise to the shard that it is for and to the commit
 * there: in calm a step takes up to 30 ms each way, a wire up to 20.
 */
const ON_ITS_WAY_MS = 200;
const RESTLESS_MAX_MS = 2_000;
/** The design's bound for the pause while a shard is handed over. */
const HAND_OVER_MS = 250;
/** Each of at most eight shards moves once. */
const BALANCED_MS = 2_000;
const LOOK_MS = 10;
