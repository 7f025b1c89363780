/** Which Redis has what: one primary for everything here; redis-cluster.ts has those of a cluster. */
import type { RedisSurroundings } from "./redis-options.ts";
import { Primary } from "./redis-primary.ts";

/** A shard, or what concerns all of them. */
export type Place = number;
export const CLUSTER: Place = -1;

export interface Fleet {
  /** Whether what is published stays with the primary that has the slot. */
  readonly isSharded: boolean;
  /** undefined: nobody that is known. */
  primaryOf(place: Place): Primary | undefined;
  readonly primaries: Iterable<Primary>;
  /** Resolves once everything has its place. */
  open(): Promise<void>;
  /** Something is not where it was thought to be: looks anew, soon. */
  refresh(): void;
  /** Follows a redirection: the primary that it leads to. */
  redirect(place: Place, message: string): Primary | undefined;
  /** Calls whenever a place has another primary than before. */
  watch(changed: () => void): void;
  close(): void;
}

/** One primary has everything; behind sentinels it may be another server after a while. */
export class SoleFleet implements Fleet {
  readonly isSharded = false;
  readonly primaries: readonly [Primary];

  constructor(surroundings: RedisSurroundings) {
    this.primaries = [new Primary(surroundings)];
  }

  primaryOf(): Primary {
    return this.primaries[0];
  }

  open(): Promise<void> {
    return this.primaries[0].open();
  }

  refresh(): void {}

  redirect(): undefined {}

  watch(): void {}

  close(): void {
    this.primaries[0].close();
  }
}
