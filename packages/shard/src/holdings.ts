/** What a shard node's life asks of its ledger: to take shards into its hands, and to let them go. */
import type { Epoch, Heard, NodeId } from "@roundhouse/ledger";

/** What happens to a shard by itself. */
export type Fate = {
  /** It was read in and takes batches from now on. */
  readonly opened: (shard: number) => void;
  /** It is somebody else's: the owner here must not act any more. */
  readonly ended: (shard: number, why: "fenced") => void;
};

export interface Holdings {
  fate: Fate;
  /** The shard is this node's in this epoch: an owner may be made for it now. */
  grant(shard: number, epoch: Epoch): void;
  holds(shard: number): boolean;
  /**
   * Finishes the commit in flight, gives the shard to `next` ("": to nobody), forgets it. May call
   * back before it returns; never does when the shard was lost or dropped meanwhile.
   */
  handOver(shard: number, next: NodeId | "", then: (isDone: boolean) => void): void;
  /** Takes and commits nothing, keeps everything. */
  pause(): void;
  resume(): void;
  /** Forgets a shard without a word. */
  drop(shard: number): void;
  /** What the node's ear heard: entries are for the owners here. */
  heard(heard: Heard): void;
}
