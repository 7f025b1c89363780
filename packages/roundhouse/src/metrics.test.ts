import { describe, expect, it } from "vitest";
import {
  counter,
  counterBy,
  gauge,
  gaugeBy,
  histogram,
  histogramBy,
  info,
  type Metric,
  registry,
} from "./metrics.ts";

async function lines(...metrics: readonly Metric[]): Promise<readonly string[]> {
  const text = await registry(metrics, { processMetrics: false }).text();
  return text.split("\n").filter((line) => line !== "");
}

describe("a metric", () => {
  it("counts what its source says at scrape time, never twice", async () => {
    const source = { joins: 3 };
    const metrics = registry([counter("roundhouse_joins_total", "Joins.", () => source.joins)], {
      processMetrics: false,
    });
    expect(await metrics.text()).toContain("\nroundhouse_joins_total 3\n");
    expect(await metrics.text()).toContain("\nroundhouse_joins_total 3\n");
    source.joins = 5;
    expect(await metrics.text()).toContain("\nroundhouse_joins_total 5\n");
  });

  it("may have one label, and forgets a value that its source forgot", async () => {
    const rooms = new Map([
      ["open", 2],
      ["locked", 1],
    ]);
    const metrics = registry([gaugeBy("roundhouse_rooms", "Rooms.", "kind", () => rooms)], {
      processMetrics: false,
    });
    expect(await metrics.text()).toContain('roundhouse_rooms{kind="locked"} 1');
    rooms.delete("locked");
    expect(await metrics.text()).not.toContain("locked");
    expect(await metrics.text()).toContain('roundhouse_rooms{kind="open"} 2');
  });

  it("says what it is", async () => {
    const refused = counterBy("roundhouse_refused_total", "Refusals.", "code", () => [["a", 1]]);
    expect(
      await lines(
        refused,
        gauge("roundhouse_inbox_bytes", "Waiting.", () => 7),
      ),
    ).toEqual([
      "# HELP roundhouse_refused_total Refusals.",
      "# TYPE roundhouse_refused_total counter",
      'roundhouse_refused_total{code="a"} 1',
      "# HELP roundhouse_inbox_bytes Waiting.",
      "# TYPE roundhouse_inbox_bytes gauge",
      "roundhouse_inbox_bytes 7",
    ]);
  });

  it("may be facts", async () => {
    const facts = info("roundhouse_build_info", "This node.", { version: "1.2.3", node: 'a"b' });
    expect(await lines(facts)).toContain('roundhouse_build_info{version="1.2.3",node="a\\"b"} 1');
  });
});

describe("a histogram", () => {
  const tally = { counts: [1, 2, 3], sum: 9.5, count: 7 }; // One lies above every bound.

  it("is cumulative, and +Inf holds all", async () => {
    const metric = histogram("roundhouse_commit_seconds", "Commits.", [0.1, 1, 10], () => tally);
    expect((await lines(metric)).slice(1)).toEqual([
      "# TYPE roundhouse_commit_seconds histogram",
      'roundhouse_commit_seconds_bucket{le="0.1"} 1',
      'roundhouse_commit_seconds_bucket{le="1"} 3',
      'roundhouse_commit_seconds_bucket{le="10"} 6',
      'roundhouse_commit_seconds_bucket{le="+Inf"} 7',
      "roundhouse_commit_seconds_sum 9.5",
      "roundhouse_commit_seconds_count 7",
    ]);
  });

  it("may have one label", async () => {
    const read = () =>
      [
        ["in", tally],
        ["out", { counts: new Float64Array(3), sum: 0, count: 0 }],
      ] as const;
    const metric = histogramBy("roundhouse_hop_seconds", "Hops.", [0.1, 1, 10], {
      label: "hop",
      read,
    });
    const said = await lines(metric);
    expect(said).toContain('roundhouse_hop_seconds_bucket{hop="in",le="+Inf"} 7');
    expect(said).toContain('roundhouse_hop_seconds_count{hop="out"} 0');
    expect(said.filter((line) => line.startsWith("roundhouse"))).toHaveLength(12);
  });
});

describe("the process's own metrics", () => {
  it("are there with the event loop's delay", async () => {
    const text = await registry([]).text();
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
    expect(text).toContain("process_cpu_seconds_total");
    expect(text).toContain("process_resident_memory_bytes");
  });
});

describe("a name that breaks the convention", () => {
  const read = () => 0;
  it.each([
    { name: "joins_total", make: () => counter("joins_total", "", read) },
    { name: "roundhouse_joins", make: () => counter("roundhouse_joins", "", read) },
    { name: "roundhouse_rooms_total", make: () => gauge("roundhouse_rooms_total", "", read) },
    { name: "roundhouse_age_ms", make: () => gauge("roundhouse_age_ms", "", read) },
    { name: "roundhouse_Rooms", make: () => gauge("roundhouse_Rooms", "", read) },
    { name: "roundhouse_facts", make: () => info("roundhouse_facts", "", {}) },
    {
      name: "roundhouse_commit_count",
      make: () =>
        histogram("roundhouse_commit_count", "", [1], () => ({ counts: [], sum: 0, count: 0 })),
    },
  ])("$name is refused at once", ({ make }) => {
    expect(make).toThrow(/must begin with roundhouse_/);
  });

  it("is refused when two metrics share it", () => {
    const twice = gauge("roundhouse_rooms", "Rooms.", read);
    expect(() => registry([twice, twice])).toThrow(/already been registered/);
  });
});
