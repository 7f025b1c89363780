/**
 * One life of a node in a cluster: its id, its lease, its ear, and what it says to the shards. A node
 * that was declared dead goes on under another id, so all of this is made anew.
 */
import { type Command, type Item, weightOf } from "@roundhouse/domain";
import type { Chance, Clock, GatewayId, Log } from "@roundhouse/kernel";
import {
  type Backbone,
  type Card,
  ClusterBus,
  type Codec,
  type Heard,
  msgpack,
  type NodeId,
} from "@roundhouse/ledger";
import { Membership } from "@roundhouse/shard";
import { Inquiry } from "../inquiry.ts";
import type { Settings } from "../settings.ts";
import { Agreement, fingerprintOf } from "./agreement.ts";
import type { LifeStats } from "./node-stats.ts";

export type World = {
  readonly settings: Settings;
  readonly backbone: Backbone;
  readonly chance: Chance;
  readonly clock: Clock;
  readonly log: Log;
  readonly defer: (run: () => void) => void;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Again and again; returns the way to stop. */
  readonly every: (run: () => void, periodMs: number) => () => void;
};

export type Life = {
  readonly node: NodeId;
  /** The same: it speaks and hears in this name. */
  readonly gateway: GatewayId;
  readonly bus: ClusterBus<Command, Item>;
  readonly membership: Membership;
  readonly inquiry: Inquiry;
  /** Whether the others have its rules. */
  readonly agreement: Agreement;
  /** What the ear hears, beside what the bus does with it. */
  listen(ear: (heard: Heard) => void): void;
  /** Says in every inbox that this was all: nothing is kept for it any more. Until all have it. */
  farewell(): Promise<void>;
  /** Hears and says nothing more. */
  end(): void;
};

export const codec: Codec<Command> = {
  ...msgpack,
  isFarewell: ({ on }) => on === "gatewayGone",
  weightOf,
};
export const FAREWELL: Command = { on: "gatewayGone" };

/** Its lease is not asked for before `membership.beat`. It goes on counting where one before it ended. */
export function openLife(
  world: World,
  cardOf: () => Omit<Card, "isLeaving" | "rules">,
  stats: LifeStats,
): Life {
  const { settings, backbone, chance, clock, log, defer, later } = world;
  const { shards, inboxCommandsMax: queueMax, inboxEntriesMax: inboxMax } = settings;
  const node = chance.bits64() as NodeId;
  const gateway = node as string as GatewayId;
  const tools = { node, shards, backbone, codec, clock, log, defer, later };
  const rules = fingerprintOf(settings);
  const card = () => ({ ...cardOf(), rules });
  const lease = { node, card, backbone, clock, log, later };
  const membership = new Membership({ ...lease, stats: stats.membership });
  const agreement = new Agreement(rules, log);
  membership.watch({ census: (census) => void agreement.others(census) });
  // A shard that takes nothing of us any more knows something: the next renewal will tell all.
  const buried = (): void => membership.beat();
  const leased = { ...tools, backbone: afterLease(membership, world), stats: stats.bus };
  const bus = new ClusterBus<Command, Item>({ ...leased, queueMax, inboxMax, buried });
  const inquiry = new Inquiry(bus, { id: gateway, shards });
  const ears = [(heard: Heard): void => bus.heard(heard)];
  const unlisten = backbone.listen(node, (heard) => {
    for (const ear of ears) ear(heard);
  });
  return {
    node,
    gateway,
    bus,
    membership,
    inquiry,
    agreement,
    listen: (ear) => void ears.push(ear),
    farewell: () => bury({ backbone, later, shards, node, word: bus.lastWord(node, FAREWELL) }),
    end: () => {
      unlisten();
      inquiry.close();
      bus.stop();
    },
  };
}

/** Who never had a lease is never declared dead: what it said would stand in the shards for ever. */
function afterLease(
  membership: Membership,
  { backbone, defer }: World,
): Pick<Backbone, "append" | "history"> {
  return {
    append: (shard, batch, then) => {
      if (membership.census !== undefined) return backbone.append(shard, batch, then);
      defer(() => then({ known: false, why: "no lease yet" }));
    },
    history: (...asked) => backbone.history(...asked),
  };
}

type Burial = Pick<World, "later"> & {
  readonly backbone: Pick<Backbone, "bury">;
  readonly shards: number;
  readonly node: NodeId;
  readonly word: Uint8Array;
};

async function bury(burial: Burial): Promise<void> {
  for (let first = 0; first < burial.shards; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, burial.shards - first);
    await Promise.all(Array.from({ length: count }, (_, index) => buryIn(first + index, burial)));
  }
}

function buryIn(shard: number, { backbone, node, word, later }: Burial): Promise<void> {
  return new Promise((resolve) => {
    const again = (): void => {
      backbone.bury(shard, node, word, ({ known }) => {
        if (known) resolve();
        else later(again, AGAIN_MS);
      });
    };
    again();
  });
}

const AT_ONCE = 64;
const AGAIN_MS = 100;
