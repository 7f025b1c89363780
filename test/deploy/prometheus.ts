/** A real Prometheus of a test's own: on a free port, with its data in a temporary folder, and the rules of deploy/. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@roundhouse/testkit";
import { polled } from "../integration/condition.ts";
import { ruleFiles } from "./rules.ts";

export type Target = { readonly port: number; readonly role: "gateway" | "shard" };
export type Series = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
};

/** Whether some point is a number. */
export function hasValue(series: readonly Series[]): boolean {
  return series.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))));
}

export type LoadedRule = {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  /** Of alerts: those that wait, and those that fire. */
  readonly alerts?: readonly { readonly state: string }[];
};

export class Prometheus {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #url: string;
  #said = "";

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.#url = `http://127.0.0.1:${port}`;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-SAID_CHARS_MAX);
    });
  }

  /** Asks the nodes once a second; whoever likes may write to it. */
  static async start(nodes: readonly Target[]): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), "roundhouse-prometheus-"));
    const port = await freePort();
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, JSON.stringify(configuration(nodes)));
    const flags = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-remote-write-receiver",
      "--log.level=warn",
    ];
    const child = spawn("prometheus", flags, { stdio: ["ignore", "ignore", "pipe"] });
    const opened = new Prometheus(child, folder, port);
    process.once("exit", () => child.kill("SIGKILL"));
    await polled(
      async () => {
        if (child.exitCode !== null) throw new Error(`Prometheus ended: ${opened.#said}`);
        const answer = await fetch(`${opened.#url}/-/ready`).catch(() => undefined);
        return answer?.ok === true ? "ready" : `not ready: ${opened.#said}`;
      },
      (state) => state === "ready",
    );
    return opened;
  }

  /** The series of the last minute, a point a second. Throws when Prometheus does not like the question. */
  async range(expr: string): Promise<readonly Series[]> {
    const end = Math.floor(Date.now() / 1_000);
    const asked = { query: expr, start: String(end - RANGE_SECONDS), end: String(end), step: "1" };
    return (await this.#ask("query_range", asked)).result;
  }

  /** The names of all metrics that have a series; described alone is not seen. */
  async names(): Promise<ReadonlySet<string>> {
    return new Set<string>(await this.#ask("label/__name__/values", {}));
  }

  async rules(): Promise<readonly LoadedRule[]> {
    const { groups } = await this.#ask("rules", {});
    return groups.flatMap(({ rules }: { rules: readonly LoadedRule[] }) => rules);
  }

  get url(): string {
    return this.#url;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    if (this.#child.exitCode === null && this.#child.kill("SIGKILL")) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of each path, as its caller knows.
  async #ask(path: string, asked: Readonly<Record<string, string>>): Promise<any> {
    const body = new URLSearchParams(asked);
    const url = `${this.#url}/api/v1/${path}`;
    const response = await (path === "query_range"
      ? fetch(url, { method: "POST", body })
      : fetch(url));
    const answer = (await response.json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== "success") throw new Error(`${JSON.stringify(asked)}: ${answer.error}`);
    return answer.data;
  }
}

/** With the labels that deploy/prometheus/prometheus.yml gives to nodes. */
function configuration(nodes: readonly Target[]): object {
  return {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: ruleFiles,
    scrape_configs: [
      {
        job_name: "roundhouse",
        static_configs: nodes.map(({ port, role }) => {
          return { targets: [`127.0.0.1:${port}`], labels: { role } };
        }),
      },
    ],
  };
}

const RANGE_SECONDS = 60;
const SAID_CHARS_MAX = 4_000;
