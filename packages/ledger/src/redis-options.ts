/** How a connection is opened: what was measured to be safe, written down once. */

import type { Chance, Clock, Log } from "@roundhouse/kernel";
import type { RedisOptions } from "ioredis";
import type { Library } from "./redis-library.ts";
import type { RedisStats } from "./redis-stats.ts";
import { addressText, type RedisAddress, type RedisTarget } from "./redis-url.ts";

export type RedisSurroundings = {
  readonly target: RedisTarget;
  readonly shards: number;
  readonly library: Library;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly stats: RedisStats;
  /** Runs something after the present turn of the event loop. */
  readonly defer: (run: () => void) => void;
  readonly later: (run: () => void, afterMs: number) => void;
  /** How long a command may take before its outcome counts as unknown. */
  readonly commandMs: number;
  /** How often an ear listens whether it still hears. */
  readonly probeMs: number;
};

/** Without one that its own constructor does not take under our type rules. */
export type ConnectionOptions = Omit<RedisOptions, "replyMapping">;

/** `address`: of a primary of a cluster; elsewhere the target says it. */
export function redisOptions(
  { target, chance, commandMs }: RedisSurroundings,
  address?: RedisAddress,
): ConnectionOptions {
  const delay = (times: number): number => jitter(chance, times);
  const common: ConnectionOptions = {
    // Nothing is done behind the caller's back: it alone knows what may be repeated, and when.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    commandTimeout: commandMs,
    connectTimeout: CONNECT_MS,
    disconnectTimeout: 200,
    maxLoadingRetryTime: LOADING_MS,
    retryStrategy: delay,
    // RESP3 mixes what is said to an ear with answers, and gains nothing here.
    protocol: 2,
    disableClientInfo: true,
    connectionName: "roundhouse",
    ...credentialsOf(target),
  };
  if (target.at === "sentinel") {
    return {
      ...common,
      sentinels: [...target.sentinels],
      name: target.name,
      db: target.database,
      role: "master",
      sentinelRetryStrategy: delay,
      sentinelCommandTimeout: commandMs,
      ...(target.isTls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
      ...(target.sentinelCredentials?.username === undefined
        ? {}
        : { sentinelUsername: target.sentinelCredentials.username }),
      ...(target.sentinelCredentials === undefined
        ? {}
        : { sentinelPassword: target.sentinelCredentials.password }),
    };
  }
  const { host, port } = address ?? (target.at === "single" ? target.address : NOWHERE);
  // A certificate names a host; ours is asked for by the name that the operator wrote.
  const tls = target.isTls ? { tls: { servername: /^[\d.:]+$/.test(host) ? "" : host } } : {};
  const database = target.at === "single" ? { db: target.database } : {};
  return { ...common, host, port, ...database, ...tls };
}

/** For logs. */
export function addressName(target: RedisTarget, address?: RedisAddress): string {
  if (address !== undefined) return addressText(address);
  if (target.at === "single") return addressText(target.address);
  return target.at === "sentinel" ? target.name : "cluster";
}

/** Full jitter: nodes that lost Redis together do not come back together. */
export function jitter(chance: Chance, times: number): number {
  const most = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** Math.min(times, 10));
  return Math.round((Number.parseInt(chance.bits64().slice(0, 8), 16) / 2 ** 32) * most);
}

function credentialsOf({ credentials }: RedisTarget): ConnectionOptions {
  if (credentials === undefined) return {};
  const { username, password } = credentials;
  return username === undefined ? { password } : { username, password };
}

const NOWHERE: RedisAddress = { host: "127.0.0.1", port: 6379 };
const CONNECT_MS = 2_000;
const LOADING_MS = 250;
const RETRY_MS = 25;
const RETRY_MS_MAX = 1_000;
