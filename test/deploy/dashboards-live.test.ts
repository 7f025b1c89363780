/**
 * Every panel of every dashboard, asked of a real Prometheus that scrapes a real cluster under load: each line must
 * have a value. Whatever is empty without a fault says 0 by itself; shards are moved, since only then a pause exists.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateOne } from "@roundhouse/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../../load-tests/drill/cluster/stage.mjs";
import { polled } from "../integration/condition.ts";
import { account, befriend, signIn } from "../integration/scrp/scrp-client.ts";
import { isMetric } from "./command.ts";
import { metricsIn, questions, substituted } from "./dashboards.ts";
import { Prometheus, type Series, type Target } from "./prometheus.ts";
import { rules } from "./rules.ts";

/** Metrics that this cluster does not have, and why; one that it does have fails the test. */
const excuses = [
  {
    metric: "roundhouse_store_failures_total",
    why: "only `roundhouse start` has a store of its own",
  },
];

/** What a machine that is busy with other tests may bring about, by being late. */
const slowness = [
  "RoundhouseEventLoopDelayed",
  "RoundhouseLeaseDoubted",
  "RoundhouseInboxOld",
  "RoundhouseAppendsWait",
  "RoundhouseHandOversSlow",
  "RoundhouseRedisSlow",
  "RoundhouseRedisUnsound",
  "RoundhouseRedisAnswersLost",
  "RoundhousePasswordsWait",
  "RoundhouseGatewayNotReady",
  "RoundhouseShardNodeNotReady",
];

const OPEN_MS = 60_000;
const asked = [...new Set(questions.map(({ expr }) => substituted(expr)))];
const folder = mkdtempSync(join(tmpdir(), "roundhouse-dashboards-"));
let stage: Stage;
let prometheus: Prometheus;
let k6: Server;

beforeAll(async () => {
  const cert = join(folder, "tls.crt");
  const key = join(folder, "tls.key");
  writeFileSync(cert, certificateOne.cert);
  writeFileSync(key, certificateOne.key);
  const settings = { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, SCRP_TLS_PORT: "0" };
  const size = { gateways: 2, shardNodes: 2, clients: 12, rooms: 4 };
  [stage, k6] = await Promise.all([Stage.open({ seed: 7, settings, ...size }), virtualPlayers()]);
  prometheus = await Prometheus.start(targets(), [portOf(k6)]);
  await polled(() => prometheus.range("up"), isWatching);
  await Promise.all([accountsLive(), shardsMove()]);
}, OPEN_MS);

afterAll(async () => {
  await Promise.all([prometheus?.stop(), stage?.close()]);
  k6?.close();
  rmSync(folder, { recursive: true });
});

describe("every panel", () => {
  it.each(questions)("$board: $panel has a value for $expr", async ({ expr }) => {
    const answered = await polled(() => prometheus.range(substituted(expr)), hasValue);
    expect(hasValue(answered)).toBe(true);
  });

  it("is one of many, and asks what others do not", () => {
    expect(asked.length).toBeGreaterThan(100);
  });

  it("would be found empty if its metric were", async () => {
    expect(hasValue(await prometheus.range("roundhouse_no_such_metric"))).toBe(false);
    expect(hasValue(await prometheus.range("0 * roundhouse_connections / 0"))).toBe(false);
  });
});

describe("every rule", () => {
  const names = [...new Set(rules.flatMap(({ expr }) => metricsIn(expr)))];

  it("asks for metrics that the cluster has", async () => {
    const seen = await prometheus.names();
    const missing = names.filter((name) => !seen.has(name));
    expect(missing).toEqual(excuses.map(({ metric }) => metric));
  });

  it.each(excuses)("may name $metric: $why", ({ metric }) => {
    expect(isMetric(metric)).toBe(true);
  });

  it("is evaluated without an error", async () => {
    const judged = await polled(
      () => prometheus.rules(),
      (all) => all.every(({ health }) => health === "ok"),
    );
    expect(judged).toHaveLength(rules.length);
  });

  it("finds nothing wrong with a cluster that is well, however slow the machine is", async () => {
    const firing = (await prometheus.rules()).filter(({ alerts }) => {
      return alerts?.some(({ state }) => state === "firing");
    });
    const names = firing.map(({ name }) => name);
    expect(names.filter((name) => !slowness.includes(name))).toEqual([]);
  });
});

/** A point that is a number. */
function hasValue(series: readonly Series[]): boolean {
  return series.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))));
}

/** Every target was asked twice: from now on nothing happens without being seen to begin. */
function isWatching(series: readonly Series[]): boolean {
  const seen = series.filter(
    ({ values }) => values.filter(([, value]) => value === "1").length > 1,
  );
  return seen.length === targets().length + 1;
}

function targets(): readonly Target[] {
  return [...stage.scene.cluster.nodes.values()].map(({ adminPort, role }) => {
    return { port: adminPort, role };
  });
}

/** Two accounts become friends; one writes to the other, who is away; somebody guesses a password. */
async function accountsLive(): Promise<void> {
  const [port] = [...stage.scene.cluster.nodes.values()].flatMap(({ process }) => {
    const found = /^\s*SCRP\s.*?:(\d+)/m.exec(process.out)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
  if (port === undefined) throw new Error("No gateway listens for SCRP.");
  const [one, other] = await Promise.all([signIn(port, "dash_1"), signIn(port, "dash_2")]);
  await befriend([one, "dash_1"], [other, "dash_2"]);
  await other.get("LOG_OUT");
  await one.get("SEND_PRIVATE_MESSAGE", { user_id: "dash_2", message: "hello" });
  await other.ask("LOG_IN", account("dash_2", "wrong horse"));
}

/** A node gives all of its shards away, and takes its share back. */
async function shardsMove(): Promise<void> {
  const { cluster } = stage.scene;
  await cluster.tell("shard-1", "drain", "shard-1", "--wait");
  await cluster.tell("shard-1", "drain", "shard-1", "--undo");
}

/**
 * Stands in for k6, which takes longer than a test may: the same names, which dashboards.test.ts holds against what
 * the scenarios make.
 */
function virtualPlayers(): Promise<Server> {
  const names = [...new Set(questions.flatMap(({ expr }) => metricsIn(expr)))];
  const lines = names
    .filter((name) => name.startsWith("k6_") && !uncounted.test(name))
    .map((name) => `${name}{scenario="rooms"} 1\n`);
  const server = createServer((_, response) => response.end(lines.join("")));
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** What a run without a fault never counts, k6 does not write: seen on 2026-11-21. */
const uncounted = /_(?:lost|doubled|reordered|presence_wrong|closed)_total$/;

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("It listens nowhere.");
  return address.port;
}
