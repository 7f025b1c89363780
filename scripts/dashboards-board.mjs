// What dashboards are made of: boards of rows of panels, each of which asks Prometheus one or more questions.

/** @import { Ask } from "./dashboards-ask.mjs" */

/**
 * @typedef {{ readonly [step: string]: string }} Steps colours by the value from which they hold
 * @typedef {{
 *   readonly title: string, readonly says: string, readonly unit: string,
 *   readonly ask: readonly Ask[], readonly steps?: Steps,
 * }} PanelOptions
 * @typedef {{ readonly name: string, readonly query: string, readonly label: string, readonly all: boolean }} Variable
 * @typedef {{ readonly type: string, readonly title: string, readonly height: number, readonly [field: string]: unknown }} Panel
 * @typedef {{ readonly title: string, readonly panels: readonly (readonly Panel[])[] }} Row panels by line
 * @typedef {{
 *   readonly uid: string, readonly title: string, readonly says: string,
 *   readonly variables?: readonly Variable[], readonly rows: readonly Row[],
 * }} BoardOptions
 */

const SOURCE = { type: "prometheus", uid: "$datasource" };
const LINE_HEIGHT = 8;
const STAT_HEIGHT = 4;
const COLUMNS = 24;

/** One number, the latest. @param {PanelOptions} options @returns {Panel} */
export function stat(options) {
  const reduce = { calcs: ["lastNotNull"], fields: "", values: false };
  return {
    ...panel("stat", options),
    height: STAT_HEIGHT,
    options: { reduceOptions: reduce, colorMode: "value", graphMode: "area", textMode: "auto" },
  };
}

/** Lines over time. @param {PanelOptions} options @returns {Panel} */
export function graph(options) {
  return {
    ...panel("timeseries", options, {
      drawStyle: "line",
      lineWidth: 1,
      fillOpacity: 8,
      showPoints: "never",
      ...(options.steps === undefined ? {} : { thresholdsStyle: { mode: "line" } }),
    }),
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
      tooltip: { mode: "multi", sort: "desc" },
    },
  };
}

/** Words that are read before the panels below them. @param {string} title @param {string} content @returns {Panel} */
export function note(title, content) {
  return { type: "text", title, height: STAT_HEIGHT, options: { mode: "markdown", content } };
}

/**
 * @param {string} type
 * @param {PanelOptions} options
 * @param {Readonly<Record<string, unknown>>} [custom]
 */
function panel(type, { title, says, unit, ask, steps = {} }, custom = {}) {
  const coloured = Object.entries(steps).map(([value, color]) => ({ color, value: Number(value) }));
  return {
    type,
    title,
    description: says,
    height: LINE_HEIGHT,
    datasource: SOURCE,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom,
        thresholds: { mode: "absolute", steps: [{ color: "green", value: null }, ...coloured] },
      },
      overrides: [],
    },
    targets: ask.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(FIRST_LETTER + index),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      range: true,
    })),
  };
}

/** @param {BoardOptions} options */
export function board({ uid, title, says, variables = [], rows }) {
  return {
    uid,
    title: `Roundhouse / ${title}`,
    description: says,
    tags: ["roundhouse"],
    schemaVersion: 39,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: "10s",
    time: { from: "now-30m", to: "now" },
    timezone: "browser",
    links: [
      {
        type: "dashboards",
        tags: ["roundhouse"],
        title: "Roundhouse",
        icon: "external link",
        tooltip: "",
        targetBlank: false,
        asDropdown: true,
        keepTime: true,
        includeVars: true,
      },
    ],
    templating: { list: [sourceVariable, ...[...scopeVariables, ...variables].map(variable)] },
    panels: placed(rows),
  };
}

const sourceVariable = {
  name: "datasource",
  label: "Source",
  type: "datasource",
  query: "prometheus",
  hide: 0,
  multi: false,
};

const scopeVariables = [
  {
    name: "namespace",
    label: "Namespace",
    query: "label_values(roundhouse_info, namespace)",
    all: true,
  },
  {
    name: "node",
    label: "Node",
    query: 'label_values(roundhouse_info{namespace=~"$namespace"}, node)',
    all: true,
  },
];

/** "All" is also what has no such label: outside of Kubernetes nothing has a namespace. @param {Variable} options */
function variable({ name, label, query, all }) {
  return {
    name,
    label,
    type: "query",
    datasource: SOURCE,
    query: { query, refId: name },
    refresh: 2,
    sort: 3,
    hide: 0,
    multi: all,
    includeAll: all,
    ...(all ? { allValue: ".*", current: { text: ["All"], value: ["$__all"] } } : {}),
  };
}

/** Each line's panels share its width. @param {readonly Row[]} rows */
function placed(rows) {
  const panels = [];
  let y = 0;
  for (const { title, panels: lines } of rows) {
    panels.push({
      type: "row",
      title,
      collapsed: false,
      panels: [],
      id: panels.length + 1,
      gridPos: { x: 0, y: y++, w: COLUMNS, h: 1 },
    });
    for (const line of lines) {
      const w = COLUMNS / line.length;
      const h = Math.max(...line.map(({ height }) => height));
      for (const [index, { height: _, ...rest }] of line.entries()) {
        panels.push({ ...rest, id: panels.length + 1, gridPos: { x: index * w, y, w, h } });
      }
      y += h;
    }
  }
  return panels;
}

const FIRST_LETTER = 65;
