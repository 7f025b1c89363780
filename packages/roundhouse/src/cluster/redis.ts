/** The Redis of a cluster, opened as the settings say: waited for, or refused in a sentence. */
import type { Log } from "@roundhouse/kernel";
import { openRedisBackbone, type RedisBackbone, RedisRefusal } from "@roundhouse/ledger";
import { StartFailure } from "../node.ts";
import type { Settings } from "../settings.ts";
import type { World } from "./life.ts";

type Tools = Pick<World, "chance" | "clock" | "defer" | "later" | "log"> & {
  /** Ends the waiting; what is then answered nobody wants to know. */
  readonly signal: AbortSignal;
};

/** Rejects with a `StartFailure` for what waiting does not mend. */
export async function openRedis(
  { redisUrl: url, shards }: Settings,
  tools: Tools,
): Promise<RedisBackbone> {
  try {
    return await openRedisBackbone({ ...tools, url, shards, log: sayingOnce(tools.log) });
  } catch (cause) {
    if (!(cause instanceof RedisRefusal)) throw cause;
    const isEntry = /^(WRONGPASS|NOAUTH|NOPERM)/.test(cause.message);
    const hint = isEntry ? " Check the user and the password in REDIS_URL." : "";
    throw new StartFailure([`Redis refuses to serve us: ${cause.message}${hint}`]);
  }
}

/** That Redis is waited for is news once, however long it takes. */
function sayingOnce(log: Log): Log {
  let isTold = false;
  return {
    say: (level, event, facts) => {
      if (event === "redis_awaited" && isTold) return;
      isTold ||= event === "redis_awaited";
      log.say(level, event, facts);
    },
  };
}
