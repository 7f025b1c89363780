// `npm run load -- scale`: shard nodes go 2 → 5 → 2 under clients who verify. Nothing is lost, no socket
// closes, and no room stands still for long.

import { scale as scaling } from "../drill/cluster/moves.mjs";
import { Chance } from "../drill/load/chance.mjs";
import { inWords, isKept, line, measuredIn } from "../drill/verdict.mjs";
import { driven } from "./driven.mjs";

/** @import { DriveOptions } from "./driven.mjs" */
/** @import { Figures } from "../drill/checker/figures.mjs" */
/** @import { Move, Scene } from "../drill/cluster/trial.mjs" */

/** @param {DriveOptions} options */
export function scale(options) {
  return driven(options, {
    house: { gateways: 2, shards: 2 },
    settings: {
      CLIENTS: "1000",
      VUS: "10",
      RATE: "0.2",
      BRISK: "10",
      DURATION: "45s",
      // Nodes that start take CPU from everybody here: how long rooms stand still is judged below.
      PATIENCE: "4",
    },
    async act({ cluster, redis }) {
      // The load is k6's: what the trial asks of the scene beside the cluster is nobody's.
      const scene = /** @type {Scene} */ (
        /** @type {unknown} */ ({ cluster, redis, shards: SHARDS, chance: new Chance(0) })
      );
      const { moves = [] } = await scaling(5, 2).run(scene);
      return moves.map((move) => ({ ...move, from: epoch(move.from), to: epoch(move.to) }));
    },
    judge(moves, { told }) {
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
    },
  });
}

/** @param {Move} move */
function lineOf({ from, to, moved }) {
  return `${moved.size} shards moved within ${inWords(to - from)}`;
}

/** The drill's clock begins with the process. @param {number} at */
const epoch = (at) => performance.timeOrigin + at;

/** K: the default. */
const SHARDS = 64;
