// A cluster with a load on it: opened for a few trials, judged at their end, and taken down.
import { startRedis } from "@roundhouse/testkit";
import { faultsIn } from "../checker/checker.mjs";
import { Figures } from "../checker/figures.mjs";
import { Chance } from "../load/chance.mjs";
import { LATE, Load } from "../load/load.mjs";
import { Cluster } from "./cluster.mjs";

/** @import { RedisServer } from "@roundhouse/testkit" */
/** @import { Outcome, Scene, Trial } from "./trial.mjs" */

/** One Redis or several: where to reach it, and what to kill. */
/** @typedef {{ readonly url: string, readonly servers: readonly RedisServer[], stop(): Promise<void> }} Store */

/**
 * @typedef {{
 *   readonly seed: number, readonly store?: Store,
 *   readonly gateways?: number, readonly shardNodes?: number,
 *   readonly clients?: number, readonly rooms?: number,
 *   readonly settings?: Readonly<Record<string, string>>,
 * }} StageOptions
 */

/**
 * What is left to say in the end: every broken promise, and the figures.
 * @typedef {{ readonly faults: readonly string[], readonly figures: Figures }} Verdict
 */

export class Stage {
  scene;
  #store;

  /**
   * @param {Scene} scene
   * @param {Store} store
   */
  constructor(scene, store) {
    this.scene = scene;
    this.#store = store;
  }

  /** @param {StageOptions} options */
  static async open(options) {
    const { seed, store, gateways = 2, shardNodes = 3, clients = 80, rooms = 24 } = options;
    const { settings = {} } = options;
    const held = store ?? (await oneRedis());
    const cluster = new Cluster({ redisUrl: held.url, settings });
    const [redis] = held.servers;
    if (redis === undefined) throw new Error("There is no Redis.");
    try {
      await cluster.start({ gateways, shards: shardNodes });
      const load = new Load({ ...LOAD, gateways: cluster.gateways, clients, rooms, seed });
      const stage = new Stage(
        { cluster, load, redis, chance: new Chance(seed), shards: SHARDS },
        held,
      );
      await load.begin();
      return stage;
    } catch (cause) {
      await cluster.stop();
      await held.stop();
      throw cause;
    }
  }

  /**
   * A breath, so that the one before is over, then the trial.
   * @param {Trial} trial
   * @returns {Promise<Outcome>}
   */
  async try(trial) {
    await this.scene.load.run(BREATH_MS);
    return trial.run(this.scene);
  }

  /** As the clients' journals tell it, and as the nodes count it themselves. @returns {Promise<Verdict>} */
  async judge() {
    const { cluster, load } = this.scene;
    const verdict = await judge(load);
    const counts = await cluster.sums("roundhouse_invariant_violations_total", "invariant");
    // Digests may differ after a fault: that is what they are compared for.
    const isHealthy = load.account.troubles.every(
      ({ how, what }) => how === "ended" || what === LATE,
    );
    const counted = [...counts].filter(([name, count]) => {
      return count > 0 && (isHealthy || name !== "presence_true");
    });
    const own = counted.map(
      ([name, count]) => `${name}: broken ${count} times by the nodes' own count`,
    );
    return { ...verdict, faults: [...verdict.faults, ...own] };
  }

  /** How often the cluster mended what got lost on the way, by what showed it. */
  async repairs() {
    const { cluster } = this.scene;
    const holes = await cluster.sums("roundhouse_frame_repairs_total", "cause");
    const causes = await cluster.sums("roundhouse_repairs_total", "cause");
    return new Map([...holes, ...causes].filter(([, count]) => count > 0));
  }

  /** The last lines of every node's log, for whoever wants to know why. */
  logs() {
    return [...this.scene.cluster.nodes.values()].map(({ name, process }) => {
      return `── ${name}\n${process.log.slice(-LOG_CHARS_MAX)}`;
    });
  }

  async close() {
    this.scene.load.end();
    await this.scene.cluster.stop();
    await this.#store.stop();
  }
}

/**
 * Lets a load come to rest, and reads what everybody wrote down.
 * @param {Load} load
 * @returns {Promise<Verdict>}
 */
export async function judge(load) {
  const settledMs = await load.settle(SETTLE_MS_MAX);
  const restless =
    settledMs === undefined ? [`settles: not at rest ${SETTLE_MS_MAX} ms after the end`] : [];
  return { faults: [...restless, ...faultsIn(load.account)], figures: new Figures(load.account) };
}

/** @returns {Promise<Store>} */
async function oneRedis() {
  const redis = await startRedis({ aof: true });
  return { url: redis.url, servers: [redis], stop: () => redis.stop() };
}

/** K: the default. */
const SHARDS = 64;
const LOAD = { name: "drill", seatsEach: 2, sayMs: 60 };
const BREATH_MS = 1_500;
/** Design, section 9. */
const SETTLE_MS_MAX = 10_000;
const LOG_CHARS_MAX = 6_000;
