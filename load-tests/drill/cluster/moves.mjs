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
    /** @type {Move[]} */
    const moves = [];
    for (const count of counts) {
      const names = scene.cluster.names("shard").sort();
      const wanted = Array.from({ length: count }, (_, n) => `shard-${n + 1}`);
      const fewer = names.filter((it) => wanted.includes(it));
      if (fewer.length < names.length) moves.push(await without(scene, names, fewer));
      if (wanted.length > fewer.length) moves.push(await withMore(scene, fewer, wanted));
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
    const [most, fewer] = [names.length, names.length - 1];
    const empty = await moving(scene, [most, fewer], {
      change: () => cluster.tell(asked, "drain", name, "--wait"),
    });
    await cluster.end(name);
    const back = await moving(scene, [fewer, most], {
      prepare: () => cluster.begin(name),
      change: () => cluster.tell(asked, "drain", name, "--undo"),
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
      const others = names.filter((it) => it !== name);
      moves.push(await without(scene, names, others), await withMore(scene, others, names));
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
 * Some shard nodes are ended.
 * @param {Scene} scene
 * @param {readonly string[]} names
 * @param {readonly string[]} fewer
 */
function without(scene, names, fewer) {
  const ended = names.filter((it) => !fewer.includes(it));
  return moving(scene, [names.length, fewer.length], {
    change: () => Promise.all(ended.map((it) => scene.cluster.end(it))),
  });
}

/**
 * Some more are started. What that costs this machine is over before the first shard moves.
 * @param {Scene} scene
 * @param {readonly string[]} names
 * @param {readonly string[]} more
 */
function withMore(scene, names, more) {
  const begun = more.filter((it) => !names.includes(it));
  return moving(scene, [names.length, more.length], {
    prepare: () => Promise.all(begun.map((it) => scene.cluster.begin(it))),
  });
}

/**
 * Makes a change where `was` nodes share the shards, and waits until `count` do.
 * @param {Scene} scene
 * @param {readonly [was: number, count: number]} counts
 * @param {{ prepare?: () => Promise<unknown>, change?: () => Promise<unknown> }} steps
 * @returns {Promise<Move>}
 */
async function moving({ redis, shards }, [was, count], { prepare, change }) {
  const before = await evenOwners(redis, { shards, count: was });
  await prepare?.();
  const from = now();
  await change?.();
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
 * Waits until so many nodes own all shards, in equal shares.
 * @param {RedisServer} redis
 * @param {{ shards: number, count: number }} wanted
 */
async function evenOwners(redis, { shards, count }) {
  const until = now() + PATIENCE_MS;
  for (;;) {
    const owners = await ownersIn(redis, shards);
    const names = [...new Set(owners.values())];
    const held = names.map((name) => [...owners.values()].filter((it) => it === name).length);
    const isEven = Math.max(...held) - Math.min(...held) <= 1;
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
