// `npm run load -- restart`: gateways are restarted one by one under clients who verify. Everybody is back
// soon and with the session, and they come no faster than the bucket lets them.
import { inWords } from "../drill/verdict.mjs";
import { driven } from "./driven.mjs";

/** @import { DriveOptions } from "./driven.mjs" */

/** @param {DriveOptions} options */
export function restart(options) {
  return driven(options, {
    house: { gateways: 3, shards: 2, settings: { DRAIN_PER_SECOND: String(PER_SECOND_MAX) } },
    settings: {
      CLIENTS: "1000",
      VUS: "10",
      RATE: "0.3",
      DURATION: "75s",
      MAY_CLOSE: "yes",
      PATIENCE: "4", // As with scale.
    },
    async act({ cluster }) {
      const spans = [];
      for (const name of cluster.names("gateway").sort()) {
        const from = Date.now();
        await cluster.end(name);
        await cluster.begin(name);
        await cluster.isReady(name);
        spans.push({ name, from, to: Date.now() });
      }
      return spans;
    },
    judge(spans, { told, counted }) {
      const each = spans.map((span, index) => {
        // The last of one may come back when the next has begun to ask: not before its first.
        const until = spans[index + 1]?.from ?? span.to + BACK_MS_MAX;
        const within = { from: span.from, to: until };
        return { ...span, ...told.returnsIn(within), most: told.mostReturns(within) };
      });
      const [closed, resumed] = [counted("closed"), counted("resumed")];
      return {
        told: [
          ...each.map(({ name, count, lastAfterMs, p99Ms, most }) => {
            const perSecond = Math.round((count * 1_000) / lastAfterMs);
            return `${name}: ${count} moved, the last back ${inWords(lastAfterMs)} after SIGTERM, away for p99 ${inWords(p99Ms)}; ${perSecond} a second, at most ${most} in one`;
          }),
          `${closed} sockets closed, ${resumed} sessions resumed`,
        ],
        wrong: [
          ...each.filter(({ count }) => count === 0).map(({ name }) => `nobody left ${name}`),
          ...each
            .filter(({ lastAfterMs }) => lastAfterMs > BACK_MS_MAX)
            .map(({ name }) => `not everybody of ${name} was back within 25 s`),
          ...each
            .filter(({ most }) => most > PER_SECOND_MAX)
            .map(({ name, most }) => {
              return `${most} of ${name} came in one second: more than ${PER_SECOND_MAX}`;
            }),
          ...(resumed < closed ? [`${closed - resumed} did not get their session back`] : []),
        ],
      };
    },
  });
}

/** DRAIN_PER_SECOND: slow enough to be seen, and enough for a gateway that has all clients when it ends. */
const PER_SECOND_MAX = 80;
const BACK_MS_MAX = 25_000;
