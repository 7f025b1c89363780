/**
 * Every panel of every dashboard and every rule, asked of a real Prometheus that watches a real cluster under load:
 * each line of a panel must have a value, each metric a series, and each label the values that are asked for. What
 * k6's players see is asked in k6-run.test.ts, of a real k6.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { polled } from "../integration/condition.ts";
import { removeFolders, type Server, startServer } from "../integration/server.ts";
import { bare, isOfK6, metricsIn, questions, substituted, valuesIn } from "./dashboards.ts";
import { LiveCluster } from "./live-cluster.ts";
import { hasValue, type Series } from "./prometheus.ts";
import { rules } from "./rules.ts";

/** What no node of a cluster shows; where it is shown is looked up, too. */
const onlyEmbedded = [
  { asked: "roundhouse_store_failures_total", why: "Redis is the store of a cluster" },
  { asked: 'roundhouse_info{mode=~"embedded"}', why: "a cluster's nodes have one role each" },
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
const asked = questions
  .filter(({ expr }) => !isOfK6(expr))
  .map(({ expr, ...where }) => ({ ...where, expr: bare(substituted(expr)) }));
const ruled = rules.map(({ expr }) => expr);
const isExpected = (one: string): boolean => onlyEmbedded.every(({ asked }) => asked !== one);
const expected = (all: readonly string[]): readonly string[] => {
  return [...new Set(all)].filter(isExpected);
};
/** What rules ask the increase of. */
const grown = ruled.flatMap((expr) => {
  return [...expr.matchAll(/\bincrease\(([^[]+)\[/g)].map(([, of = ""]) => of);
});
/** What label has which value, in rules and panels. */
const valued = [...ruled, ...asked.map(({ expr }) => expr)].flatMap(valuesIn);
let live: LiveCluster;

beforeAll(async () => {
  live = await LiveCluster.open();
  await Promise.all([live.accountsLive(), live.shardsMove()]);
}, OPEN_MS);
afterAll(() => live?.close());

describe("of a cluster that is well, however slow the machine is", () => {
  it("every rule is evaluated without an error", async () => {
    const judged = await polled(
      () => live.prometheus.rules(),
      (all) => all.every(({ health }) => health === "ok"),
    );
    expect(judged).toHaveLength(rules.length);
  });

  it("no rule finds anything wrong", async () => {
    const firing = (await live.prometheus.rules()).filter(({ alerts }) => {
      return alerts?.some(({ state }) => state === "firing");
    });
    const names = firing.map(({ name }) => name);
    expect(names.filter((name) => !slowness.includes(name))).toEqual([]);
  });

  // A series that is born with its first event has increased by nothing.
  it.each(expected(grown))("%s is counted before there is anything to count", async (counter) => {
    expect(await live.prometheus.range(counter)).not.toEqual([]);
  });
});

describe("of a cluster that had a little trouble", () => {
  beforeAll(() => live.troubleComes(), OPEN_MS);

  describe("every panel", () => {
    it.each(asked)("$board: $panel has a value for $expr", async ({ expr }) => {
      await polled(() => live.prometheus.range(expr), hasValue);
    });

    it("is one of many, and asks what others do not", () => {
      expect(new Set(asked.map(({ expr }) => expr)).size).toBeGreaterThan(100);
    });

    it("would be found empty if its metric were, or its label's value", async () => {
      const { prometheus } = live;
      expect(hasValue(await prometheus.range("roundhouse_no_such_metric"))).toBe(false);
      expect(hasValue(await prometheus.range("0 * roundhouse_connections / 0"))).toBe(false);
      const none = bare('sum(roundhouse_ready{role="none"}) or on () vector(0)');
      expect(hasValue(await prometheus.range(none))).toBe(false);
    });
  });

  it("there is a series of every metric that a rule names", async () => {
    const seen = [...(await live.prometheus.names())].flatMap((name) => metricsIn(name));
    const named = ruled.flatMap(metricsIn);
    expect(named.length).toBeGreaterThan(40);
    expect(expected(named).filter((name) => !seen.includes(name))).toEqual([]);
  });

  it.each(expected(valued))("some series is %s", async (one) => {
    const isThere = (series: readonly Series[]): boolean => series.length > 0;
    expect(isThere(await polled(() => live.prometheus.range(one), isThere))).toBe(true);
  });
});

describe("of `roundhouse start`", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  it.each(onlyEmbedded)("there is $asked, which no cluster has: $why", async ({ asked }) => {
    expect(await live.prometheus.range(asked)).toEqual([]);
    const [, name, label = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(asked) ?? [];
    const samples = (await (await fetch(`${server.admin}/metrics`)).text()).split("\n");
    const own = samples.filter((line) => /^\w+/.exec(line)?.[0] === name);
    expect(own.filter((line) => line.includes(label.replace("=~", "=")))).not.toEqual([]);
  });
});
