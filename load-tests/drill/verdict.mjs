// What the drill says in the end: figures, bounds, and whether every promise was kept. Plain text.
import { shardOf } from "@roundhouse/kernel";
import { quantile } from "./checker/figures.mjs";
import { LATE } from "./load/load.mjs";

/** @import { Figures } from "./checker/figures.mjs" */
/** @import { Measured, Move } from "./cluster/trial.mjs" */

/**
 * What was measured at the end of some trials, beside what each of them told itself: how long rooms
 * stood still whose shard was handed over. Of every wait, so much is the machine's as an answer takes
 * while nothing is done (the slowest of ten): the rest is the pause.
 * @param {Figures} figures
 * @param {{ moves: readonly Move[], rooms: readonly string[], shards: number }} run
 * @returns {readonly Measured[]}
 */
export function measuredIn(figures, { moves, rooms, shards }) {
  const calmMs = quantile(figures.calmAnswers(moves), 0.9) || 0;
  const pauses = moves.flatMap((move) => {
    const stops = figures.stops(move);
    const moved = rooms.filter((room) => move.moved.has(shardOf(room, shards)));
    return moved.map((room) => Math.max(0, (stops.get(room) ?? 0) - calmMs));
  });
  if (pauses.length === 0) return [];
  pauses.sort((a, b) => a - b);
  const middle = inWords(quantile(pauses, 0.5));
  const what = `pause of ${pauses.length} rooms handed over (p50 ${middle}, calm ${inWords(calmMs)}): p99`;
  return [{ what, ms: quantile(pauses, 0.99), msMax: PAUSE_MS_MAX }];
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
  const late = figures.troublesNamed(LATE);
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
    ["machine", late === 0 ? "never late" : `late ${late} times: it is too busy for exact figures`],
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
