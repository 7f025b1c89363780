/**
 * A short run of the load against real processes: every threshold is kept, and what k6 counts arrives in a
 * real Prometheus under the names that the dashboards use.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse } from "../../load-tests/k6/house.mjs";
import { polled } from "../integration/condition.ts";
import { isOfK6, questions, substituted } from "./dashboards.ts";
import { type Ran, ran } from "./k6.ts";
import { hasValue, Prometheus } from "./prometheus.ts";
import { k6Here } from "./tools.ts";

const k6 = k6Here();
const isHere = "command" in k6;

describe.runIf(isHere)("the load, on a cluster of its own", () => {
  let house: House | undefined;
  let prometheus: Prometheus | undefined;
  let run: Ran | undefined;

  beforeAll(async () => {
    prometheus = await Prometheus.start([]);
    house = await openHouse({ gateways: 2, shards: 2 });
    run = await ran({
      k6,
      scenario: "mixed-day",
      // Patient: other tests may have left the machine busy, and it may be a slow one.
      settings: {
        CLIENTS: "40",
        VUS: "2",
        DURATION: "12s",
        PATIENCE: "10",
        URL: house.cluster.gateways.join(","),
      },
      prometheus: prometheus.url,
    });
  }, 120_000);
  afterAll(async () => {
    await house?.close();
    await prometheus?.stop();
  }, 30_000);

  it("keeps every threshold, of correctness and of time", () => {
    expect(run?.crossed, run?.out).toEqual([]);
    expect(run?.exit).toBe(0);
  });

  it("has verified something of everything", () => {
    const least = { finished: 2, clients: 41, said: 30, heard: 200, resumed: 3 };
    for (const [metric, count] of Object.entries({ ...least, presence_checked: 400, routed: 90 })) {
      expect(run?.count(metric), metric).toBeGreaterThanOrEqual(count);
    }
    expect(run?.out).toContain("PASS: nothing lost");
  });

  const panels = questions.filter(({ expr }) => isOfK6(expr));

  it.each(panels)("gives the panel $panel a value for $expr", async ({ expr }) => {
    const series = await polled(
      async () => (await prometheus?.range(substituted(expr))) ?? [],
      hasValue,
    );
    const most = Math.max(
      ...series.flatMap(({ values }) => values.map(([, value]) => Number(value))),
    );
    if (wrong.test(expr)) expect(most).toBe(0);
    else expect(most).toBeGreaterThan(0);
  });

  it("is shown in more than ten lines", () => {
    expect(panels.length).toBeGreaterThan(10);
  });

  it.each([
    "k6_roundhouse_finished_total",
    "k6_roundhouse_presence_ms_p50",
    "k6_roundhouse_intact_rate",
  ])("tells Prometheus %s, by scenario", async (metric) => {
    // What is counted at the very end is ended with its first value.
    const latest = `last_over_time(${metric}[5m])`;
    const [series] = await polled(async () => (await prometheus?.range(latest)) ?? [], hasValue);
    expect(series?.metric).toMatchObject({ scenario: "mixed_day" });
    expect(Number(series?.values.at(-1)?.[1])).toBeGreaterThan(0);
  });
});

/** What must not be: it is shown as 0. */
const wrong = /_(?:lost|doubled|reordered|presence_wrong|closed)_total/;
