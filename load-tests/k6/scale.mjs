// `npm run load -- scale`: shard nodes go 2 → 5 → 2 under clients who verify. Nothing is lost, no socket
// closes, and no room stands still for long.

import { inWords, isKept, line, measuredIn } from "../drill/verdict.mjs";
import { driven } from "./driven.mjs";
import { SHARDS } from "./place.mjs";

/** @import { DriveOptions, Verdict } from "./driven.mjs" */
/** @import { Figures } from "../drill/checker/figures.mjs" */
/** @import { Move } from "../drill/cluster/trial.mjs" */
/** @import { Told } from "./told.mjs" */

/** @param {DriveOptions} options */
export function scale(options) {
  return driven(options, {
    wanted: { gateways: 2, shards: 2, perSecond: 500 },
    settings: ({ isOurs }) => ({
      CLIENTS: "1000",
      VUS: "10",
      RATE: "0.2",
      BRISK: "10",
      DURATION: isOurs ? "45s" : "70s",
      // Nodes that start take CPU from everybody here: how long rooms stand still is judged below.
      PATIENCE: "4",
    }),
    act: (place) => place.scale([5, 2]),
    judge: scaled,
  });
}

/**
 * @param {readonly Move[]} moves
 * @param {{ told: Told }} heard
 * @returns {Verdict}
 */
export function scaled(moves, { told }) {
  const figures = /** @type {Figures} */ (/** @type {unknown} */ (told));
  // Only who is spoken in often notices how long a room stands still.
  const rooms = told.rooms.filter((room) => room.endsWith(" room 0"));
  const measured = measuredIn(figures, { moves, rooms, shards: SHARDS });
  const needless = moves.flatMap((move) => move.needless).length;
  return {
    told: [...moves.map(lineOf), ...measured.map(line)],
    wrong: [
      ...measured.filter((it) => !isKept(it)).map((it) => `too long: ${line(it)}`),
      ...(measured.length === 0 ? ["no room was moved"] : []),
      ...(needless > 0 ? [`${needless} shards moved needlessly`] : []),
    ],
  };
}

/** @param {Move} move */
function lineOf({ from, to, moved }) {
  return `${moved.size} shards moved within ${inWords(to - from)}`;
}
