/**
 * A short run of the load against real processes: every threshold is kept, and what k6 counts arrives in a
 * real Prometheus under the names that the dashboards use.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@roundhouse/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, openHouse } from "../../load-tests/k6/house.mjs";
import { polled } from "../integration/condition.ts";
import { type Ran, ran } from "./k6.ts";
import { k6Here } from "./tools.ts";

const k6 = k6Here();
const isHere = "command" in k6;

describe.runIf(isHere)("the load, on a cluster of its own", () => {
  let house: House | undefined;
  let prometheus: Prometheus | undefined;
  let run: Ran | undefined;

  beforeAll(async () => {
    prometheus = await Prometheus.open();
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
    await prometheus?.close();
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

  it.each([
    "k6_roundhouse_heard_total",
    "k6_roundhouse_lost_total",
    "k6_roundhouse_finished_total",
    "k6_roundhouse_answer_ms_p99",
    "k6_roundhouse_presence_ms_p50",
    "k6_roundhouse_intact_rate",
  ])("tells Prometheus %s", async (metric) => {
    const values = await polled(
      async () => (await prometheus?.query(`last_over_time(${metric}[5m])`)) ?? [],
      (found) => found.length > 0,
    );
    expect(values[0]?.metric).toMatchObject({ scenario: "mixed_day" });
    const value = Number(values[0]?.value[1]);
    if (metric === "k6_roundhouse_lost_total") expect(value).toBe(0);
    else expect(value).toBeGreaterThan(0);
  });
});

type Found = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
};

/** A Prometheus that scrapes nobody and takes what is written to it. */
class Prometheus {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async open(): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), "roundhouse-prometheus-"));
    writeFileSync(join(folder, "prometheus.yml"), "scrape_configs: []\n");
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      "prometheus",
      [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${address}`,
        "--web.enable-remote-write-receiver",
      ],
      { stdio: "ignore" },
    );
    process.once("exit", () => child.kill("SIGKILL"));
    const ask = async (): Promise<boolean> => {
      const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
      return answer?.ok === true;
    };
    await polled(ask, (isReady) => isReady);
    return new Prometheus(`http://${address}`, child, folder);
  }

  async query(query: string): Promise<readonly Found[]> {
    const asked = `${this.url}/api/v1/query?query=${encodeURIComponent(query)}`;
    const answer = (await (await fetch(asked)).json()) as { data: { result: readonly Found[] } };
    return answer.data.result;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once("exit", () => {
        rmSync(this.#folder, { recursive: true, force: true });
        resolve();
      });
      this.#child.kill("SIGTERM");
    });
  }
}
