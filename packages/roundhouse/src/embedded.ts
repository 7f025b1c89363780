/** The composition root of `roundhouse start`: every part of the house in one process. */
import { openTokens, type Tokens } from "@roundhouse/accounts";
import { pageFolder } from "@roundhouse/console";
import type { Command, Item, UserRecord } from "@roundhouse/domain";
import { Gateway, loadNative, openSockets, readPages, type Sockets } from "@roundhouse/gateway";
import { fail, type GatewayId, ok, systemChance, systemClock } from "@roundhouse/kernel";
import { EmbeddedLedger, type Store } from "@roundhouse/ledger";
import type { AnyProtocol, Bounds } from "@roundhouse/protocol";
import { turntable, turntable2 } from "@roundhouse/protocol-turntable";
import { ShardRunner } from "@roundhouse/shard";
import { type AdminPorts, type AdminServer, openAdmin } from "./admin.ts";
import { checkShards, keysOf, openStore } from "./data-set.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { Inquiry } from "./inquiry.ts";
import type { ProcessLog } from "./log.ts";
import { registry } from "./metrics.ts";
import { listenFailure, type RunningNode, StartFailure } from "./node.ts";
import { boundsOf, limitsOf, rulesOf, type Topology, topologyOf } from "./parts.ts";
import { openQuestions } from "./questions.ts";
import type { Settings } from "./settings.ts";
import { version } from "./version.ts";

/** Adding a protocol is adding a line. */
const protocols = (bounds: Bounds): readonly AnyProtocol[] => {
  return [turntable(bounds), turntable2(bounds)];
};

export async function startEmbedded(settings: Settings, log: ProcessLog): Promise<RunningNode> {
  checkNative();
  const store = openStore(settings.dataDir);
  try {
    await checkShards(store, settings.shards);
    const keys = await keysOf(settings, { store, chance: systemChance });
    const tokens = openTokens({ ...keys, clock: systemClock });
    return await serve(settings, { store, tokens, log });
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

type Foundation = { readonly store: Store; readonly tokens: Tokens; readonly log: ProcessLog };
type House = ReturnType<typeof build>;

/** The parts that do not listen yet. */
function build(settings: Settings, { store, tokens, log }: Foundation) {
  const { shards } = settings;
  const clock = systemClock;
  const ledger = new EmbeddedLedger<Command, Item, UserRecord>({
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
  const runners = Array.from({ length: shards }, (_, shard) => {
    return new ShardRunner({ shard, shards, rules, ledger });
  });
  const id = systemChance.bits64() as GatewayId;
  const gateway = new Gateway({
    id,
    shards,
    bus: ledger,
    protocols: protocols(boundsOf(settings)),
    identity: {
      isDemanded: settings.auth === "token",
      prove: (token, user, then) => {
        tokens.prove(token, user, (proof) => then(proof.ok ? ok(undefined) : proof));
      },
    },
    limits: limitsOf(settings, filesMax(log)),
    clock,
    log,
  });
  const inquiry = new Inquiry(ledger, { id, shards });
  return { ledger, runners, gateway, inquiry };
}

async function serve(settings: Settings, foundation: Foundation): Promise<RunningNode> {
  const house = build(settings, foundation);
  const { gateway, ledger, inquiry } = house;
  const topology = topologyOf(settings);
  const sockets = await listen(settings, { gateway, topology });
  const rhythm = beat(house);
  const state = { isStopping: false };
  const admin = await openAdminFor(settings, { house, foundation, sockets, topology, state }).catch(
    (cause: unknown) => {
      rhythm.stop();
      sockets.stopListening();
      sockets.close();
      throw cause;
    },
  );

  const close = async (): Promise<void> => {
    state.isStopping = true;
    rhythm.stop();
    sockets.stopListening();
    gateway.close();
    await ledger.quiet(); // What was accepted is decided and on disk.
    inquiry.close();
    sockets.close();
    await admin.close();
    await foundation.store.close();
  };
  let closing: Promise<void> | undefined;
  return {
    httpPort: sockets.port,
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
  readonly sockets: Sockets;
  readonly topology: Topology;
  readonly state: { readonly isStopping: boolean };
};

function openAdminFor(settings: Settings, serving: Serving): Promise<AdminServer> {
  const { house, foundation, sockets, topology, state } = serving;
  const { shards, nodeName: node, auth } = settings;
  const facts = { version, node, mode: "embedded", auth };
  const metrics = registry(embeddedMetrics({ ...house, facts }));
  const ports: AdminPorts = {
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    live: () => true, // Whoever answers at all has a loop that turns.
    ready: () => {
      if (state.isStopping) return fail("going_away");
      return house.ledger.isHealthy ? ok(undefined) : fail("shard_unavailable");
    },
    topology: (asked) => topology(playersHost(asked, sockets.port)),
    ...openQuestions({ inquiry: house.inquiry, shards, tokens: foundation.tokens }),
  };
  const { adminHost: host, adminPort: port, adminToken: token } = settings;
  return openAdmin({ host, port, token, ports, log: foundation.log });
}

/** What happens by itself as time passes. */
function beat({ gateway, runners }: House): { stop(): void } {
  const sweeping = setInterval(() => gateway.sweep(), SWEEP_MS);
  const ticking = setInterval(() => {
    const now = systemClock.now();
    for (const runner of runners) runner.tick(now);
  }, TICK_MS);
  return {
    stop: () => {
      clearInterval(sweeping);
      clearInterval(ticking);
    },
  };
}

/** How many files the process may open: Node has raised its own limit as far as it may. */
function filesMax(log: ProcessLog): number {
  const report = process.report?.getReport() as Report | undefined;
  const most = Number(report?.userLimits?.open_files?.soft ?? Number.NaN);
  const files = Number.isFinite(most) ? most : Number.MAX_SAFE_INTEGER; // "unlimited"
  log.say("debug", "files", { most: files });
  return files;
}

type Report = { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } };

function checkNative(): void {
  try {
    loadNative();
  } catch (cause) {
    throw new StartFailure([cause instanceof Error ? cause.message : String(cause)]);
  }
}

/** Who asks on the operators' port is told of the players' one. */
function playersHost(asked: string, port: number): string {
  const at = `http://${asked || "127.0.0.1"}`;
  return `${URL.canParse(at) ? new URL(at).hostname : "127.0.0.1"}:${port}`;
}

async function listen(
  settings: Settings,
  { gateway, topology }: { readonly gateway: Gateway; readonly topology: Topology },
): Promise<Sockets> {
  const { host, httpPort: port } = settings;
  try {
    return await openSockets({
      gateway,
      clock: systemClock,
      host,
      port,
      allowedOrigins: settings.allowedOrigins,
      trustForwardedFor: settings.trustForwardedFor,
      messageBytesMax: settings.messageBytesMax,
      silenceSeconds: settings.silenceSeconds,
      backlogHardBytes: settings.backlogHardBytes,
      pages: readPages(pageFolder),
      topology,
    });
  } catch (cause) {
    throw listenFailure(cause, { host, port, setting: "HTTP_PORT" });
  }
}

const SWEEP_MS = 1_000;
const TICK_MS = 250;
