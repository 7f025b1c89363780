/** The composition root of `roundhouse start`: every part of the house in one process. */
import { openTokens, type PasswordQueue, type Tokens } from "@roundhouse/accounts";
import type { Command, Item, Stored } from "@roundhouse/domain";
import { Gateway } from "@roundhouse/gateway";
import { fail, type GatewayId, ok, systemChance, systemClock } from "@roundhouse/kernel";
import { EmbeddedLedger, type Store } from "@roundhouse/ledger";
import { RunnerStats, ShardRunner } from "@roundhouse/shard";
import { openAccountPorts } from "./account-ports.ts";
import { type AdminServer, openAdmin } from "./admin.ts";
import type { AdminPorts, NodeSeen } from "./admin-ports.ts";
import { CertificateStats } from "./certificate.ts";
import { checkShards, keysOf, openStore } from "./data-set.ts";
import { type Doors, openDoors } from "./doors.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { every } from "./every.ts";
import { Inquiry } from "./inquiry.ts";
import type { ProcessLog } from "./log.ts";
import { registry } from "./metrics.ts";
import type { RunningNode } from "./node.ts";
import { passwordsOf, rulesOf, type Topology, topologyOf } from "./parts.ts";
import { checkNative, playersHost, playersOf } from "./players.ts";
import { openQuestions } from "./questions.ts";
import type { Settings } from "./settings.ts";
import { version } from "./version.ts";

export async function startEmbedded(settings: Settings, log: ProcessLog): Promise<RunningNode> {
  checkNative();
  const store = openStore(settings.dataDir);
  try {
    await checkShards(store, settings.shards);
    const keys = await keysOf(settings, { store, chance: systemChance });
    const tokens = openTokens({ ...keys, clock: systemClock });
    return await serve(settings, { store, tokens, passwords: passwordsOf(settings, log), log });
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

type Foundation = {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly passwords: PasswordQueue;
  readonly log: ProcessLog;
};
type House = ReturnType<typeof build>;

/** The parts that do not listen yet. */
function build(settings: Settings, { store, tokens, passwords, log }: Foundation) {
  const { shards } = settings;
  const clock = systemClock;
  const ledger = new EmbeddedLedger<Command, Item, Stored>({
    shards,
    store,
    clock,
    log,
    inboxMax: settings.inboxCommandsMax,
    recordsMax: settings.recordsMax,
    defer: setImmediate,
    later: (run, afterMs) => setTimeout(run, afterMs).unref(),
  });
  const rules = rulesOf(settings);
  const runnerStats = new RunnerStats();
  const runners = Array.from({ length: shards }, (_, shard) => {
    return new ShardRunner({ shard, shards, rules, ledger, stats: runnerStats });
  });
  const id = systemChance.bits64() as GatewayId;
  const gateway = new Gateway({
    id,
    shards,
    bus: ledger,
    ...playersOf(settings, { tokens, passwords, log }),
    clock,
    log,
  });
  const inquiry = new Inquiry(ledger, { id, shards });
  return { ledger, runners, runnerStats, gateway, inquiry };
}

async function serve(settings: Settings, foundation: Foundation): Promise<RunningNode> {
  const house = build(settings, foundation);
  const { gateway, ledger, inquiry } = house;
  const topology = topologyOf(settings);
  const { log, passwords } = foundation;
  const certificates = new CertificateStats();
  const doors = await openDoors(settings, { gateway, topology, log, certificates, every });
  const rhythm = beat(house);
  const state = { isStopping: false };
  const serving = { house, foundation, doors, certificates, topology, state };
  const admin = await openAdminFor(settings, serving).catch((cause: unknown) => {
    rhythm.stop();
    doors.stopListening();
    doors.close();
    throw cause;
  });

  const close = async (): Promise<void> => {
    state.isStopping = true;
    rhythm.stop();
    doors.stopListening();
    gateway.close();
    await passwords.close();
    await ledger.quiet(); // What was accepted is decided and on disk.
    inquiry.close();
    doors.close();
    await admin.close();
    await foundation.store.close();
  };
  let closing: Promise<void> | undefined;
  return {
    httpPort: doors.httpPort,
    scrpPort: doors.scrpPort,
    scrpTlsPort: doors.scrpTlsPort,
    adminPort: admin.port,
    stop: () => {
      closing ??= close();
      return closing;
    },
  };
}

type Serving = {
  readonly house: House;
  readonly foundation: Foundation;
  readonly doors: Doors;
  readonly certificates: CertificateStats;
  readonly topology: Topology;
  readonly state: { readonly isStopping: boolean };
};

function openAdminFor(settings: Settings, serving: Serving): Promise<AdminServer> {
  const { house, foundation, doors, certificates, topology, state } = serving;
  const { tokens, passwords, log } = foundation;
  const { shards, nodeName: node, auth, membersPerRoomMax } = settings;
  const facts = { version, node, mode: "embedded", auth };
  const sources = { ...house, passwords, certificates, membersPerRoomMax, facts };
  const metrics = registry(embeddedMetrics(sources));
  const ports: AdminPorts = {
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    live: () => true, // Whoever answers at all has a loop that turns.
    ready: () => {
      if (state.isStopping) return fail("going_away");
      return house.ledger.isHealthy ? ok(undefined) : fail("shard_unavailable");
    },
    topology: (asked) => topology(playersHost(asked, doors.httpPort)),
    ...openQuestions({ inquiry: () => house.inquiry, shards, tokens }),
    accounts: openAccountPorts({ inquiry: () => house.inquiry, passwords }),
    nodes: async () => ok([selfOf(settings, serving)]),
    drain: async (name) => fail(name === node ? "node_alone" : "node_unknown"),
  };
  const { adminHost: host, adminPort: port, adminToken: token } = settings;
  return openAdmin({ host, port, token, ports, log });
}

/** The whole cluster is one node. */
function selfOf({ nodeName: name, shards }: Settings, serving: Serving): NodeSeen {
  const { doors, topology, house, state } = serving;
  const [address = ""] = topology(playersHost("", doors.httpPort)).shards;
  const { connections } = house.gateway;
  const nothing = {
    incarnation: "",
    leaseMs: 0,
    draining: false,
    coordinator: false,
    otherRules: false,
  };
  const leaving = state.isStopping;
  return { ...nothing, name, role: "embedded", address, shards, connections, leaving };
}

/** What happens by itself as time passes. */
function beat({ gateway, runners }: House): { stop(): void } {
  const rests = [
    every(() => gateway.sweep(), SWEEP_MS),
    every(() => {
      const now = systemClock.now();
      for (const runner of runners) runner.tick(now);
    }, TICK_MS),
  ];
  return {
    stop: () => {
      for (const rest of rests) rest();
    },
  };
}

const SWEEP_MS = 1_000;
const TICK_MS = 250;
