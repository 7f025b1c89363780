/** The composition root of `roundhouse start`: every part of the house in one process. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openTokens, type Tokens } from "@roundhouse/accounts";
import { pageFolder } from "@roundhouse/console";
import type { Command, Item, Rules, UserRecord } from "@roundhouse/domain";
import { Gateway, loadNative, openSockets, readPages, type Sockets } from "@roundhouse/gateway";
import {
  catalogue,
  fail,
  type GatewayId,
  ok,
  parseUserId,
  type Result,
  type RoomId,
  shardOf,
  systemChance,
  systemClock,
} from "@roundhouse/kernel";
import { EmbeddedLedger, lmdbStore, type Store } from "@roundhouse/ledger";
import type { AnyProtocol, Bounds } from "@roundhouse/protocol";
import { turntable, turntable2 } from "@roundhouse/protocol-turntable";
import { ShardRunner } from "@roundhouse/shard";
import { type AdminPorts, openAdmin } from "./admin.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { Inquiry } from "./inquiry.ts";
import type { ProcessLog } from "./log.ts";
import { registry } from "./metrics.ts";
import { listenFailure, type RunningNode, StartFailure } from "./node.ts";
import type { Settings } from "./settings.ts";
import { version } from "./version.ts";

/** Adding a protocol is adding a line. */
const protocols = (bounds: Bounds): readonly AnyProtocol[] => {
  return [turntable(bounds), turntable2(bounds)];
};

