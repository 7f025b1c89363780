// `npm run load -- restart`: gateways are restarted one by one under clients who verify. Everybody is back
// soon and with the session, and they come no faster than the bucket lets them.
import { inWords } from "../drill/verdict.mjs";
import { driven } from "./driven.mjs";

/** @import { Counted, DriveOptions, Verdict } from "./driven.mjs" */
/** @import { Restarted } from "./place.mjs" */
/** @import { Told } from "./told.mjs" */

/** @param {DriveOptions} options */
export function restart(options) {
  return driven(options, {
    // Slow enough to be seen, and enough for a gateway that has all clients when it ends.
    wanted: { gateways: 3, shards: 2, perSecond: 80 },
    settings: ({ isOurs }) => ({
      CLIENTS: "1000",
      VUS: "10",
      RATE: "0.3",
      DURATION: isOurs ? "75s" : "120s",
      MAY_CLOSE: "yes",
      PATIENCE: "4", // As with scale.
    }),
    act: (place) => place.restart(),
    judge: restarted,
  });
}

/**
 * @param {readonly Restarted[]} spans
 * @param {{ told: Told, counted: Counted }} heard
 * @returns {Verdict}
 */
export function restarted(spans, { told, counted }) {
  const each = spans.map((span, index) => {
    // The last of one may come back when the next has begun to ask: not before its first.
    const until = spans[index + 1]?.from ?? span.to + BACK_MS_MAX;
    const within = { from: span.from, to: until };
    const returns = told.returnsIn(within);
    // Of several nobody knows when which was told to end.
    const lastMs = span.areSeveral ? returns.longestMs : returns.lastAfterMs;
    return { ...span, ...returns, lastMs, most: told.mostReturns(within) };
  });
  const [closed, resumed] = [counted("closed"), counted("resumed")];
  return {
    told: [...each.map(lineOf), `${closed} sockets closed, ${resumed} sessions resumed`],
    wrong: [
      ...each.filter(({ count }) => count === 0).map(({ name }) => `nobody left ${name}`),
      ...each
        .filter(({ lastMs }) => lastMs > BACK_MS_MAX)
        .map(({ name }) => `not everybody of ${name} was back within 25 s`),
      ...each
        .filter(({ most, perSecond }) => most > perSecond)
        .map(({ name, most, perSecond }) => {
          return `${most} of ${name} came in one second: more than ${perSecond}`;
        }),
      ...(resumed < closed ? [`${closed - resumed} did not get their session back`] : []),
    ],
  };
}

/**
 * @param {{
 *   name: string, areSeveral: boolean, count: number,
 *   lastMs: number, lastAfterMs: number, p99Ms: number, most: number,
 * }} returned
 */
function lineOf({ name, areSeveral, count, lastMs, lastAfterMs, p99Ms, most }) {
  const last = areSeveral
    ? `nobody was away for more than ${inWords(lastMs)}`
    : `the last back ${inWords(lastMs)} after SIGTERM`;
  const perSecond = Math.round((count * 1_000) / lastAfterMs);
  return `${name}: ${count} moved, ${last}, away for p99 ${inWords(p99Ms)}; ${perSecond} a second, at most ${most} in one`;
}

const BACK_MS_MAX = 25_000;
