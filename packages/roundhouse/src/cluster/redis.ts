/** The Redis of a cluster, opened from the settings. */
import type { Backbone } from "@roundhouse/ledger";
import type { ProcessLog } from "../log.ts";
import { StartFailure } from "../node.ts";
import type { Settings } from "../settings.ts";

export type Redis = {
  readonly backbone: Backbone;
  /** Never resolves; rejects with a `StartFailure` when Redis is there and will never let us in. */
  readonly refused: Promise<never>;
  close(): Promise<void>;
};
export function openRedis({ redisUrl }: Settings, log: ProcessLog): Redis {
  throw new StartFailure([`not yet ${redisUrl}`]);
}
