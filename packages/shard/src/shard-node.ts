/** The parts of a shard node's life, put together: the same in a process and in a simulation. */
import type { Backbone, Heard, NodeId } from "@roundhouse/ledger";
import { Coordinator, type CoordinatorOptions } from "./coordinator.ts";
import { Lookout } from "./lookout.ts";
import { Membership, type MembershipOptions } from "./membership.ts";
import { Station, type StationOptions } from "./station.ts";

export type ShardNodeOptions<Runner> = MembershipOptions &
  Omit<StationOptions<Runner>, "membership" | "lookout" | "backbone"> &
  Omit<CoordinatorOptions, "membership" | "lookout" | "backbone"> & { readonly backbone: Backbone };

/** One incarnation of it. */
export class ShardNode<Runner> {
  readonly node: NodeId;
  readonly membership: Membership;
  readonly lookout: Lookout;
  readonly station: Station<Runner>;
  readonly coordinator: Coordinator;

  constructor(options: ShardNodeOptions<Runner>) {
    this.node = options.node;
    this.membership = new Membership(options);
    const { membership } = this;
    this.lookout = new Lookout({ ...options, membership });
    const { lookout } = this;
    this.station = new Station({ ...options, membership, lookout });
    this.coordinator = new Coordinator({ ...options, membership, lookout });
  }

  /** Joins the cluster: from now on its lease is renewed. The ear must listen before. */
  start(): void {
    this.membership.beat();
  }

  /** What the node's ear heard: grants, and what is for the owners here. */
  heard(heard: Heard): void {
    this.station.heard(heard);
  }

  /** Hands everything over and leaves; calls back once that is done, or time is up. */
  stop(then: () => void): void {
    this.station.stop(then);
  }
}
