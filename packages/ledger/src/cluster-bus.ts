/** The side of a cluster that gateways see: what they say to the shards, and what those say back. */
import type { GatewayId, Result } from "@roundhouse/kernel";
import type { Heard, NodeId, ShardSteps } from "./backbone.ts";
import { BusStats } from "./bus-stats.ts";
import { packPosts } from "./cluster-wire.ts";
import { Incoming, type IncomingOptions } from "./incoming.ts";
import type { Bus, Listener } from "./ledger.ts";
import { Outgoing, type OutgoingOptions } from "./outgoing.ts";

export type ClusterBusOptions<Command> = Omit<OutgoingOptions<Command>, "stats"> &
  Omit<IncomingOptions, "codec" | "stats"> & {
    readonly backbone: Pick<ShardSteps, "append" | "history">;
    /** Those of its life before, which it goes on with. */
    readonly stats?: BusStats;
  };

export class ClusterBus<Command, Item> implements Bus<Command, Item> {
  readonly outgoing: Outgoing<Command>;
  readonly incoming: Incoming<Item>;
  readonly #options: ClusterBusOptions<Command>;

  constructor(options: ClusterBusOptions<Command>) {
    this.#options = options;
    const { outgoing, incoming } = options.stats ?? new BusStats();
    this.outgoing = new Outgoing({ ...options, stats: outgoing });
    this.incoming = new Incoming({ ...options, stats: incoming });
  }

  append(shard: number, from: GatewayId, command: Command): Result<void> {
    return this.outgoing.append(shard, from, command);
  }

  hear(gateway: GatewayId, listener: Listener<Item>): () => void {
    return this.incoming.hear(gateway, listener);
  }

  /** What this node's ear heard: frames and beacons are for here, anything else is not. */
  heard(heard: Heard): void {
    this.incoming.heard(heard);
  }

  /** What a node says last of all in every inbox, as an entry's bytes: in its own name. */
  lastWord(node: NodeId, farewell: Command): Uint8Array {
    const from = node as string as GatewayId;
    return packPosts(this.#options.codec, [{ from, command: farewell }], "").bytes;
  }

  /** Nothing is sent and nothing passed on any more. */
  stop(): void {
    this.outgoing.stop();
    this.incoming.stop();
  }
}
