/**
 * What a node of a cluster counts, from its first life to its last: the parts of each life go on where
 * those before left off, since what a scrape reads must never fall.
 */
import { BusStats, HoldingStats } from "@roundhouse/ledger";
import { CoordinatorStats, MembershipStats, RunnerStats, StationStats } from "@roundhouse/shard";

/** Of any node. */
export class LifeStats {
  readonly membership = new MembershipStats();
  readonly bus = new BusStats();
}

/** Of a shard node. */
export class HouseStats extends LifeStats {
  readonly ledger = new HoldingStats();
  /** All shards that it owned together, whoever owns them now. */
  readonly runners = new RunnerStats();
  readonly station = new StationStats();
  readonly coordinator = new CoordinatorStats();
}
