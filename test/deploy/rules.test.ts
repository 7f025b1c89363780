/** The rules of Prometheus: each alert fires when it should, is silent when it should not, and leads to its runbook. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alerts, judged, prometheusFolder, promtool, ruleFiles, rules } from "./rules.ts";
import { cases } from "./rules-cases.ts";

describe("the rules", () => {
  it("are what Prometheus takes, with the configuration that names them", () => {
    const { ok, said } = promtool("check", "config", join(prometheusFolder, "prometheus.yml"));
    expect(ok, said).toBe(true);
    for (const file of ruleFiles) expect(said).toContain(file);
  });

  it("are each right, and prometheus.yml would not be taken for one of them", () => {
    for (const file of ruleFiles)
      expect(promtool("check", "rules", file)).toMatchObject({ ok: true });
    const other = join(prometheusFolder, "prometheus.yml");
    expect(promtool("check", "rules", other)).toMatchObject({ ok: false });
  });

  it("are named once each", () => {
    const names = rules.map(({ alert, record }) => alert ?? record);
    expect(new Set(names).size).toBe(names.length);
    expect(alerts.length).toBeGreaterThan(20);
  });
});

describe("the alerts", () => {
  it("fire when they should, and are silent when they should not", () => {
    expect(judged(cases)).toBe("");
  }, 60_000);

  it("would be found to be silent, and to be wrong, if they were", () => {
    const [firing] = cases.filter(({ fires }) => fires);
    const [silent] = cases.filter(({ fires }) => !fires);
    if (firing === undefined || silent === undefined) throw new Error("There are no cases.");
    expect(judged([{ ...firing, fires: false }])).toContain(firing.alert);
    expect(judged([{ ...silent, fires: true }])).toContain(silent.alert);
  });

  it.each(alerts)("$alert is shown both ways", ({ alert }) => {
    const own = cases.filter((it) => it.alert === alert);
    expect(own.map(({ fires }) => fires)).toEqual(expect.arrayContaining([true, false]));
  });

  it("are all that cases speak of", () => {
    const known = new Set(alerts.map(({ alert }) => alert));
    for (const { alert } of cases) expect(known).toContain(alert);
  });

  it.each(alerts)("$alert says how bad it is, what it is, and what to do", (rule) => {
    const { alert, labels, annotations } = rule;
    expect(alert).toMatch(/^Roundhouse[A-Z]/);
    expect(["critical", "warning", "info"]).toContain(labels?.["severity"]);
    expect(annotations?.["summary"]).toMatch(/\.$/);
    const heading = kebab(alert.replace("Roundhouse", ""));
    expect(annotations?.["runbook_url"]).toBe(`${RUNBOOKS}#${heading}`);
    expect(runbooks).toContain(heading);
  });

  it("are all that runbooks are written for", () => {
    const wanted = alerts.map(({ alert }) => kebab(alert.replace("Roundhouse", "")));
    expect([...runbooks].sort()).toEqual(wanted.sort());
  });
});

const RUNBOOKS = "https://roundhouse.example.org/docs/operations.md";
const kebab = (name: string): string => name.replaceAll(/(?!^)([A-Z])/g, "-$1").toLowerCase();

/** The headings below "Runbooks", as links name them. */
const operations = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
const part = /^## Runbooks$(.*?)(?=^## |$(?![\s\S]))/ms.exec(operations)?.[1] ?? "";
const runbooks = [...part.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => {
  return heading.toLowerCase().replaceAll(" ", "-");
});
