/** Runs of the load for tests: k6 where it is at hand, one scenario, and which thresholds were crossed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK6 } from "../../load-tests/k6/run.mjs";
import type { k6Here } from "./tools.ts";

export type Ran = {
  readonly exit: number;
  /** The metrics whose thresholds were crossed, without their prefix. */
  readonly crossed: readonly string[];
  readonly count: (metric: string) => number;
  readonly out: string;
};

export type Run = {
  readonly k6: ReturnType<typeof k6Here>;
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly prometheus?: string;
};

export async function ran({ k6, scenario, settings, prometheus }: Run): Promise<Ran> {
  if ("why" in k6) throw new Error(k6.why);
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-k6-"));
  const summary = join(folder, "summary.json");
  let out = "";
  try {
    const exit = await runK6({
      k6: k6.command,
      scenario,
      settings: { RUN: `test-${++count}`, ...settings, SUMMARY: summary },
      prometheus,
      print: (text) => {
        out += text;
      },
    });
    const { failed, metrics } = JSON.parse(readFileSync(summary, "utf8")) as Summary;
    const crossed = [...new Set(failed.map((condition) => condition.split(" ")[0] ?? ""))];
    const counted = (metric: string): number => metrics[`roundhouse_${metric}`]?.values.count ?? 0;
    return { exit, crossed, count: counted, out };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Summary = {
  readonly failed: readonly string[];
  readonly metrics: Readonly<Record<string, { readonly values: { readonly count?: number } }>>;
};

let count = 0;
