/** The composition root of `roundhouse gateway`: a node that players connect to. */
import { hostname } from "node:os";
import { Gateway } from "@roundhouse/gateway";
import { fail, ok, type Result } from "@roundhouse/kernel";
import type { Card, Census } from "@roundhouse/ledger";
import { CertificateStats } from "./certificate.ts";
import { type Identity, type Serving, startNode } from "./cluster/cluster-node.ts";
import { DRAIN_MS, type Drain, startDrain } from "./cluster/drain.ts";
import { type Life, openLife, type World } from "./cluster/life.ts";
import { lifeMetrics } from "./cluster/life-metrics.ts";
import { LifeStats } from "./cluster/node-stats.ts";
import { operatorPorts } from "./cluster/operator-ports.ts";
import { Readiness } from "./cluster/readiness.ts";
import { clusterTopology } from "./cluster/topology.ts";
import { within } from "./cluster/within.ts";
import { type Doors, openDoors } from "./doors.ts";
import { gatewayMetrics } from "./gateway-metrics.ts";
import { invariantMetric, summed } from "./invariants.ts";
import type { ProcessLog } from "./log.ts";
import { histogramBy, type Metric } from "./metrics.ts";
import type { StartingNode } from "./node.ts";
import { passwordMetrics } from "./password-metrics.ts";
import { checkNative, playersHost, playersOf } from "./players.ts";
import type { Settings } from "./settings.ts";

export async function startGateway(settings: Settings, log: ProcessLog): Promise<StartingNode> {
  checkNative();
  const lent = { log, listen: openDoors };
  return startNode(settings, log, {
    name: "gateway",
    open: (world, identity) => openGateway(world, identity, lent),
  });
}

/** What changes while it runs. */
type State = {
  /** The one life after the other, and what all of them counted. */
  life: Life;
  readonly stats: LifeStats;
  /** Where players connect; undefined until they may. */
  doors: Doors | undefined;
  /** An operator wants it empty. */
  drain: Drain | undefined;
  isStopping: boolean;
  rebirths: number;
};

type House = { readonly world: World; readonly gateway: Gateway; readonly state: State };

/** What a test may do in another way: sockets are the one thing that is not on its own time. */
export type Lent = {
  readonly log: ProcessLog;
  readonly listen: typeof openDoors;
};

/** All of it but the process: what a test runs on a time of its own. */
export async function openGateway(
  world: World,
  identity: Identity,
  { log, listen }: Lent,
): Promise<Serving> {
  const { settings, clock, every } = world;
  const { shards } = settings;
  const queueMax = shards * settings.inboxCommandsMax;
  const house = build(world, playersOf(settings, { ...identity, log }));
  const { gateway, state } = house;
  const { stats } = state;
  const life = (): Life => state.life;
  const topology = clusterTopology({
    shards,
    self: () => life().node,
    own: (host) => settings.publicAddress || `ws://${host}`,
    census: () => life().membership.census,
  });
  // Whoever connects to a node without a lease would be online for ever, should it end now.
  await begun(house);
  const certificates = new CertificateStats();
  const doors = await listen(settings, { gateway, topology, log, certificates, every });
  state.doors = doors;
  const { httpPort, scrpPort, scrpTlsPort } = doors;
  life().membership.beat(); // Now it has an address.

  const readiness = new Readiness({ shards, clock, inquiry: () => life().inquiry });
  const rest = every(() => {
    gateway.sweep();
    void readiness.beat();
  }, BEAT_MS);
  const serves = (): Result<void> => {
    if (state.isStopping || state.drain !== undefined) return fail("going_away");
    return life().membership.isServing ? ok(undefined) : fail("shard_unavailable");
  };
  const seenFrom = (asked: string) => topology(playersHost(asked, httpPort));
  const abandon = (): void => {
    rest();
    life().end();
    doors.close(); // Whatever still listens or is open, too.
  };
  return {
    httpPort,
    scrpPort,
    scrpTlsPort,
    ports: operatorPorts({ world, ...identity, life, readiness, topology: seenFrom, serves }),
    metrics: [
      ...gatewayMetrics({ gateway, certificates }),
      ...passwordMetrics(identity.passwords),
      ...lifeMetrics({ world, life, stats, readiness, rebirths: () => state.rebirths }),
      hopMetric(gateway),
      invariantMetric({
        no_loss: () => stats.bus.outgoing.lost,
        fence: () => stats.bus.incoming.forked,
        presence_true: () => gateway.stats.repairs.digest.begun,
        bounded: summed(() => Number(life().bus.outgoing.depth().commands > queueMax)),
      }),
    ],
    abandon,
    stop: async () => {
      await leave(house, doors);
      abandon();
    },
  };
}

