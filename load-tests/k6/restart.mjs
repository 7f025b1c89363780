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
    // So few a second that the bucket is seen.
    wanted: { gateways: 3, shards: 2, perSecond: 60 },
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
    const bucket = bucketOf(returns.count, span.perSecond);
    return { ...span, ...returns, lastMs, bucket, most: told.mostReturns(within) };
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
        .filter(({ most, bucket }) => most > bucket * SPREAD)
        .map(({ name, most, bucket }) => {
          return `${most} of ${name} came in one second: more than ${bucket}`;
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

/**
 * So many a second may be asked to move: a gateway with more than it can ask within its time has to hurry.
 * @param {number} count
 * @param {number} perSecond DRAIN_PER_SECOND
 */
function bucketOf(count, perSecond) {
  return Math.ceil(Math.max(perSecond, (count * 1_000) / DRAIN_MS));
}

/** As in packages/roundhouse/src/cluster/drain.ts. */
const DRAIN_MS = 15_000;
/** Who was asked within a second comes back within a little more or less than that: seen here, in one. */
const SPREAD = 1.25;
const BACK_MS_MAX = 25_000;
