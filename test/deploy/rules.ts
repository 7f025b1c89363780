/** The rules of Prometheus as tests see them, and promtool, which judges them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Case } from "./rules-cases.ts";

export type Rule = {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};
type Group = { readonly name: string; readonly rules: readonly Rule[] };
export type Alert = Rule & { readonly alert: string };

export const prometheusFolder = fileURLToPath(new URL("../../deploy/prometheus/", import.meta.url));
const folder = join(prometheusFolder, "rules");

/** As `rule_files` of prometheus.yml finds them. */
export const ruleFiles = readdirSync(folder)
  .filter((name) => name.endsWith(".yml"))
  .map((name) => join(folder, name));

const groups: readonly Group[] = ruleFiles.flatMap((file) => {
  return parse(readFileSync(file, "utf8")).groups;
});
export const rules: readonly Rule[] = groups.flatMap(({ rules }) => rules);
export const alerts: readonly Alert[] = rules.flatMap((rule) => {
  return rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }];
});

/** What promtool says, and whether it is content. */
export function promtool(...words: readonly string[]): {
  readonly ok: boolean;
  readonly said: string;
} {
  const { status, stdout, stderr, error } = spawnSync("promtool", words, { encoding: "utf8" });
  if (error !== undefined) throw error;
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

/** Runs each case in a world of its own, and tells what promtool has against it; "" is good. */
export function judged(cases: readonly Case[], files: readonly string[] = ruleFiles): string {
  const place = mkdtempSync(join(tmpdir(), "roundhouse-rules-"));
  const file = join(place, "cases.yml");
  const tests = cases.map(({ alert, when, series, at, fires }) => ({
    name: `${alert}: ${when}`,
    interval: "15s",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `count by (alertname) (ALERTS{alertname="${alert}", alertstate="firing"})`,
        eval_time: at,
        exp_samples: fires ? [{ labels: `{alertname="${alert}"}`, value: 1 }] : [],
      },
    ],
  }));
  try {
    // JSON is YAML.
    const all = { rule_files: files, evaluation_interval: "15s", tests };
    writeFileSync(file, JSON.stringify(all));
    const { ok, said } = promtool("test", "rules", file);
    return ok ? "" : said;
  } finally {
    rmSync(place, { recursive: true });
  }
}