function build(world: World, players: ReturnType<typeof playersOf>): House {
  const { settings, clock, log } = world;
  const { shards, nodeName: name } = settings;
  const card = (): Omit<Card, "isLeaving"> => {
    const address = addressOf(settings, state.doors?.httpPort);
    return { name, role: "gateway", address, connections: gateway.connections };
  };
  const stats = new LifeStats();
  const life = openLife(world, card, stats);
  const drain = undefined;
  const state: State = { life, stats, doors: undefined, drain, isStopping: false, rebirths: 0 };
  const { gateway: id, bus } = life;
  const gateway: Gateway = new Gateway({ id, shards, bus, ...players, clock, log });
  const house = { world, gateway, state };
  const watch = ({ membership }: Life): void => {
    membership.watch({ census: (census) => heed(house, census), buried });
  };
  const buried = (): void => {
    const before = state.life;
    before.end();
    if (state.isStopping) return;
    state.rebirths++;
    state.life = openLife(world, card, stats);
    log.say("warn", "reborn", { incarnation: state.life.node });
    gateway.reborn(state.life.gateway, state.life.bus);
    watch(state.life);
    state.life.membership.beat();
  };
  watch(life);
  return house;
}

/** Resolves with the first renewal of its lease. */
function begun({ state }: House): Promise<void> {
  return new Promise((resolve) => {
    state.life.membership.watch({ census: () => resolve() });
    state.life.membership.beat();
  });
}

/** Does what operators want of a node of its name. */
function heed({ world, gateway, state }: House, { drained }: Census): void {
  const isWanted = drained.includes(world.settings.nodeName);
  if (state.isStopping || isWanted === (state.drain !== undefined)) return;
  world.log.say("info", isWanted ? "draining" : "drain_undone");
  if (isWanted) state.drain = startDrain(world, gateway);
  else {
    state.drain?.undo();
    state.drain = undefined;
  }
}

/** In good order: nobody new, everybody asked to move, everything said, and then its lease. */
async function leave({ world, gateway, state }: House, doors: Doors): Promise<void> {
  state.isStopping = true;
  const { membership, bus, farewell } = state.life;
  membership.setLeaving();
  doors.stopListening();
  state.drain?.undo();
  const isEmpty = await within(DRAIN_MS + GRACE_MS, startDrain(world, gateway, DRAIN_MS).done);
  if (!isEmpty) world.log.say("warn", "drain_late", { connections: gateway.connections });
  gateway.close();
  await within(GRACE_MS, new Promise<void>((done) => bus.outgoing.flushed(done)));
  // What it watched and where its connections sat is forgotten: they are gone.
  const isKnown = await within(GRACE_MS, farewell());
  // A shard that may not know it learns it from the coordinator, when the lease ends by itself.
  if (isKnown) await within(GRACE_MS, new Promise<void>((done) => membership.leave(done)));
}

/** Under the name that an embedded node and a shard node give their hops. */
function hopMetric({ stats: { fanOut } }: Gateway): Metric {
  const help = "Latency by hop: fan_out (of frames, from frame to sockets).";
  const read = () => [["fan_out", fanOut]] as const;
  return histogramBy("roundhouse_hop_seconds", help, fanOut.bounds, { label: "hop", read });
}

/** Where other machines reach it: what the operator says, or the best guess. */
function addressOf({ publicAddress, host }: Settings, port: number | undefined): string {
  if (port === undefined) return "";
  const isWide = host === "0.0.0.0" || host === "::";
  const name = isWide ? hostname() : host.includes(":") ? `[${host}]` : host;
  return publicAddress || `ws://${name}:${port}`;
}

const BEAT_MS = 1_000;
/** For each step of the end, so that all of it is within the command's patience. */
const GRACE_MS = 2_000;
