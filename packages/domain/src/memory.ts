/** What a shard knows beside its users and rooms; changed in place by its shard alone. */
import type { Attempts } from "./attempts.ts";
import type { Stored } from "./record.ts";

/** Which of how many. */
export type Place = { readonly shard: number; readonly shards: number };

/** A shard's own numbers. */
export type Numbers = {
  /** The next one of this shard's own, not yet an id. */
  next: number;
  /** Numbers below it are covered by the record: after a crash the shard goes on from there. */
  reserved: number;
  accounts: number;
  rooms: number;
};

export type Memory = {
  readonly place: Place;
  /** The shard's own record; undefined until it was looked up. */
  numbers: Numbers | undefined;
  /** Wrong passwords of late. */
  readonly attempts: Attempts;
  /** Records that were looked up for the present batch: undefined is not there. */
  readonly loaded: Map<string, Stored | undefined>;
};
