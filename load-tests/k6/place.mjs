// Where rooms are played while something is done to the cluster. Here: processes on this machine.
import { scale } from "../drill/cluster/moves.mjs";
import { Chance } from "../drill/load/chance.mjs";
import { openHouse } from "./house.mjs";

/** @import { Move, Scene } from "../drill/cluster/trial.mjs" */

/**
 * One gateway or `areSeveral` that were restarted, in ms of the epoch. `perSecond`: its DRAIN_PER_SECOND.
 * @typedef {{
 *   readonly name: string, readonly areSeveral: boolean,
 *   readonly from: number, readonly to: number, readonly perSecond: number,
 * }} Restarted
 */

/**
 * `isOurs`: on this machine, where it takes less time, and clients may follow its topology. `scale` brings the
 * shard nodes to each of these counts, `restart` restarts all gateways.
 * @typedef {{
 *   readonly url: string,
 *   readonly isOurs: boolean,
 *   readonly scale: (counts: readonly number[]) => Promise<readonly Move[]>,
 *   readonly restart: () => Promise<readonly Restarted[]>,
 *   readonly close: () => Promise<void>,
 * }} Place
 */

/**
 * @param {{ gateways: number, shards: number, perSecond: number }} wanted
 * @returns {Promise<Place>}
 */
export async function onThisMachine({ gateways, shards, perSecond }) {
  const settings = { DRAIN_PER_SECOND: String(perSecond) };
  const { cluster, redis, close } = await openHouse({ gateways, shards, settings });
  return {
    url: cluster.gateways.join(","),
    isOurs: true,
    async scale(counts) {
      // The load is k6's: what the trial asks of the scene beside the cluster is nobody's.
      const scene = /** @type {Scene} */ (
        /** @type {unknown} */ ({ cluster, redis, shards: SHARDS, chance: new Chance(0) })
      );
      const { moves = [] } = await scale(...counts).run(scene);
      return moves.map((move) => ({ ...move, from: epoch(move.from), to: epoch(move.to) }));
    },
    async restart() {
      const restarted = [];
      for (const name of cluster.names("gateway").sort()) {
        const from = Date.now();
        await cluster.end(name);
        await cluster.begin(name);
        await cluster.isReady(name);
        restarted.push({ name, areSeveral: false, from, to: Date.now(), perSecond });
      }
      return restarted;
    },
    close,
  };
}

/** The drill's clock begins with the process. @param {number} at */
const epoch = (at) => performance.timeOrigin + at;

/** K: the default, also of k8s/base. */
export const SHARDS = 64;
