/**
 * What a gateway and a shard node share: operators are answered from the first moment, Redis is waited
 * for as long as it takes, and then the node serves until it is stopped.
 */
import { openTokens, type PasswordQueue, type Tokens } from "@roundhouse/accounts";
import { fail, systemChance, systemClock } from "@roundhouse/kernel";
import type { RedisBackbone } from "@roundhouse/ledger";
import { type AdminServer, openAdmin } from "../admin.ts";
import type { AdminPorts } from "../admin-ports.ts";
import { every } from "../every.ts";
import type { ProcessLog } from "../log.ts";
import { info, type Metric, type Metrics, registry } from "../metrics.ts";
import type { RunningNode, StartingNode } from "../node.ts";
import { passwordsOf } from "../parts.ts";
import type { Settings } from "../settings.ts";
import { version } from "../version.ts";
import { openDataSet } from "./data-set.ts";
import type { World } from "./life.ts";
import { stateMetrics } from "./life-metrics.ts";
import { openRedis } from "./redis.ts";
import { redisMetrics } from "./redis-metrics.ts";

/** What serves, once Redis was found. */
export type Serving = {
  /** 0 where no players connect; the last without a certificate, too. */
  readonly httpPort: number;
  readonly scrpPort: number;
  readonly scrpTlsPort: number;
  readonly ports: Omit<AdminPorts, "metrics" | "live">;
  readonly metrics: readonly Metric[];
  /** In good order: nothing is lost, nobody is kept waiting. */
  stop(): Promise<void>;
  /** At once, without a word: the others find out by its lease. */
  abandon(): void;
};

/** Who may speak for a name: by a token, by a password. */
export type Identity = { readonly tokens: Tokens; readonly passwords: PasswordQueue };

export type Role = {
  readonly name: "gateway" | "shard";
  open(world: World, identity: Identity): Promise<Serving>;
};

/** Resolves once operators are answered; rejects with a `StartFailure` when they cannot be. */
export async function startNode(
  settings: Settings,
  log: ProcessLog,
  role: Role,
): Promise<StartingNode> {
  const facts = { version, node: settings.nodeName, mode: role.name, auth: settings.auth };
  const own = registry([info("roundhouse_info", "What this node is.", facts)]);
  let redis: RedisBackbone | undefined;
  let serving: Serving | undefined;
  const stage: Stage = { ports: waitingPorts(own, () => redis?.isSound ?? false), isOver: false };
  const admin = await openAdminPort(settings, log, stage);
  const ending = new AbortController();
  const passwords = passwordsOf(settings, log);

  const begin = async (): Promise<RunningNode> => {
    const backbone = await openRedis(settings, { ...tools, log, signal: ending.signal });
    redis = backbone;
    const awaited = (why: string): void => log.say("warn", "redis_awaited", { why });
    const asked = { backbone, later: tools.later, isOver: () => stage.isOver, awaited };
    const keys = await openDataSet(settings, asked, systemChance);
    const world = { ...tools, settings, backbone, log };
    const tokens = openTokens({ ...keys, clock: systemClock });
    serving = await role.open(world, { tokens, passwords });
    if (stage.isOver)
      serving.abandon(); // It was stopped meanwhile.
    else stage.ports = servingPorts(serving, own, backbone);
    const { httpPort, scrpPort, scrpTlsPort } = serving;
    return { httpPort, scrpPort, scrpTlsPort, adminPort: admin.port, stop };
  };
  const close = async (reason: string): Promise<void> => {
    stage.isOver = true;
    stage.ports = { ...stage.ports, ready: () => fail("going_away") };
    ending.abort();
    // What crashed is not trusted to end well: its lease tells the others.
    if (reason === "crashed") serving?.abandon();
    else await serving?.stop();
    await passwords.close();
    await admin.close();
    redis?.close();
  };
  let closing: Promise<void> | undefined;
  const stop = (reason: string): Promise<void> => {
    closing ??= close(reason);
    return closing;
  };
  const up = begin().catch((cause: unknown) => {
    // Once it is told to stop, nobody waits for it to come up.
    if (stage.isOver) return new Promise<RunningNode>(() => {});
    throw cause;
  });
  return { up, stop };
}

type Stage = { ports: AdminPorts; isOver: boolean };

function openAdminPort(settings: Settings, log: ProcessLog, stage: Stage): Promise<AdminServer> {
  const { adminHost: host, adminPort: port, adminToken: token } = settings;
  return openAdmin({
    host,
    port,
    token,
    log,
    get ports() {
      return stage.ports;
    },
  });
}

/** As long as Redis is not there nobody can be told anything. */
function waitingPorts(own: Metrics, isSound: () => boolean): AdminPorts {
  const later = async () => fail("shard_unavailable");
  return {
    metrics: metricsOf(own, stateMetrics({ isSound, isReady: () => false })),
    live: () => true,
    ready: () => fail("shard_unavailable"),
    topology: () => ({ k: 0, shards: [] }),
    rooms: later,
    who: later,
    protect: later,
    nodes: later,
    drain: later,
    issue: later,
    accounts: {
      signUp: later,
      setPassword: later,
      ban: later,
      deleteAccount: later,
      exportAccount: later,
    },
  };
}

function servingPorts(serving: Serving, own: Metrics, { stats }: RedisBackbone): AdminPorts {
  const { ports, metrics } = serving;
  return {
    ...ports,
    metrics: metricsOf(own, [...metrics, ...redisMetrics(stats)]),
    live: () => true, // Whoever answers at all has a loop that turns.
  };
}

function metricsOf(own: Metrics, metrics: readonly Metric[]): AdminPorts["metrics"] {
  const more = registry(metrics, { processMetrics: false });
  const { contentType } = own;
  return async () => ({ contentType, text: `${await own.text()}\n${await more.text()}` });
}

const tools = {
  chance: systemChance,
  clock: systemClock,
  defer: (run: () => void): void => void setImmediate(run),
  later: (run: () => void, afterMs: number): void => void setTimeout(run, afterMs).unref(),
  every,
};
