/** Where Redis is, as an operator writes it: one server, one behind sentinels, or a cluster. Pure. */

export type RedisAddress = { readonly host: string; readonly port: number };

export type Credentials = {
  /** undefined: Redis's default user. */
  readonly username: string | undefined;
  readonly password: string;
};

type Common = { readonly isTls: boolean; readonly credentials: Credentials | undefined };

export type RedisTarget =
  | (Common & { readonly at: "single"; readonly address: RedisAddress; readonly database: number })
  | (Common & {
      readonly at: "sentinel";
      readonly sentinels: readonly RedisAddress[];
      /** What the sentinels call the primary. */
      readonly name: string;
      readonly database: number;
      /** The sentinels' own, where they ask for some. */
      readonly sentinelCredentials: Credentials | undefined;
    })
  | (Common & { readonly at: "cluster"; readonly seeds: readonly RedisAddress[] });

export type ParsedRedisUrl =
  | { readonly ok: true; readonly target: RedisTarget }
  /** A sentence for an operator; without any secret. */
  | { readonly ok: false; readonly problem: string };

export const REDIS_URL_FORMS = [
  "redis://[user:password@]host[:port][/database]",
  "redis+sentinel://[user:password@]host[:port],host[:port]/name[/database]",
  "redis+cluster://[user:password@]host[:port],host[:port]",
] as const;

export function parseRedisUrl(text: string): ParsedRedisUrl {
  try {
    return { ok: true, target: read(text) };
  } catch (cause) {
    if (cause instanceof Refusal) return { ok: false, problem: cause.message };
    throw cause;
  }
}

/** For logs: where it is, and no secret. */
export function describeTarget(target: RedisTarget): string {
  switch (target.at) {
    case "single":
      return addressText(target.address);
    case "sentinel":
      return `${target.name} behind ${target.sentinels.map(addressText).join(",")}`;
    case "cluster":
      return `the cluster of ${target.seeds.map(addressText).join(",")}`;
  }
}

export const addressText = ({ host, port }: RedisAddress): string => {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
};

/** Leads from anywhere within `read` back to its caller; never seen outside of this file. */
class Refusal extends Error {}

function read(text: string): RedisTarget {
  const parts = /^(rediss?)(\+\w+)?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(text);
  if (parts === null) throw new Refusal(`It has one of these forms: ${REDIS_URL_FORMS.join(", ")}`);
  const [, scheme = "", kind = "", authority = "", path = "", query, fragment] = parts;
  if (fragment !== undefined) throw new Refusal("A # in the password is written %23");
  // Before anything is quoted: it might be half of a password.
  if (`${path}${query ?? ""}`.includes("@")) {
    throw new Refusal("A / in the password is written %2F, a ? is %3F, an @ is %40");
  }
  const at = authority.lastIndexOf("@");
  const common: Common = {
    isTls: scheme === "rediss",
    credentials: at < 0 ? undefined : credentialsOf(authority.slice(0, at)),
  };
  const hosts = authority.slice(at + 1).split(",");
  const options = new URLSearchParams(query);
  switch (kind) {
    case "":
      demand(options, []);
      return single(common, hosts, path);
    case "+sentinel":
      demand(options, ["sentinelUser", "sentinelPassword"]);
      return sentinel(common, hosts, { path, options });
    case "+cluster": {
      demand(options, []);
      if (path !== "" && path !== "/") throw new Refusal("A Redis Cluster has no databases");
      return { ...common, at: "cluster", seeds: hosts.map((host) => addressOf(host, REDIS_PORT)) };
    }
    default:
      throw new Refusal(`It has one of these forms: ${REDIS_URL_FORMS.join(", ")}`);
  }
}

function single(common: Common, hosts: readonly string[], path: string): RedisTarget {
  if (hosts.length > 1) {
    throw new Refusal("Several addresses belong to redis+sentinel:// or redis+cluster://");
  }
  const [host = ""] = hosts;
  const [, database = "", ...more] = path.split("/");
  if (more.length > 0) throw new Refusal("After the address there is a database, and no more");
  const address = addressOf(host, REDIS_PORT);
  return { ...common, at: "single", address, database: databaseOf(database) };
}

function sentinel(
  common: Common,
  hosts: readonly string[],
  { path, options }: { readonly path: string; readonly options: URLSearchParams },
): RedisTarget {
  const [, name = "", database = "", ...more] = path.split("/");
  if (name === "")
    throw new Refusal("After the sentinels' addresses the primary's name is missing");
  if (more.length > 0) throw new Refusal("After the name there is a database, and no more");
  const password = options.get("sentinelPassword");
  const username = options.get("sentinelUser") ?? undefined;
  if (username !== undefined && password === null) {
    throw new Refusal("sentinelUser needs a sentinelPassword");
  }
  return {
    ...common,
    at: "sentinel",
    sentinels: hosts.map((host) => addressOf(host, SENTINEL_PORT)),
    name: decoded(name),
    database: databaseOf(database),
    sentinelCredentials: password === null ? undefined : { username, password },
  };
}

function credentialsOf(text: string): Credentials {
  const colon = text.indexOf(":");
  // `redis://secret@host` is written by people who mean a password, and by others who mean a user.
  if (colon < 0) throw new Refusal("Credentials are user:password@, or :password@ without a user");
  const [username, password] = [text.slice(0, colon), text.slice(colon + 1)].map(decoded);
  if (password === undefined || password === "") throw new Refusal("The password is empty");
  return { username: username === "" ? undefined : username, password };
}

function addressOf(text: string, defaultPort: number): RedisAddress {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined) throw new Refusal(`"${text}" is no host[:port]`);
  const port = parts?.[3] === undefined ? defaultPort : Number(parts[3]);
  if (port < 1 || port > 65_535) throw new Refusal(`${text}: a port is 1 to 65535`);
  return { host: decoded(host), port };
}

function databaseOf(text: string): number {
  if (text === "") return 0;
  if (!/^\d{1,4}$/.test(text)) throw new Refusal(`"${text}" is no number of a database`);
  return Number(text);
}

function demand(options: URLSearchParams, known: readonly string[]): void {
  for (const name of options.keys()) {
    if (!known.includes(name)) throw new Refusal(`It knows no option "${name}"`);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal("A % is followed by two hexadecimal digits; the sign itself is %25");
  }
}

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
