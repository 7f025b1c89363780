// What can go wrong, done on purpose: each fault does its damage under load, waits until the cluster
// serves again, mends what it broke, and tells what it measured.

import { now } from "../load/load.mjs";
import { isRestless } from "../load/restless.mjs";

/** @import { Outcome, Scene, Trial } from "./trial.mjs" */

/** @type {Trial} */
export const killShard = {
  name: "kill-shard",
  does: "kill -9 of a shard node, and a new one in its place",
  async run({ cluster, load }) {
    const name = await cluster.busiest();
    const at = now();
    const isOver = load.trouble({ what: this.does });
    await cluster.kill(name);
    const ms = await load.served(at, PATIENCE_MS);
    isOver();
    await cluster.begin(name);
    await cluster.isReady(name);
    return { measured: [{ what: "served again", ms, msMax: TAKE_OVER_MS_MAX }] };
  },
};

/** @type {Trial} */
export const freezeShard = {
  name: "freeze-shard",
  does: "SIGSTOP of a shard node past its lease; it wakes up deposed",
  async run({ cluster, load }) {
    const { process } = cluster.node(await cluster.busiest());
    const at = now();
    const isOver = load.trouble({ what: this.does });
    process.signal("SIGSTOP");
    await load.run(SIGNAL_MS);
    const ms = await load.served(at, PATIENCE_MS);
    await load.run(Math.max(0, at + FROZEN_MS - now()));
    process.signal("SIGCONT");
    const awake = now();
    await process.tells("reborn"); // It found itself deposed, and goes on as somebody else.
    const after = await load.served(awake, PATIENCE_MS);
    isOver();
    return {
      measured: [
        { what: "served again", ms, msMax: TAKE_OVER_MS_MAX },
        { what: "served after it woke up", ms: after, msMax: TAKE_OVER_MS_MAX },
      ],
    };
  },
};

/** @type {Trial} */
export const killGateway = {
  name: "kill-gateway",
  does: "kill -9 of a gateway; three of its clients stay away for a while, the others resume elsewhere",
  async run({ cluster, load, chance }) {
    const name = chance.one(cluster.names("gateway")) ?? "";
    const { address } = cluster.node(name);
    const here = load.members.filter((it) => it.isPresent && it.gateway === address);
    const gone = here.filter((it) => !isRestless(it)).slice(0, 3);
    for (const member of gone) member.stayAway();
    const isOver = load.trouble({ what: this.does, gateway: address, how: "killed" });
    const at = now();
    await cluster.kill(name);
    const ms = await load.served(at, PATIENCE_MS);
    const missedMs = await load.missed(gone, PRESENCE_MS_MAX + PATIENCE_MS);
    await cluster.begin(name);
    await cluster.isReady(name);
    isOver();
    for (const member of gone) member.comeBack();
    return {
      measured: [
        { what: "served in every room", ms, msMax: TAKE_OVER_MS_MAX },
        { what: "offline for all watchers", ms: missedMs, msMax: PRESENCE_MS_MAX },
      ],
    };
  },
};

/** @type {Trial} */
export const killBoth = {
  name: "kill-both",
  does: "kill -9 of a gateway and of a shard node at once",
  async run({ cluster, load, chance }) {
    const names = [chance.one(cluster.names("gateway")) ?? "", await cluster.busiest()];
    const gateway = cluster.node(names[0] ?? "").address;
    const areOver = [
      load.trouble({ what: this.does }),
      load.trouble({ what: this.does, gateway, how: "killed" }),
    ];
    const at = now();
    await Promise.all(names.map((name) => cluster.kill(name)));
    const ms = await load.served(at, PATIENCE_MS);
    for (const name of names) {
      await cluster.begin(name);
      await cluster.isReady(name);
    }
    for (const isOver of areOver) isOver();
    return { measured: [{ what: "served again", ms, msMax: TAKE_OVER_MS_MAX }] };
  },
};

