/** The composition root of `roundhouse shard`: a node that owns its share of the shards. */
import { fail, ok } from "@roundhouse/kernel";
import { type Identity, type Serving, startNode } from "./cluster/cluster-node.ts";
import type { Life, World } from "./cluster/life.ts";
import { lifeMetrics } from "./cluster/life-metrics.ts";
import { HouseStats } from "./cluster/node-stats.ts";
import { operatorPorts } from "./cluster/operator-ports.ts";
import { Readiness } from "./cluster/readiness.ts";
import { HAND_OVER_MS, type House, openHouse, runnersOf } from "./cluster/shard-house.ts";
import { stationMetrics } from "./cluster/station-metrics.ts";
import { clusterTopology } from "./cluster/topology.ts";
import { within } from "./cluster/within.ts";
import { type Checks, crowdedRooms, invariantMetric, openPositions, summed } from "./invariants.ts";
import type { ProcessLog } from "./log.ts";
import type { StartingNode } from "./node.ts";
import { passwordMetrics } from "./password-metrics.ts";
import type { Settings } from "./settings.ts";
import { shardMetrics } from "./shard-metrics.ts";

export function startShard(settings: Settings, log: ProcessLog): Promise<StartingNode> {
  return startNode(settings, log, { name: "shard", open: async (...lent) => openShard(...lent) });
}

/** All of it but the process: what a test runs on a time of its own. */
export function openShard(world: World, identity: Identity): Serving {
  const { settings, clock, log } = world;
  const { shards } = settings;
  const state = { isStopping: false, rebirths: 0 };
  const stats = new HouseStats();
  const buried = (): void => {
    house.life.end();
    if (state.isStopping) return;
    state.rebirths++;
    house = openHouse(world, stats, buried);
    log.say("warn", "reborn", { incarnation: house.life.node });
    house.life.membership.beat();
  };
  let house = openHouse(world, stats, buried);
  const life = (): Life => house.life;
  const readiness = new Readiness({ shards, clock, inquiry: () => life().inquiry });
  const rest = beat(world, { readiness, house: () => house });
  life().membership.beat();

  const self = () => life().node;
  const census = () => life().membership.census;
  const topology = clusterTopology({ shards, self, own: () => "", census });
  const serves = () => {
    if (state.isStopping) return fail("going_away");
    return life().membership.isServing ? ok(undefined) : fail("shard_unavailable");
  };
  const abandon = (): void => {
    rest();
    life().end();
  };
  return {
    ...NO_PLAYERS,
    ports: operatorPorts({ world, ...identity, life, readiness, topology, serves }),
    metrics: [
      ...shardMetrics(() => runnersOf(house), stats.runners),
      ...passwordMetrics(identity.passwords),
      ...lifeMetrics({ world, life, stats, readiness, rebirths: () => state.rebirths }),
      ...stationMetrics(() => house, stats),
      invariantMetric(checks(settings, stats, () => house)),
    ],
    abandon,
    stop: async () => {
      state.isStopping = true;
      const { station, life } = house;
      await within(HAND_OVER_MS + GRACE_MS, new Promise<void>((done) => station.stop(done)));
      // Whatever was kept for its questions is forgotten.
      await within(GRACE_MS, life.farewell());
      abandon();
    },
  };
}

function checks(
  { shards, membersPerRoomMax, inboxCommandsMax }: Settings,
  { bus, ledger }: HouseStats,
  house: () => House,
): Checks {
  const fallen = openPositions();
  return {
    no_loss: () => bus.outgoing.lost + ledger.lost,
    fence: () => bus.incoming.forked,
    position: summed(() => fallen(house().ledger.held)),
    seats: summed(() => crowdedRooms(runnersOf(house()), membersPerRoomMax)),
    bounded: summed(() => {
      return Number(house().life.bus.outgoing.depth().commands > shards * inboxCommandsMax);
    }),
  };
}

/** What happens by itself as time passes; the lease beats by itself. Returns the way to stop it. */
function beat(
  { every }: World,
  { readiness, house }: { readonly readiness: Readiness; readonly house: () => House },
): () => void {
  let beats = 0;
  return every(() => {
    beats++;
    // What is due is due by the backbone's clock: a machine's own may be anything.
    const { now } = house().life.membership;
    if (now !== undefined) for (const runner of runnersOf(house())) runner.tick(now);
    if (beats % BEACON_BEATS === 0) house().ledger.beat();
    if (beats % PING_BEATS === 0) void readiness.beat();
  }, TICK_MS);
}

const TICK_MS = 250;
const NO_PLAYERS = { httpPort: 0, scrpPort: 0, scrpTlsPort: 0 };
/** A beacon every 500 ms, a ping every second. */
const BEACON_BEATS = 2;
const PING_BEATS = 4;
/** All of it within the time after which the command's end would not be clean. */
const GRACE_MS = 1_500;
