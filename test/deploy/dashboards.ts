/** Dashboards as tests see them: panels, their questions, and the metrics that they name. */
import { boards } from "../../scripts/dashboards-all.mjs";

export type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
};
export type Board = (typeof boards)[number] & { readonly panels: readonly Panel[] };
export type Question = { readonly board: string; readonly panel: string; readonly expr: string };

export const allBoards = boards as readonly Board[];

/** Every panel that asks something, with the board that it is on. */
export const panels: readonly (Panel & { readonly board: string })[] = allBoards.flatMap((board) =>
  board.panels
    .filter(({ type }) => type !== "row" && type !== "text")
    .map((panel) => ({ ...panel, board: board.uid })),
);

export const questions: readonly Question[] = panels.flatMap(({ board, title, targets = [] }) =>
  targets.map(({ expr }) => ({ board, panel: title, expr })),
);

/** Of what virtual players see, and not of nodes. */
export const isOfK6 = (expr: string): boolean => metricsIn(expr).some((it) => it.startsWith("k6_"));

/** As Grafana would ask it: everything is chosen, and of shards the first. */
export function substituted(expr: string): string {
  const values = { __rate_interval: "10s", namespace: ".*", node: ".*", shard: "0" };
  const asked = Object.entries(values).reduce((text, [name, value]) => {
    return text.replaceAll(`$${name}`, value);
  }, expr);
  if (asked.includes("$")) throw new Error(`A variable that nobody knows: ${asked}`);
  return asked;
}

/** Without the 0 that stands in where nothing ever happened: whatever else was asked, that would be an answer. */
export function bare(expr: string): string {
  return expr.replace(/ or on \(\) vector\(0\)$/, "");
}

/** Every value of a label that an expression wants, or shuts out: as a question for the series that have it. */
export function valuesIn(expr: string): readonly string[] {
  return [...expr.matchAll(/([\w:]+)\{([^}]*)\}/g)].flatMap(([, metric, matchers = ""]) => {
    return [...matchers.matchAll(/(\w+)(?:=~?|![=~])"([^"]*)"/g)].flatMap(
      ([, label, value = ""]) => {
        const values = /^[\w|]+$/.test(value) ? value.split("|") : [value];
        return values.map((one) => `${metric}{${label}=~"${one}"}`);
      },
    );
  });
}

/** The metrics that an expression names, histograms by their own names; what rules recorded is none. */
export function metricsIn(expr: string): readonly string[] {
  const bare = expr.replaceAll(/\{[^}]*\}/g, "");
  const names = bare.match(/\b(?:roundhouse|process|nodejs|k6)_\w+/g) ?? [];
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, "")))];
}