/** @type {Trial} */
export const freezeGateway = {
  name: "freeze-gateway",
  does: "SIGSTOP of a gateway past its lease; half of its clients go elsewhere before it wakes up",
  async run({ cluster, load, chance }) {
    const name = chance.one(cluster.names("gateway")) ?? "";
    const { address, process } = cluster.node(name);
    const here = load.members.filter((it) => it.isPresent && it.gateway === address);
    const isOver = load.trouble({ what: this.does, gateway: address, how: "stopped" });
    const at = now();
    process.signal("SIGSTOP");
    await load.run(FROZEN_MS / 2);
    for (const member of here.filter((_, n) => n % 2 === 0)) member.drop();
    await load.run(Math.max(0, at + FROZEN_MS - now()));
    process.signal("SIGCONT");
    const awake = now();
    await process.tells("reborn");
    await cluster.isReady(name);
    const isBack = await load.isEverybodyPresent(PATIENCE_MS);
    isOver();
    const ms = isBack ? now() - awake : Number.POSITIVE_INFINITY;
    return {
      measured: [{ what: "everybody is back after it woke up", ms, msMax: TAKE_OVER_MS_MAX }],
    };
  },
};

/** @type {Trial} */
export const deafen = {
  name: "deafen",
  does: "pub/sub connections killed twice a second, for six seconds",
  async run({ load, redis }) {
    const isOver = load.trouble({ what: this.does });
    for (let times = 0; times < 12; times++) {
      await redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
      await load.run(500);
    }
    const at = now();
    const ms = await load.served(at, PATIENCE_MS);
    isOver();
    return { measured: [{ what: "served again", ms, msMax: SETTLED_MS_MAX }] };
  },
};

/** @type {Trial} */
export const killRedis = {
  name: "kill-redis",
  does: "kill -9 of Redis, started again with its append-only file a second later",
  async run({ load, redis }) {
    const isOver = load.trouble({ what: this.does });
    await redis.kill();
    await load.run(1_000);
    await redis.start();
    const ms = await load.served(now(), PATIENCE_MS);
    isOver();
    return { measured: [{ what: "served again", ms, msMax: SETTLED_MS_MAX }] };
  },
};

/**
 * @param {number} seconds
 * @returns {Trial}
 */
export const pauseRedis = (seconds) => ({
  name: `pause-redis-${seconds}`,
  does: `Redis stands still for ${seconds} s`,
  async run({ load, redis }) {
    const isOver = load.trouble({ what: this.does });
    redis.pause();
    await load.run(seconds * 1_000);
    redis.resume();
    const ms = await load.served(now(), PATIENCE_MS);
    isOver();
    return { measured: [{ what: "served again", ms, msMax: SETTLED_MS_MAX }] };
  },
});

/** @type {Trial} */
export const fillRedis = {
  name: "fill-redis",
  does: "Redis has no memory left for five seconds",
  async run({ load, redis }) {
    const isOver = load.trouble({ what: this.does });
    await redis.ask("CONFIG", "SET", "maxmemory", "1");
    await load.run(5_000);
    await redis.ask("CONFIG", "SET", "maxmemory", "0");
    const ms = await load.served(now(), PATIENCE_MS);
    isOver();
    return { measured: [{ what: "served again", ms, msMax: SETTLED_MS_MAX }] };
  },
};

/** The one that needs no hold on the cluster. @type {Trial & { run(scene: Pick<Scene, "load">): Promise<Outcome> }} */
export const storm = {
  name: "storm",
  does: "every client breaks off at once, and comes back to its session",
  async run({ load }) {
    const at = now();
    for (const member of load.members) if (member.isPresent) member.drop();
    const isBack = await load.isEverybodyPresent(PATIENCE_MS);
    const ms = isBack ? now() - at : Number.POSITIVE_INFINITY;
    return { measured: [{ what: "everybody is back", ms, msMax: SETTLED_MS_MAX }] };
  },
};

/** Only with sentinels: `redis` is the primary. @type {Trial} */
export const failOver = {
  name: "fail-over",
  does: "kill -9 of the primary Redis; its sentinels make a copy of it the primary",
  async run({ load, redis }) {
    const isOver = load.trouble({ what: this.does });
    const at = now();
    await redis.kill();
    const ms = await load.served(at, PATIENCE_MS);
    isOver();
    return { measured: [{ what: "served again", ms, msMax: SETTLED_MS_MAX }] };
  },
};

const TAKE_OVER_MS_MAX = 10_000;
const PRESENCE_MS_MAX = 18_000;
/** Design, section 9: everything is served again 10 s after the last fault. */
const SETTLED_MS_MAX = 10_000;
/** A signal takes a moment to arrive. */
const SIGNAL_MS = 20;
/** A lease is 6 s. */
const FROZEN_MS = 9_000;
const PATIENCE_MS = 15_000;
