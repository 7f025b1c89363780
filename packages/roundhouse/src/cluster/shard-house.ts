/** The parts of a shard node that belong to one of its lives. */
import type { Command, Item, Stored } from "@roundhouse/domain";
import { ClusterLedger } from "@roundhouse/ledger";
import { Coordinator, Lookout, ShardRunner, Station } from "@roundhouse/shard";
import { rulesOf } from "../parts.ts";
import { codec, FAREWELL, type Life, openLife, type World } from "./life.ts";
import type { HouseStats } from "./node-stats.ts";

export type House = {
  readonly life: Life;
  readonly ledger: ClusterLedger<Command, Item, Stored>;
  readonly station: Station<ShardRunner>;
  readonly coordinator: Coordinator;
  readonly lookout: Lookout;
};

/** `buried` is called when it was declared dead: it holds nothing any more. The next one goes on counting. */
export function openHouse(world: World, stats: HouseStats, buried: () => void): House {
  const { settings, backbone, clock, log, defer, later } = world;
  const { shards, nodeName: name } = settings;
  const life = openLife(world, () => ({ name, role: "shard", address: "" }), stats);
  const { node, bus, membership } = life;
  const tools = { shards, backbone, clock, log, defer, later };
  const ledger = new ClusterLedger<Command, Item, Stored>({
    ...tools,
    node,
    bus,
    codec,
    historyBytesMax: settings.shardHistoryBytesMax,
    recordsMax: Math.ceil(settings.recordsMax / shards),
    stats: stats.ledger,
  });
  const lookout = new Lookout({ ...tools, membership });
  const rules = rulesOf(settings);
  const station = new Station<ShardRunner>({
    ...tools,
    membership,
    lookout,
    holdings: ledger,
    run: (shard) => new ShardRunner({ shard, shards, rules, ledger, stats: stats.runners }),
    buried,
    stopMs: HAND_OVER_MS,
    stats: stats.station,
  });
  const lastWord = (dead: typeof node): Uint8Array => bus.lastWord(dead, FAREWELL);
  const coordinator = new Coordinator({
    ...tools,
    membership,
    lookout,
    lastWord,
    stats: stats.coordinator,
  });
  life.listen((heard) => station.heard(heard));
  return { life, ledger, station, coordinator, lookout };
}

export function runnersOf({ station }: House): readonly ShardRunner[] {
  return [...station.held.values()].flatMap(({ runner }) => (runner === undefined ? [] : [runner]));
}

/** How long the hand-over of everything may take at the end. */
export const HAND_OVER_MS = 20_000;
