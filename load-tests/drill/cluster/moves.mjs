// What an operator does on purpose, and no client may notice: scale up and down, drain, restart.
import { now } from "../load/load.mjs";

/** @import { RedisServer } from "@roundhouse/testkit" */
/** @import { Move, Scene, Trial } from "./trial.mjs" */

/** @typedef {ReadonlyMap<number, string>} Owners By shard, the node that owns it. */

/**
 * Brings the number of shard nodes to each of these, and waits until each node has its share.
 * @param {readonly number[]} counts
 * @returns {Trial}
 */
export const scale = (...counts) => ({
  name: "scale",
  does: `shard nodes are started and ended until there are ${counts.join(", then ")}`,
  async run(scene) {
    const { cluster } = scene;
    /** @type {Move[]} */
    const moves = [];
    for (const count of counts) {
      const names = cluster.names("shard").sort();
      const wanted = Array.from({ length: count }, (_, n) => `shard-${n + 1}`);
      const ended = names.filter((it) => !wanted.includes(it));
      const begun = wanted.filter((it) => !names.includes(it));
      moves.push(
        await moving(scene, { was: names.length, count }, async () => {
          await Promise.all(ended.map((it) => cluster.end(it)));
          await Promise.all(begun.map((it) => cluster.begin(it)));
        }),
      );
    }
    return { moves };
  },
});

/** @type {Trial} */
export const drain = {
  name: "drain",
  does: "a shard node is drained, ended, started again and given its share back",
  async run(scene) {
    const { cluster, chance } = scene;
    const names = cluster.names("shard");
    const name = chance.one(names) ?? "";
    const asked = cluster.names("gateway")[0] ?? name;
    const empty = await moving(scene, { was: names.length, count: names.length - 1 }, async () => {
      await cluster.tell(asked, "drain", name, "--wait");
    });
    const back = await moving(scene, { was: names.length - 1, count: names.length }, async () => {
      await cluster.end(name);
      await cluster.begin(name);
      await cluster.tell(asked, "drain", name, "--undo");
    });
    return { moves: [empty, back] };
  },
};

/** @type {Trial} */
export const restart = {
  name: "restart",
  does: "every node is ended in good order and started again, one after the other",
  async run(scene) {
    const { cluster, load } = scene;
    /** @type {Move[]} */
    const moves = [];
    const names = cluster.names("shard").sort();
    for (const name of names) {
      moves.push(
        await moving(scene, { was: names.length, count: names.length }, async () => {
          await cluster.end(name);
          await cluster.begin(name);
        }),
      );
    }
    for (const name of cluster.names("gateway").sort()) {
      const gateway = cluster.node(name).address;
      const isOver = load.trouble({ what: `restart of ${name}`, gateway, how: "ended" });
      await cluster.end(name);
      await cluster.begin(name);
      await cluster.isReady(name);
      isOver();
    }
    return { moves };
  },
};

/**
 * Makes a change where `was` nodes share the shards, and waits until `count` do.
 * @param {Scene} scene
 * @param {{ was: number, count: number }} counts
 * @param {() => Promise<void>} change
 * @returns {Promise<Move>}
 */
async function moving({ redis, shards }, { was, count }, change) {
  const before = await evenOwners(redis, { shards, count: was });
  const from = now();
  await change();
  const after = await evenOwners(redis, { shards, count });
  const to = now();
  const stayed = new Set([...before.values()].filter((it) => new Set(after.values()).has(it)));
  const moved = [...after].filter(([shard, owner]) => before.get(shard) !== owner);
  const needless = moved.filter(([shard, owner]) => {
    return stayed.has(owner) && stayed.has(before.get(shard) ?? "");
  });
  const shardsOf = (/** @type {[number, string][]} */ list) => list.map(([shard]) => shard);
  return { from, to, moved: new Set(shardsOf(moved)), needless: shardsOf(needless) };
}

/**
 * Waits until so many nodes own all shards, none more than its share.
 * @param {RedisServer} redis
 * @param {{ shards: number, count: number }} wanted
 */
async function evenOwners(redis, { shards, count }) {
  const until = now() + PATIENCE_MS;
  for (;;) {
    const owners = await ownersIn(redis, shards);
    const names = [...new Set(owners.values())];
    const held = names.map((name) => [...owners.values()].filter((it) => it === name).length);
    const isEven = Math.max(...held) <= Math.ceil(shards / count);
    if (held.length === count && isEven && !names.includes("")) return owners;
    if (now() > until) throw new Error(`Shards are not shared out among ${count}: ${held}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/**
 * @param {RedisServer} redis
 * @param {number} shards
 * @returns {Promise<Owners>}
 */
async function ownersIn(redis, shards) {
  const script = `local owners = {}
    for k = 0, ARGV[1] - 1 do
      owners[k + 1] = redis.call("HGET", "{rh:" .. k .. "}:state", "owner") or ""
    end
    return owners`;
  const owners = await redis.ask("EVAL", script, "0", String(shards));
  return new Map(/** @type {string[]} */ (owners).map((owner, shard) => [shard, owner]));
}

const PATIENCE_MS = 60_000;
const LOOK_MS = 100;
