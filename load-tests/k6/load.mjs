// `npm run load`: what it was asked for, and a cluster to do it to.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openHouse } from "./house.mjs";
import { restart } from "./restart.mjs";
import { runK6 } from "./run.mjs";
import { scale } from "./scale.mjs";

const usage = `npm run load -- SCENARIO [--duration 30s] [--clients N] [--vus N] [--rate N] …

Clients of k6 who verify every word: order, loss, duplicates, presence. It ends with k6's code: 0, or 99 when
something was wrong or too slow. Without --url it starts a cluster of its own: Redis, gateways, shard nodes.

  connect-storm      everybody comes at once, goes, and comes again
  rooms              rooms of ten who speak at a steady rate
  big-room           one room with everybody in it
  presence-storm     everybody watches twenty others who come and go
  reconnect-storm    every connection breaks at once, and resumes
  room-churn         members leave and sit down again while others speak
  mixed-day          a bit of everything

  scale              rooms, while shard nodes go 2 → 5 → 2
  restart            rooms, while gateways are restarted one by one
                     both on a cluster of its own, or with --kubectl and --url on yours

  --duration TIME    how long it lasts: 30s, 5m
  --clients N        how many there are; --vus N over so many engines of k6 (one for 50)
  --rate N           actions a second in each room; --room-size N (10)
  --speaks WHICH     1, 2 or both: versions of turntable
  --patience N       multiplies every bound of time, for a machine that is busy otherwise
  --url URLS         gateways of a cluster of yours: ws://one:8080,ws://two:8080; it runs with AUTH=open and
                     CONNECTIONS_PER_ADDRESS_MAX above --clients. --by-topology follows its /topology
  --kubectl COMMAND  scale and restart act on the cluster at --url by kubectl, in the namespace roundhouse. It is
                     k8s/overlays/dev or like it: a Redis inside, 2 shard nodes to begin with
  --gateways N       of the cluster of its own (2); --shards N: its shard nodes (3)
  --prometheus URL   what k6 counts is written there, too: started with --web.enable-remote-write-receiver`;

/** @typedef {import("../../scripts/k6.mjs").K6} K6 */

/**
 * @typedef {{
 *   readonly findK6: () => K6,
 *   readonly signal: AbortSignal,
 *   readonly print: (line: string) => void,
 * }} Terminal
 */

/** @typedef {NonNullable<ReturnType<typeof parse>["asked"]>} Asked */

/** What can be done to a cluster of its own meanwhile. */
const drives = { scale, restart };
const scenarios = readdirSync(join(import.meta.dirname, "scripts"))
  .filter((name) =>
    /^(connect|presence|reconnect)-storm|^(rooms|big-room|room-churn|mixed-day)\./.test(name),
  )
  .map((name) => name.replace(/\.ts$/, ""));

/**
 * @param {readonly string[]} words
 * @param {Terminal} terminal
 * @returns {Promise<number>} the exit code
 */
export async function load(words, { findK6, signal, print }) {
  const { asked, problem } = parse(words);
  if (asked === undefined) {
    print(problem ?? usage);
    return problem === undefined ? 0 : 2;
  }
  const k6 = findK6();
  if ("why" in k6) {
    print(`There is no load without k6: ${k6.why}`);
    return 1;
  }
  const { scenario } = asked;
  if (scenario === "scale" || scenario === "restart") {
    const { settings, prometheus, kubernetes } = asked;
    return drives[scenario]({ k6: k6.command, settings, prometheus, kubernetes, signal, print });
  }
  const { gateways, shards, url, prometheus, settings } = asked;
  const run = { k6: k6.command, scenario, prometheus, signal };
  if (url !== undefined) return runK6({ ...run, settings: { ...settings, URL: url } });
  print(`A Redis, ${gateways} gateways, ${shards} shard nodes; then ${scenario} …`);
  const house = await openHouse({ gateways, shards });
  try {
    if (signal.aborted) return INTERRUPTED;
    return await runK6({
      ...run,
      settings: { ...settings, URL: house.cluster.gateways.join(",") },
    });
  } finally {
    await house.close();
  }
}

/** @param {readonly string[]} words */
function parse(words) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: OPTIONS,
      allowPositionals: true,
    });
    const [scenario = ""] = positionals;
    if (values.help || words.length === 0) return {};
    if (!scenarios.includes(scenario) && !(scenario in drives)) {
      throw new Error(`There is no scenario "${scenario}".`);
    }
    const kubernetes = kubernetesOf(values, scenario in drives);
    const settings = settingsOf(values);
    return { asked: { ...values, scenario, kubernetes, ...counts(values), settings } };
  } catch (cause) {
    return { problem: `${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}` };
  }
}

/**
 * @param {{ kubectl?: string | undefined, url?: string | undefined }} values
 * @param {boolean} isDriven
 */
function kubernetesOf({ kubectl, url }, isDriven) {
  if (!isDriven) {
    if (kubectl === undefined) return undefined;
    throw new Error("--kubectl is for scale and restart.");
  }
  if (kubectl === undefined && url === undefined) return undefined;
  if (kubectl !== undefined && url !== undefined) return { kubectl, url };
  throw new Error("scale and restart start and end nodes: --url and --kubectl, or neither.");
}

/** @param {{ gateways: string, shards: string }} values */
function counts({ gateways, shards }) {
  const [one = 0, two = 0] = [gateways, shards].map(Number);
  const areCounts = [one, two].every(
    (count) => Number.isInteger(count) && count >= 1 && count <= 20,
  );
  if (!areCounts) throw new Error("--gateways and --shards are numbers of processes, 1 to 20.");
  return { gateways: one, shards: two };
}

/** As the scripts read them. @param {Record<string, string | boolean | undefined>} values */
function settingsOf(values) {
  const names = ["duration", "clients", "vus", "rate", "room-size", "speaks", "patience"];
  const named = names.map((name) => [name.toUpperCase().replace("-", "_"), values[name]]);
  return {
    ...Object.fromEntries(named),
    RUN: `load-${Date.now().toString(36)}`, // Nobody meets those of the run before.
    BY_TOPOLOGY: values["url"] === undefined || values["by-topology"] ? "yes" : "no",
  };
}

const OPTIONS = /** @type {const} */ ({
  duration: { type: "string" },
  clients: { type: "string" },
  vus: { type: "string" },
  rate: { type: "string" },
  "room-size": { type: "string" },
  speaks: { type: "string" },
  patience: { type: "string" },
  url: { type: "string" },
  "by-topology": { type: "boolean" },
  kubectl: { type: "string" },
  gateways: { type: "string", default: "2" },
  shards: { type: "string", default: "3" },
  prometheus: { type: "string" },
  help: { type: "boolean", short: "h" },
});
/** As a shell says it of Ctrl-C. */
const INTERRUPTED = 130;
