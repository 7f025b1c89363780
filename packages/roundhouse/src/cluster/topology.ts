/** Which gateway's address serves which shard: the load spreads over the gateways that live. */
import type { Census, Member, NodeId } from "@roundhouse/ledger";
import { assign, isAlive } from "@roundhouse/shard";
import type { Topology } from "../parts.ts";

export type Others = {
  /** K. */
  readonly shards: number;
  /** This node. */
  readonly self: () => NodeId;
  /** What this asker is told of this node itself; "" where no players connect. */
  readonly own: (host: string) => string;
  readonly census: () => Census | undefined;
};

/** Every gateway serves every shard: whichever is named, an id's own one or another, it works. */
export function clusterTopology({ shards, self, own, census }: Others): Topology {
  const all = Array.from({ length: shards }, (_, shard) => shard);
  let picture = "";
  let owners: ReadonlyMap<number, NodeId> = new Map();
  return (host) => {
    const here = own(host);
    const seen = census();
    const gateways = seen === undefined ? [] : open(seen);
    const addresses = new Map(gateways.map(({ node, address }) => [node, address]));
    if (addresses.has(self())) addresses.set(self(), here);
    const nodes = [...addresses.keys()].sort();
    if (nodes.join() !== picture) {
      picture = nodes.join();
      owners = assign({ shards: all, nodes, held: new Map() });
    }
    const addressOf = (shard: number): string => {
      const owner = owners.get(shard);
      return (owner === undefined ? undefined : addresses.get(owner)) ?? here;
    };
    return { k: shards, shards: all.map(addressOf) };
  };
}

/** Those that a client should be sent to; those that want to be empty only when there is nobody else. */
function open(census: Census): readonly Member[] {
  const gateways = census.members.filter((member) => {
    const isOpen = member.role === "gateway" && member.address !== "";
    return isOpen && !member.isLeaving && isAlive(member, census);
  });
  const wanted = gateways.filter(({ name }) => !census.drained.includes(name));
  return wanted.length > 0 ? wanted : gateways;
}
