// What the drill says in the end: figures, bounds, and whether every promise was kept. Plain text.
import { shardOf } from "@roundhouse/kernel";
import { quantile } from "./checker/figures.mjs";

/** @import { Figures } from "./checker/figures.mjs" */
/** @import { Measured, Move } from "./cluster/trial.mjs" */

/**
 * What was measured at the end of some trials, beside what each of them told itself.
 * @param {Figures} figures
 * @param {{ moves: readonly Move[], rooms: readonly string[], shards: number }} run
 * @returns {readonly Measured[]}
 */
export function measuredIn(figures, { moves, rooms, shards }) {
  const stops = stopsIn(figures, { moves, rooms, shards });
  if (stops.length === 0) return [];
  return [
    {
      what: `pause of ${stops.length} rooms handed over: p50 ${inWords(quantile(stops, 0.5))}, p99`,
      ms: quantile(stops, 0.99),
      msMax: PAUSE_MS_MAX,
    },
  ];
}

/**
 * How long rooms stood still whose shard was handed over, rising.
 * @param {Figures} figures
 * @param {{ moves: readonly Move[], rooms: readonly string[], shards: number }} run
 */
function stopsIn(figures, { moves, rooms, shards }) {
  const placed = rooms.map((room) => ({ room, shard: shardOf(room, shards) }));
  const stops = moves.flatMap((move) => {
    const longest = figures.stops(move);
    return placed
      .filter(({ shard }) => move.moved.has(shard))
      .map(({ room }) => longest.get(room) ?? 0);
  });
  return stops.sort((a, b) => a - b);
}

/** @param {Measured} measured */
export const isKept = ({ ms, msMax }) => ms <= msMax;

/** @param {Measured} measured */
export function line(measured) {
  const { what, ms, msMax } = measured;
  const took = Number.isFinite(ms) ? inWords(ms) : "never";
  const mark = isKept(measured) ? "" : "   TOO LONG";
  return `${what} ${took} (at most ${inWords(msMax)})${mark}`;
}

/**
 * The load in a few lines.
 * @param {Figures} figures
 */
export function loadLines(figures) {
  const answers = figures.answers({ from: 0, to: Number.POSITIVE_INFINITY });
  return [
    [
      "actions",
      `${count(figures.actions)} accepted, ${count(figures.refused)} refused while in trouble, ${count(figures.unanswered)} cut off`,
    ],
    ["deliveries", `${count(figures.deliveries)}, each read by the checker`],
    ["presence", `${count(figures.statuses)} changes told`],
    ["connections", `${count(figures.connections)}`],
    [
      "answers",
      `p50 ${inWords(quantile(answers, 0.5))}, p99 ${inWords(quantile(answers, 0.99))}, longest ${inWords(answers.at(-1) ?? 0)}`,
    ],
  ].map(([name = "", text]) => `  ${name.padEnd(12)}${text}`);
}

/** @param {number} ms */
export function inWords(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** @param {number} number */
const count = (number) => number.toLocaleString("en");

const PAUSE_MS_MAX = 250;
