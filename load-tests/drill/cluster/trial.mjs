// What a trial is: something done to a cluster under load, and what was measured while it was done.

/** @import { RedisServer } from "@roundhouse/testkit" */
/** @import { Chance } from "../load/chance.mjs" */
/** @import { Load } from "../load/load.mjs" */
/** @import { Cluster } from "./cluster.mjs" */

/**
 * Where trials take place. `shards` is K.
 * @typedef {{
 *   readonly cluster: Cluster, readonly load: Load, readonly chance: Chance,
 *   readonly redis: RedisServer, readonly shards: number,
 * }} Scene
 */

/**
 * One thing measured, in ms, and what it must not exceed.
 * @typedef {{ readonly what: string, readonly ms: number, readonly msMax: number }} Measured
 */

/**
 * A planned change of owners: when, which shards it moved, and which of them between two nodes that
 * both stayed, which none has to.
 * @typedef {{
 *   readonly from: number, readonly to: number,
 *   readonly moved: ReadonlySet<number>, readonly needless: readonly number[],
 * }} Move
 */

/**
 * @typedef {{
 *   readonly measured?: readonly Measured[],
 *   readonly moves?: readonly Move[],
 * }} Outcome
 */

/**
 * @typedef {{
 *   readonly name: string,
 *   readonly does: string,
 *   readonly run: (scene: Scene) => Promise<Outcome>,
 * }} Trial
 */

export {};