export async function startEmbedded(settings: Settings, log: ProcessLog): Promise<RunningNode> {
  checkNative();
  const { shards } = settings;
  const clock = systemClock;
  const store = openStore(settings.dataDir);
  try {
    await checkShards(store, shards);
    const tokens = openTokens({ ...(await keysOf(settings, store)), clock });
    const ledger = new EmbeddedLedger<Command, Item, UserRecord>({
      shards,
      store,
      clock,
      log,
      inboxMax: settings.inboxCommandsMax,
      defer: setImmediate,
      later: (run, afterMs) => setTimeout(run, afterMs).unref(),
    });
    const rules = rulesOf(settings);
    const runners = Array.from({ length: shards }, (_, shard) => {
      return new ShardRunner({ shard, shards, rules, ledger });
    });
    const incarnation = systemChance.bits64();
    const gateway = new Gateway({
      id: incarnation as GatewayId,
      shards,
      bus: ledger,
      protocols: protocols(boundsOf(settings)),
      identity: {
        isDemanded: settings.auth === "token",
        prove: (token, user, then) => {
          tokens.prove(token, user, (proof) => then(proof.ok ? ok(undefined) : proof));
        },
      },
      limits: {
        connectionsMax: settings.connectionsMax,
        connectionsPerAddressMax: settings.connectionsPerAddressMax,
        messagesPerSecondMax: settings.messagesPerSecondMax,
        addressRateFactor: settings.addressRateFactor,
        softBytes: settings.backlogSoftBytes,
        hardBytes: settings.backlogHardBytes,
        slowMs: settings.backlogMs,
        thereMax: settings.thereMax,
        subscriptionsMax: settings.subscriptionsPerConnectionMax,
        messageBytesMax: settings.messageBytesMax,
      },
      clock,
      log,
    });
    const inquiry = new Inquiry(ledger, { id: `operator-${incarnation}` as GatewayId, shards });
    const topology = topologyOf(settings);
    const sockets = await listen(settings, { gateway, topology });
    const facts = { version, node: settings.nodeName, mode: "embedded", auth: settings.auth };
    const metrics = registry(embeddedMetrics({ gateway, ledger, runners, facts }));
    const sweeping = setInterval(() => gateway.sweep(), SWEEP_MS);
    const ticking = setInterval(() => {
      for (const runner of runners) runner.tick(clock.now());
    }, TICK_MS);
    let isStopping = false;
    const ports: AdminPorts = {
      metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
      live: () => true, // Whoever answers at all has a loop that turns.
      ready: () => {
        if (isStopping) return fail("going_away");
        return ledger.isHealthy ? ok(undefined) : fail("shard_unavailable");
      },
      topology: (asked) => topology(playersHost(asked, sockets.port)),
      ...operatorPorts(inquiry, { shards, tokens }),
    };
    const { adminHost: host, adminPort: port, adminToken: token } = settings;
    const closePlayers = (): void => {
      clearInterval(sweeping);
      clearInterval(ticking);
      sockets.stopListening();
    };
    const admin = await openAdmin({ host, port, token, ports, log }).catch((cause: unknown) => {
      closePlayers();
      sockets.close();
      throw cause;
    });

    const close = async (): Promise<void> => {
      isStopping = true;
      closePlayers();
      gateway.close();
      await ledger.quiet(); // What was accepted is decided and on disk.
      inquiry.close();
      sockets.close();
      await admin.close();
      await store.close();
    };
    let closing: Promise<void> | undefined;
    return {
      httpPort: sockets.port,
      adminPort: admin.port,
      stop: () => (closing ??= close()),
    };
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

function checkNative(): void {
  try {
    loadNative();
  } catch (cause) {
    throw new StartFailure([cause instanceof Error ? cause.message : String(cause)]);
  }
}

function openStore(folder: string): Store {
  try {
    mkdirSync(folder, { recursive: true });
    return lmdbStore(join(folder, "embedded"));
  } catch (cause) {
    throw new StartFailure([`DATA_DIR=${folder} cannot be used: ${String(cause)}`]);
  }
}

/** K is a constant of the data set: an id must never change its shard. */
async function checkShards(store: Store, shards: number): Promise<void> {
  const kept = store.get(SHARDS_KEY);
  if (kept === undefined) await store.write(new Map([[SHARDS_KEY, shards]]));
  else if (kept !== shards) {
    throw new StartFailure([
      `SHARDS=${shards}, but the data in DATA_DIR was made with ${String(kept)} shards: ` +
        `set SHARDS=${String(kept)}, or use another DATA_DIR.`,
    ]);
  }
}

/** The keys that were set; in AUTH=open without any, a secret of its own that outlives the process. */
async function keysOf(
  { auth, jwtSecret, jwtPublicKey }: Settings,
  store: Store,
): Promise<{ secret?: string; publicKey?: string }> {
  if (jwtSecret !== "" || jwtPublicKey !== "" || auth === "token") {
    return { secret: jwtSecret, publicKey: jwtPublicKey };
  }
  const kept = store.get(SECRET_KEY);
  if (typeof kept === "string") return { secret: kept };
  const secret = Array.from({ length: 4 }, () => systemChance.bits64()).join("");
  await store.write(new Map([[SECRET_KEY, secret]]));
  return { secret };
}

function rulesOf(settings: Settings): Rules {
  return {
    sessions: settings.sessions,
    sessionsPerUserMax: settings.sessionsPerUserMax,
    roomsPerUserMax: settings.roomsPerUserMax,
    membersPerRoomMax: settings.membersPerRoomMax,
    invitesQueuedMax: settings.invitesQueuedMax,
    historyEventsMax: settings.historyEventsMax,
    historyBytesMax: settings.historyBytesMax,
    historyMs: settings.historyMs,
    resumeMs: settings.resumeMs,
    presenceGraceMs: settings.presenceGraceMs,
  };
}

function boundsOf(settings: Settings): Bounds {
  return {
    depthMax: settings.messageDepthMax,
    actionsMax: settings.actionsPerMessageMax,
    invitesMax: settings.invitesPerMessageMax,
    subscriptionsMax: settings.subscriptionsPerConnectionMax,
    identifyMs: settings.identifyMs,
  };
}

/** One process serves every shard, under whichever name the asker reached it. */
function topologyOf({ publicAddress, shards, httpPort }: Settings): (host: string) => unknown {
  return (host) => {
    const address = publicAddress || `ws://${host || `127.0.0.1:${httpPort}`}`;
    return { k: shards, shards: Array.from({ length: shards }, () => address) };
  };
}

/** Who asks on the operators' port is told of the players' one. */
function playersHost(asked: string, port: number): string {
  const { hostname } = new URL(`http://${asked || "127.0.0.1"}`);
  return `${hostname}:${port}`;
}

async function listen(
  settings: Settings,
  { gateway, topology }: { gateway: Gateway; topology: (host: string) => unknown },
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

type Questions = Pick<AdminPorts, "rooms" | "who" | "protect" | "issue">;

function operatorPorts(
  inquiry: Inquiry,
  { shards, tokens }: { readonly shards: number; readonly tokens: Tokens },
): Questions {
  return {
    rooms: async (limit) => {
      const rooms = [];
      for (let shard = 0; shard < shards && rooms.length < limit; shard++) {
        const asked = await inquiry.askShard(shard, { on: "rooms", limit: limit - rooms.length });
        const answer = expected(asked, "rooms");
        rooms.push(...answer.rooms.map((room) => ({ ...room, shard })));
      }
      return rooms;
    },
    who: async (name) => {
      const user = named(name);
      const { user: seen } = expected(await inquiry.ask({ on: "who", user }), "who");
      const rooms = new Set<RoomId>(seen.sessions.flatMap((session) => session.rooms));
      const { status, sessions, guarded, invites } = seen;
      const shard = shardOf(user, shards);
      return { user, shard, status, sessions, rooms: [...rooms], protected: guarded, invites };
    },
    protect: async (name, guarded) => {
      const user = parseUserId(name);
      if (!user.ok) return user;
      const asked = await inquiry.ask({ on: "guard", user: user.value, guarded });
      return asked.ok ? ok(undefined) : asked;
    },
    issue: (user, seconds) => tokens.issue(user, seconds),
  };
}

function named(name: string) {
  const user = parseUserId(name);
  if (!user.ok) throw new Error(catalogue[user.code].say);
  return user.value;
}

function expected<On extends "rooms" | "who">(
  asked: Awaited<ReturnType<Inquiry["ask"]>>,
  on: On,
) {
  if (!asked.ok) throw new Error(catalogue[asked.code].say);
  if (asked.value.on !== on) throw new Error(`a shard answered ${asked.value.on} to ${on}`);
  return asked.value as Extract<typeof asked.value, { on: On }>;
}

const SHARDS_KEY = "meta/shards";
const SECRET_KEY = "meta/secret";
const SWEEP_MS = 1_000;
const TICK_MS = 250;
