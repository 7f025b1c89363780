/** Every setting there is: one name, default, bounds, unit and reason each. Read only in main.ts. */
import { hostname } from "node:os";
import { readPublicKey } from "@roundhouse/accounts";
import {
  type ConfigOf,
  flag,
  integer,
  list,
  oneOf,
  type Setting,
  schema,
  text,
} from "@roundhouse/kernel";
import { parseRedisUrl } from "@roundhouse/ledger/redis-url";
import { certificateProblems } from "./certificate.ts";
import { accounts, cluster, connections, queues, rooms } from "./limits.ts";

/** Where the operator asks; the commands that ask a running node read these three alone. */
// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
export const admin = {
  adminPort: integer({
    default: 9090, min: 0, max: 65_535, unit: "port", zeroMeans: "any free one",
    why: "Metrics, health and the operator's questions: kept off the players' port.",
  }),
  adminHost: text({
    default: "127.0.0.1", bounds: "an address of this machine",
    why: "The admin port names users and changes accounts, so only this machine reaches it.",
  }),
  adminToken: text({
    default: "", defaultSays: "none: only this machine is an operator", secret: true,
    bounds: "at least 16 bytes", accepts: (token) => Buffer.byteLength(token) >= 16,
    why: "Whoever sends it as a bearer is an operator: mints tokens, changes accounts, from anywhere.",
  }),
};

// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
const places = {
  httpPort: integer({
    default: 8080, min: 0, max: 65_535, unit: "port", zeroMeans: "any free one",
    why: "Page, WebSocket and /topology: the port that players reach.",
  }),
  scrpPort: integer({
    default: 42_015, min: 0, max: 65_535, unit: "port", zeroMeans: "any free one",
    why: "Where players reach us with SCRP, in the clear.",
  }),
  scrpTlsPort: integer({
    default: 42_016, min: 0, max: 65_535, unit: "port", zeroMeans: "any free one",
    why: "The same with TLS; nothing listens there without TLS_CERT_FILE and TLS_KEY_FILE.",
  }),
  tlsCertFile: text({
    default: "", defaultSays: "none: SCRP without TLS",
    bounds: "a PEM file with the certificate and those that signed it",
    why: "Who we are to SCRP's players; read again when it changes, without a restart.",
  }),
  tlsKeyFile: text({
    default: "", defaultSays: "none", bounds: "a PEM file with the certificate's private key",
    why: "Proves that the certificate is ours; keep it readable for this process alone.",
  }),
  host: text({
    default: "0.0.0.0", bounds: "an address of this machine",
    why: "Where players connect; 0.0.0.0 is every IPv4 address, :: every IPv6 and IPv4 one.",
  }),
  publicAddress: text({
    default: "", defaultSays: "from the request's Host header",
    bounds: "a ws:// or wss:// address", accepts: isWebSocketAddress,
    why: "What /topology tells clients; needed behind a proxy that changes Host or adds TLS.",
  }),
  redisUrl: redisAddress(text({
    default: "", defaultSays: "none: roundhouse start needs no Redis", secret: true,
    bounds: "redis://, redis+sentinel:// or redis+cluster://; rediss with TLS",
    why: "What the nodes of a cluster share; a gateway and a shard node do not start without it.",
  })),
  dataDir: text({
    default: "./data", bounds: "a folder this process may write",
    why: "What must outlive roundhouse start: accounts, rooms, mail, invites, the number of shards.",
  }),
  shards: integer({
    default: 64, min: 1, max: 4_096, unit: "shards",
    why: "K of Abs(Crc32(Id)) % K. Written once into the data folder or Redis; it cannot change later.",
  }),
  nodeName: text({
    default: hostname(), defaultSays: "the host's name",
    bounds: "1 to 64 letters, digits, dots, dashes or underscores",
    accepts: (name) => /^[\w.-]{1,64}$/.test(name),
    why: "Names this process in logs and metrics.",
  }),
  logLevel: oneOf(["fatal", "error", "warn", "info", "debug", "silent"], {
    default: "info",
    why: "How much is told on standard error; one JSON line per event.",
  }),
};

// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
const identity = {
  auth: oneOf(["open", "token"], {
    default: "open",
    why: "open: any unregistered name is free to use; token: every name needs a signed token, or an account's password.",
  }),
  signUp: following("open with AUTH=open, closed with AUTH=token", oneOf(["open", "closed"], {
    default: "open",
    why: "closed: only operators make accounts. Else any stranger takes a name that nobody has yet.",
  })),
  jwtSecret: text({
    default: "", defaultSays: "with AUTH=open one is made and kept with the data", secret: true,
    bounds: "at least 32 bytes", accepts: (secret) => Buffer.byteLength(secret) >= 32,
    why: "Signs and verifies tokens (HS256); a shorter key could be guessed.",
  }),
  jwtPublicKey: text({
    default: "", defaultSays: "none",
    bounds: "the PEM of an Ed25519 public key",
    accepts: (pem) => readPublicKey(pem) !== undefined,
    why: "Verifies tokens (EdDSA) of an issuer whose private key this process never sees.",
  }),
  sessions: oneOf(["many", "replace", "refuse"], {
    default: "many",
    why: "A user connects again: both stay, the older one is closed, or the newer one is.",
  }),
  allowedOrigins: list({
    default: [], defaultSays: "any origin",
    bounds: "origins such as https://play.example.org", accepts: isOrigin,
    why: "Which pages' scripts may connect; clients that are no browser send no origin and may.",
  }),
  trustForwardedFor: flag({
    default: false,
    why: "Count by the last X-Forwarded-For address; only behind a proxy, else it can be forged.",
  }),
};

const all = schema({
  ...places,
  ...admin,
  ...identity,
  ...connections,
  ...rooms,
  ...accounts,
  ...queues,
  ...cluster,
})
  .rule("AUTH=token has a key to verify tokens with (JWT_SECRET or JWT_PUBLIC_KEY)", (it) => {
    return it.auth !== "token" || it.jwtSecret !== "" || it.jwtPublicKey !== "";
  })
  .rule("the soft backlog is smaller than the hard one", (it) => {
    return it.backlogSoftBytes < it.backlogHardBytes;
  })
  .rule("the largest message fits into the hard backlog", (it) => {
    return it.messageBytesMax <= it.backlogHardBytes;
  })
  .rule("the largest message fits into a room's history", (it) => {
    return it.messageBytesMax <= it.historyBytesMax;
  });

const withPlayers = (schema: typeof all): typeof all =>
  schema
    .rule("everything that listens has a port of its own", (it) => {
      const hasTls = it.tlsCertFile !== "";
      const ports = [it.httpPort, it.adminPort, it.scrpPort, ...(hasTls ? [it.scrpTlsPort] : [])];
      const chosen = ports.filter((port) => port !== 0);
      return new Set(chosen).size === chosen.length;
    })
    .rule("a certificate and its key are given together, or neither", (it) => {
      return (it.tlsCertFile === "") === (it.tlsKeyFile === "");
    })
    .look(certificateProblems);

const withRedis = (schema: typeof all): typeof all =>
  schema.rule("REDIS_URL says where the cluster's Redis is, as redis://127.0.0.1:6379", (it) => {
    return it.redisUrl !== "";
  });

/** Of `roundhouse start`, and what every document lists. */
export const settings = withPlayers(all);
export const gatewaySettings = withRedis(settings);
/** A shard node listens for operators alone. */
export const shardSettings = withRedis(all);

export type Settings = ConfigOf<typeof settings>;

/** Where nothing is given, another setting says what holds. */
function following<Value>(
  defaultSays: string,
  setting: Setting<Value>,
): Setting<Value | undefined> {
  return { ...setting, default: undefined, defaultSays };
}

/** Whoever demands a token for every name does not mean that a name is to be had for the asking. */
export const isSignUpClosed = ({ auth, signUp }: Pick<Settings, "auth" | "signUp">): boolean =>
  (signUp ?? (auth === "token" ? "closed" : "open")) === "closed";

/** Its own parser knows best what is wrong. */
function redisAddress(setting: Setting<string>): Setting<string> {
  return {
    ...setting,
    parse(given) {
      const parsed = parseRedisUrl(given);
      if (parsed.ok) return { ok: true, value: given };
      const { problem } = parsed;
      return { ok: false, allowed: `must be a Redis address (${problem})` };
    },
  };
}

function isWebSocketAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, search, hash, username } = new URL(address);
  return /^wss?:$/.test(protocol) && `${search}${hash}${username}` === "";
}

/** Exactly as a browser sends it: scheme, host, port, and nothing behind. */
function isOrigin(origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).origin === origin;
}
