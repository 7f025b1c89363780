import { describe, expect, it } from "vitest";
import { settings } from "../settings.ts";
import { banner, gatewayBanner, shardBanner } from "./banner.ts";

const ports = { httpPort: 8080, scrpPort: 42_015, scrpTlsPort: 0, adminPort: 9090 };
const node = { ...ports, stop: async () => {} };

function shown(environment: Record<string, string>): string {
  const parsed = settings.parse(environment);
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  return banner(parsed.config, node, "1.2.3");
}

describe("the start's banner", () => {
  it.each([
    { environment: {}, says: "http://localhost:8080/\n" },
    { environment: {}, says: "ws://localhost:8080/   (subprotocol turntable)" },
    { environment: {}, says: "SCRP       localhost:42015\n" },
    { environment: {}, says: "http://localhost:9090/metrics" },
    { environment: {}, says: "AUTH=open: anyone may use any unregistered name" },
    { environment: {}, says: "Other machines reach it too" },
    { environment: { DATA_DIR: "/var/lib/roundhouse" }, says: "/var/lib/roundhouse" },
    { environment: { HOST: "10.1.2.3" }, says: "http://10.1.2.3:8080/" },
    { environment: { HOST: "::1" }, says: "http://[::1]:8080/" },
    { environment: { PUBLIC_ADDRESS: "wss://play.example" }, says: "wss://play.example   (" },
    { environment: {}, says: "SIGN_UP=open: anyone may make an account" },
    { environment: { SIGN_UP: "closed" }, says: "SIGN_UP=closed: only operators make accounts" },
    {
      environment: { AUTH: "token", JWT_SECRET: "s".repeat(40) },
      says: "AUTH=token: every name needs a signed token or a password; SIGN_UP=closed: only operators",
    },
    {
      environment: { AUTH: "token", JWT_SECRET: "s".repeat(40), SIGN_UP: "open" },
      says: "SIGN_UP=open: anyone may make an account",
    },
  ])("$environment: $says", ({ environment, says }) => {
    expect(shown(environment as Record<string, string>)).toContain(says);
  });

  it("names the port with TLS, where there is one", () => {
    const parsed = settings.parse({});
    if (!parsed.ok) throw new Error(parsed.problems.join(" "));
    const text = banner(parsed.config, { ...node, scrpTlsPort: 42_016 }, "1.2.3");
    expect(text).toContain("SCRP       localhost:42015, with TLS localhost:42016\n");
  });

  it("is plain text and shows no secret", () => {
    const text = shown({ JWT_SECRET: "s".repeat(40), ADMIN_TOKEN: "t".repeat(40) });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(text).not.toMatch(/s{40}|t{40}/);
  });
});

describe("the banner of a cluster's node", () => {
  const parsed = settings.parse({
    NODE_NAME: "west",
    REDIS_URL: "redis+sentinel://me:pa@sswo:rd@10.0.0.1,10.0.0.2/main?sentinelPassword=wo:rd",
  });
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  const { config } = parsed;

  it.each([
    {
      kind: "gateway",
      text: gatewayBanner(config, node, "1.2.3"),
      says: "http://localhost:8080/\n",
    },
    { kind: "shard", text: shardBanner(config, node, "1.2.3"), says: "shares 64 shards" },
  ])("of a $kind says where it is, and of Redis no secret", ({ text, says }) => {
    expect(text).toContain(says);
    expect(text).toContain("west");
    expect(text).toContain("http://localhost:9090/metrics");
    expect(text).toContain("redis+sentinel://10.0.0.1,10.0.0.2/main");
    expect(text).not.toMatch(/pa@|wo:rd/);
    expect(text).toMatch(/Ctrl-C stops it\.$/);
  });

  it("of a shard node names no port of players", () => {
    expect(shardBanner(config, node, "1.2.3")).not.toContain("8080");
  });
});
