/** Opens a backbone on Redis: waits until it is there, has our functions, and answers. */
import type { Chance, Clock, Log } from "@roundhouse/kernel";
import { RedisBackbone } from "./redis-backbone.ts";
import { ClusterFleet } from "./redis-cluster.ts";
import { type Fleet, SoleFleet } from "./redis-fleet.ts";
import { type Library, redisLibrary } from "./redis-library.ts";
import { isRefusal } from "./redis-link.ts";
import type { RedisSurroundings } from "./redis-options.ts";
import { RedisRefusal } from "./redis-primary.ts";
import { RedisStats } from "./redis-stats.ts";
import { describeTarget, parseRedisUrl } from "./redis-url.ts";

export type RedisBackboneOptions = {
  /** In one of the forms of `REDIS_URL_FORMS`. */
  readonly url: string;
  readonly shards: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Runs something after the present turn of the event loop: setImmediate. */
  readonly defer: (run: () => void) => void;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Gives up waiting: the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  readonly commandMs?: number;
  readonly probeMs?: number;
  /** Another build of the functions: tests turn the clock with it. */
  readonly library?: Library;
};

/**
 * Resolves once Redis answers and has our functions, however long that takes. Rejects with a
 * `RedisRefusal` for what waiting does not mend: a wrong URL, wrong credentials, other functions under
 * our name.
 */
export async function openRedisBackbone(options: RedisBackboneOptions): Promise<RedisBackbone> {
  const { url, signal, later, log, commandMs = 1_500, probeMs = 1_000 } = options;
  const parsed = parseRedisUrl(url);
  if (!parsed.ok) throw new RedisRefusal(parsed.problem);
  const { target } = parsed;
  const surroundings: RedisSurroundings = {
    ...options,
    target,
    library: options.library ?? redisLibrary(),
    stats: new RedisStats(),
    commandMs,
    probeMs,
  };
  const fleet =
    target.at === "cluster"
      ? new ClusterFleet(surroundings, target.seeds)
      : new SoleFleet(surroundings);
  let isOver = false;
  const tell = (): void => {
    if (isOver) return;
    const cause = [...fleet.primaries].map(({ trouble }) => trouble).join();
    log.say("warn", "redis_awaited", { redis: describeTarget(target), cause });
    later(tell, TELL_MS);
  };
  later(tell, TELL_MS);
  try {
    await Promise.race([opened(fleet, later), aborted(signal)]);
    return new RedisBackbone(surroundings, fleet);
  } catch (cause) {
    fleet.close();
    throw cause instanceof Error && isRefusal(cause) ? new RedisRefusal(cause.message) : cause;
  } finally {
    isOver = true;
  }
}

async function opened(fleet: Fleet, later: RedisSurroundings["later"]): Promise<void> {
  for (;;) {
    try {
      return await fleet.open();
    } catch (cause) {
      // It went away once more while it was asked: that is no refusal.
      if (cause instanceof RedisRefusal || (cause instanceof Error && isRefusal(cause)))
        throw cause;
      await new Promise<void>((resolve) => later(resolve, AGAIN_MS));
    }
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const TELL_MS = 2_000;
const AGAIN_MS = 200;
