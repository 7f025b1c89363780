/** The dashboards: committed as they are made, complete, and naming metrics that there are. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { compiled } from "../../scripts/compiled.mjs";
import { made } from "../../scripts/dashboards-all.mjs";
import { isMetric } from "./command.ts";
import {
  allBoards,
  bare,
  metricsIn,
  type Panel,
  panels,
  questions,
  substituted,
} from "./dashboards.ts";
import { rules } from "./rules.ts";

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(here(path), "utf8");
const folder = "deploy/grafana/dashboards";
const COMPILED_MS = 60_000;
const boards = allBoards.map((board) => ({ title: board.title, board }));

it.each([...made()])("%s is as `npm run dashboards` makes it", (path, text) => {
  expect(readFileSync(path, "utf8")).toBe(text);
});

describe("the folder that Grafana reads", () => {
  const files = readdirSync(here(folder)).filter((name) => name.endsWith(".json"));

  it("holds the boards and nothing else", () => {
    expect(files.sort()).toEqual(allBoards.map(({ uid }) => `${uid}.json`).sort());
  });

  it("is a component of Kubernetes, too: a ConfigMap for each that Grafana's sidecar finds", () => {
    const { configMapGenerator: maps } = parse(read(`${folder}/kustomization.yaml`), {
      merge: true,
    });
    expect(maps.flatMap(({ files }: { files: readonly string[] }) => files).sort()).toEqual(files);
    for (const { options } of maps) expect(options.labels).toEqual({ grafana_dashboard: "1" });
  });
});

describe.each(boards)("$title", ({ board }) => {
  it("asks the source that was chosen, and lets nodes be chosen", () => {
    const names = board.templating.list.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["datasource", "namespace", "node"]));
    for (const { type, datasource } of board.panels) {
      if (type !== "row" && type !== "text") expect(datasource?.uid).toBe("$datasource");
    }
  });

  it("says of each panel what it is, in which unit, and what each line is", () => {
    for (const panel of panels.filter((it) => it.board === board.uid)) {
      expect(panel.title.length, panel.title).toBeGreaterThan(2);
      expect(panel.description, panel.title).toMatch(/\w.*\.$/);
      expect(panel.fieldConfig?.defaults.unit, panel.title).not.toBe("");
      expect(panel.targets?.length, panel.title).toBeGreaterThan(0);
      for (const { legendFormat } of panel.targets ?? []) expect(legendFormat).not.toBe("");
    }
  });

  it("names lines by labels that the question keeps", () => {
    for (const { title, targets = [] } of panels.filter((it) => it.board === board.uid)) {
      for (const { expr, legendFormat } of targets) {
        for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          expect(expr, title).toMatch(new RegExp(`by \\([^)]*\\b${label}\\b`));
        }
      }
    }
  });

  it("has no two panels in one place, and none beyond the edge", () => {
    const ids = board.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [index, panel] of board.panels.entries()) {
      expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(24);
      const others = board.panels.slice(index + 1);
      expect(others.filter((other) => overlaps(panel, other)).map(({ title }) => title)).toEqual(
        [],
      );
    }
  });
});

describe(
  "to Grafana's own types",
  () => {
    const said = (board: unknown): string => {
      const type = `import("${here("scripts/dashboards-grafana.d.mts")}").GrafanaDashboard`;
      return compiled(`export const made: ${type} = ${JSON.stringify(board, null, 2)};`);
    };

    it("are those of the Grafana that Compose starts", () => {
      const { version } = JSON.parse(read("node_modules/@grafana/schema/package.json"));
      expect(read("deploy/compose.yaml")).toContain(`grafana/grafana:${version}}`);
    });

    it.each(boards)(
      "$title has only fields that there are, with values that they take",
      ({ board }) => {
        expect(said(board)).toBe("");
      },
    );

    it.each([
      { what: "an unknown field", as: ['"drawStyle"', '"drawsStyle"'] },
      { what: "an unknown value", as: ['"graphMode":"area"', '"graphMode":"areas"'] },
      { what: "an unknown kind of text", as: ['"mode":"markdown"', '"mode":"plain"'] },
      { what: "a missing field", as: ['"refId"', '"id"'] },
      { what: "an unknown field of a variable", as: ['"multi"', '"many"'] },
    ])("$what would be found", ({ as: [right = "", wrong = ""] }) => {
      const all = boards.map(({ board }) => JSON.stringify(board));
      const spoiled = all.find((text) => text.includes(right))?.replaceAll(right, wrong);
      expect(said(JSON.parse(spoiled ?? ""))).toContain("error TS");
    });
  },
  COMPILED_MS,
);

describe("what they ask", () => {
  it("is of metrics that nodes have, by their source", () => {
    const names = new Set(questions.flatMap(({ expr }) => metricsIn(expr)));
    expect(names.size).toBeGreaterThan(70);
    for (const name of names) {
      if (name.startsWith("roundhouse_")) expect(isMetric(name), name).toBe(true);
    }
  });

  it("is of metrics that k6's scenarios make", () => {
    const names = [...new Set(questions.flatMap(({ expr }) => metricsIn(expr)))];
    const virtual = names.filter((name) => name.startsWith("k6_roundhouse_"));
    expect(virtual.length).toBeGreaterThan(5);
    for (const name of virtual) expect(scenarioMetrics()).toContain(name);
  });

  it("has no stand-in but the 0 that dashboards-live.test.ts takes away", () => {
    for (const { expr } of questions) expect(bare(expr)).not.toMatch(/\b(?:or|vector|absent\w*)\b/);
    expect(questions.filter(({ expr }) => bare(expr) !== expr).length).toBeGreaterThan(5);
  });

  it("has no variable that nothing fills, and records of rules that are made", () => {
    const made = new Set(rules.map(({ record }) => record));
    for (const { expr } of questions) {
      const records = substituted(expr).match(/\broundhouse:\S+?\b/g) ?? [];
      for (const record of records) expect(made).toContain(record);
    }
  });
});

function overlaps({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  const isBeside = one.x + one.w <= other.x || other.x + other.w <= one.x;
  const isAbove = one.y + one.h <= other.y || other.y + other.h <= one.y;
  return !isBeside && !isAbove;
}

/** By the names that k6's remote write gives to what the scenarios count. */
function scenarioMetrics(): readonly string[] {
  const source = read("load-tests/k6/scripts/metrics.ts");
  const made = [...source.matchAll(/= (?:new )?(counter|trend|Rate)\("(?:roundhouse_)?(\w+)"/g)];
  return made.flatMap(([, kind = "", name = ""]) => {
    return (SUFFIXES[kind] ?? []).map((suffix) => `k6_roundhouse_${name}${suffix}`);
  });
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total"],
  Rate: ["_rate"],
  trend: ["_p50", "_p99", "_max"],
};
