// A cluster on Kubernetes, to which is done what its operator would type. It has the names of k8s/base, and
// a Redis inside (k8s/components/redis), which is asked who owns what.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** @import { Move } from "../drill/cluster/trial.mjs" */
/** @import { Place } from "./place.mjs" */

/** Runs kubectl with these words and resolves with what it printed. @typedef {(...words: string[]) => Promise<string>} Kubectl */

/**
 * @param {{ kubectl: Kubectl, url: string, shards: number, print: (line: string) => void, lookMs?: number }} options
 * @returns {Place}
 */
export function onKubernetes({ kubectl, url, shards, print, lookMs = LOOK_MS }) {
  const rolled = (/** @type {string} */ name) => {
    return kubectl("rollout", "status", name, `--timeout=${PATIENCE_MS / 1_000}s`);
  };
  const owners = async () => {
    const script = ownersScript(shards);
    const words = ["exec", "roundhouse-redis-0", "--", "redis-cli", "eval", script, "0"];
    return (await kubectl(...words)).trim().split(",");
  };
  return {
    url,
    isOurs: false,
    async scale(counts) {
      /** @type {Move[]} */
      const moves = [];
      for (const count of counts) {
        const before = await owners();
        const was = new Set(before).size;
        if (!isEven(before, was))
          throw new Error("Shards are not shared out evenly to begin with.");
        const said = await kubectl("scale", STATEFUL_SET, `--replicas=${count}`);
        print(said.trim());
        moves.push(await moving({ owners, before, count, lookMs }));
        await rolled(STATEFUL_SET);
      }
      return moves;
    },
    async restart() {
      // Each change of the settings gives the map another name.
      const settings = await kubectl("get", DEPLOYMENT, "-o", SETTINGS_PATH);
      const perSecond = Number(await kubectl("get", `configmap/${settings}`, "-o", DRAIN_PATH));
      if (!(perSecond > 0)) throw new Error(`configmap/${settings} has no DRAIN_PER_SECOND.`);
      const from = Date.now();
      print((await kubectl("rollout", "restart", DEPLOYMENT)).trim());
      await rolled(DEPLOYMENT);
      return [{ name: "all gateways", areSeveral: true, from, to: Date.now(), perSecond }];
    },
    close: async () => undefined,
  };
}

/**
 * kubectl as a command, perhaps with options: for the namespace of k8s/base, unless they name another.
 * @param {string} command
 * @returns {Kubectl}
 */
export function kubectlOf(command) {
  const [program = "kubectl", ...options] = command.split(/\s+/);
  const isNamed = options.some((it) => /^(-n|--namespace)\b/.test(it));
  const space = isNamed ? [] : ["-n", "roundhouse"];
  return async (...words) => {
    const { stdout } = await promisify(execFile)(program, [...options, ...space, ...words]);
    return stdout;
  };
}

/**
 * Waits until so many nodes own all shards in equal shares. It begins when the first shard has moved: pods take
 * their time to start, and to end, in which rooms are played on.
 * @param {{ owners: () => Promise<readonly string[]>, before: readonly string[], count: number, lookMs: number }} wanted
 * @returns {Promise<Move>}
 */
async function moving({ owners, before, count, lookMs }) {
  const until = Date.now() + PATIENCE_MS;
  let from = 0;
  for (let seenAt = Date.now(); ; ) {
    const askedAt = Date.now();
    const after = await owners();
    // It moved between two looks, and whoever spoke just before that waited.
    if (from === 0 && after.join() !== before.join()) from = seenAt - EDGE_MS;
    if (isEven(after, count))
      return { from: from || seenAt, to: Date.now(), ...moved(before, after) };
    if (askedAt > until) throw new Error(`Shards are not shared out among ${count}: ${after}`);
    seenAt = askedAt;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/**
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 */
function moved(before, after) {
  const shards = after.flatMap((owner, shard) => (owner === before[shard] ? [] : [shard]));
  const stayed = new Set(before.filter((it) => after.includes(it)));
  const needless = shards.filter((shard) => {
    return stayed.has(before[shard] ?? "") && stayed.has(after[shard] ?? "");
  });
  return { moved: new Set(shards), needless };
}

/**
 * @param {readonly string[]} owners
 * @param {number} count
 */
function isEven(owners, count) {
  const names = [...new Set(owners)];
  const held = names.map((name) => owners.filter((it) => it === name).length);
  return (
    names.length === count && !names.includes("") && Math.max(...held) - Math.min(...held) <= 1
  );
}

/** @param {number} shards */
const ownersScript = (shards) => `local owners = {}
  for k = 0, ${shards - 1} do
    owners[k + 1] = redis.call("HGET", "{rh:" .. k .. "}:state", "owner") or ""
  end
  return table.concat(owners, ",")`;

const STATEFUL_SET = "statefulset/roundhouse-shard";
const DEPLOYMENT = "deployment/roundhouse-gateway";
const SETTINGS_PATH = "jsonpath={.spec.template.spec.containers[0].envFrom[0].configMapRef.name}";
const DRAIN_PATH = "jsonpath={.data.DRAIN_PER_SECOND}";
const PATIENCE_MS = 300_000;
const LOOK_MS = 100;
const EDGE_MS = 200;
