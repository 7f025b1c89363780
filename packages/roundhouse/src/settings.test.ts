import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { gatewaySettings, isSignUpClosed, settings, shardSettings } from "./settings.ts";

const pem = generateKeyPairSync("ed25519")
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const secret = "s".repeat(32);

function problems(environment: Record<string, string>): readonly string[] {
  const parsed = settings.parse(environment);
  return parsed.ok ? [] : parsed.problems;
}

describe("the settings", () => {
  it("are right when nothing is set", () => {
    expect(problems({})).toEqual([]);
  });

  it.each(settings.rows())("$name has a reason, bounds and a default in words", (row) => {
    expect(row.why).toMatch(/^[A-Za-z].{15,}\.$/);
    expect(row.bounds).not.toBe("");
    expect(row.default).not.toBe("");
    expect(row.flag.slice(2).toUpperCase().replaceAll("-", "_")).toBe(row.name);
  });

  it("have the names that were promised", () => {
    const names = settings.rows().map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "HTTP_PORT",
        "ADMIN_PORT",
        "HOST",
        "DATA_DIR",
        "SHARDS",
        "AUTH",
        "JWT_SECRET",
        "SESSIONS",
        "LOG_LEVEL",
        "CONNECTIONS_PER_ADDRESS_MAX",
        "MESSAGES_PER_SECOND_MAX",
      ]),
    );
  });

  it("state a unit wherever they are a measure", () => {
    const bare = settings
      .rows()
      .filter(({ bounds, unit }) => /^\d+\.\./.test(bounds) && unit === "");
    expect(bare).toEqual([]);
  });
});

describe("relations between settings", () => {
  it.each([
    { environment: { AUTH: "token" }, count: 1 },
    { environment: { AUTH: "token", JWT_SECRET: secret }, count: 0 },
    { environment: { AUTH: "token", JWT_PUBLIC_KEY: pem }, count: 0 },
    { environment: { HTTP_PORT: "9090" }, count: 1 },
    { environment: { HTTP_PORT: "0", ADMIN_PORT: "0", SCRP_PORT: "0" }, count: 0 },
    { environment: { SCRP_PORT: "8080" }, count: 1 },
    { environment: { SCRP_PORT: "9090" }, count: 1 },
    { environment: { SCRP_PORT: "42016" }, count: 0 },
    { environment: { TLS_CERT_FILE: "/none" }, count: 1 },
    { environment: { TLS_KEY_FILE: "/none" }, count: 1 },
    { environment: { TLS_CERT_FILE: "/none", TLS_KEY_FILE: "/none" }, count: 2 },
    {
      environment: { TLS_CERT_FILE: "/none", TLS_KEY_FILE: "/none", SCRP_PORT: "42016" },
      count: 3,
    },
    { environment: { BACKLOG_SOFT_BYTES: "262144" }, count: 1 },
    { environment: { MESSAGE_BYTES_MAX: "1048576" }, count: 2 },
    {
      environment: {
        MESSAGE_BYTES_MAX: "1048576",
        BACKLOG_HARD_BYTES: "1048576",
        HISTORY_BYTES_MAX: "1048576",
      },
      count: 0,
    },
  ])("$environment: $count problems", ({ environment, count }) => {
    expect(problems(environment as Record<string, string>)).toHaveLength(count);
  });
});

describe("sign-up", () => {
  const token = { AUTH: "token", JWT_SECRET: secret };

  it.each([
    { environment: {}, isClosed: false },
    { environment: { SIGN_UP: "closed" }, isClosed: true },
    { environment: token, isClosed: true },
    { environment: { ...token, SIGN_UP: "open" }, isClosed: false },
  ])("follows AUTH unless it is set: with $environment closed is $isClosed", (given) => {
    const parsed = settings.parse(given.environment);
    if (!parsed.ok) throw new Error(parsed.problems.join(" "));
    expect(isSignUpClosed(parsed.config)).toBe(given.isClosed);
  });

  it("is one or the other, and says where nothing is set what it follows", () => {
    expect(problems({ SIGN_UP: "perhaps" })).toEqual([
      'SIGN_UP must be open or closed, not "perhaps".',
    ]);
    const row = settings.rows(settings.parse({})).find(({ name }) => name === "SIGN_UP");
    expect(row?.value).toBe("open with AUTH=open, closed with AUTH=token");
  });
});

describe("a node of a cluster", () => {
  it.each([
    { node: "gateway", schema: gatewaySettings },
    { node: "shard", schema: shardSettings },
  ])("needs a Redis: $node", ({ schema }) => {
    const bare = schema.parse({});
    expect(bare.ok ? [] : bare.problems).toEqual([
      expect.stringContaining("REDIS_URL says where the cluster's Redis is"),
    ]);
    expect(schema.parse({ REDIS_URL: "redis://127.0.0.1" }).ok).toBe(true);
  });

  it("that owns shards listens for operators alone, on any port", () => {
    const ports = { REDIS_URL: "redis://127.0.0.1", ADMIN_PORT: "8080" };
    expect(shardSettings.parse(ports).ok).toBe(true);
    expect(gatewaySettings.parse(ports).ok).toBe(false);
  });
});

describe("what a setting accepts", () => {
  it.each([
    { name: "JWT_SECRET", value: "s".repeat(31), isRight: false },
    { name: "JWT_SECRET", value: secret, isRight: true },
    { name: "ADMIN_TOKEN", value: "short", isRight: false },
    { name: "JWT_PUBLIC_KEY", value: "not a key", isRight: false },
    { name: "PUBLIC_ADDRESS", value: "wss://play.example.org", isRight: true },
    { name: "PUBLIC_ADDRESS", value: "ws://10.0.0.1:8080/ws", isRight: true },
    { name: "PUBLIC_ADDRESS", value: "https://play.example.org", isRight: false },
    { name: "PUBLIC_ADDRESS", value: "wss://me:secret@play.example.org", isRight: false },
    { name: "PUBLIC_ADDRESS", value: "play.example.org", isRight: false },
    { name: "REDIS_URL", value: "redis://:secret@10.0.0.1:6379/1", isRight: true },
    { name: "REDIS_URL", value: "rediss+cluster://a.example,b.example:7000", isRight: true },
    { name: "REDIS_URL", value: "redis+sentinel://a.example,b.example/main", isRight: true },
    { name: "REDIS_URL", value: "redis://a.example,b.example", isRight: false },
    { name: "REDIS_URL", value: "http://a.example", isRight: false },
    { name: "ALLOWED_ORIGINS", value: "https://a.example,http://localhost:3000", isRight: true },
    { name: "ALLOWED_ORIGINS", value: "https://a.example/", isRight: false },
    { name: "ALLOWED_ORIGINS", value: "*", isRight: false },
    { name: "NODE_NAME", value: "gateway-1.eu_west", isRight: true },
    { name: "NODE_NAME", value: "two words", isRight: false },
    { name: "CONNECTIONS_MAX", value: "0", isRight: true },
    { name: "MESSAGES_PER_SECOND_MAX", value: "0", isRight: true },
    { name: "SHARDS", value: "0", isRight: false },
    { name: "SHARDS", value: "4097", isRight: false },
    { name: "SILENCE_SECONDS", value: "7", isRight: false },
  ])("$name=$value: $isRight", ({ name, value, isRight }) => {
    expect(problems({ [name]: value })).toHaveLength(isRight ? 0 : 1);
  });
});
