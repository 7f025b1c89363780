// `npm run drill`: a cluster under load, everything that can go wrong, and a verdict one can read.
import { parseArgs } from "node:util";
import {
  deafen,
  fillRedis,
  freezeGateway,
  freezeShard,
  killBoth,
  killGateway,
  killRedis,
  killShard,
  pauseRedis,
  storm,
} from "./cluster/faults.mjs";
import { drain, restart, scale } from "./cluster/moves.mjs";
import { judge, Stage } from "./cluster/stage.mjs";
import { Load } from "./load/load.mjs";
import { inWords, isKept, line, loadLines, measuredIn } from "./verdict.mjs";

/** @import { Measured, Move, Outcome, Trial } from "./cluster/trial.mjs" */
/** @import { Verdict } from "./cluster/stage.mjs" */

/** @type {readonly Trial[]} */
const trials = [
  killShard,
  killGateway,
  killBoth,
  scale(5, 2, 3),
  drain,
  restart,
  storm,
  deafen,
  freezeShard,
  freezeGateway,
  pauseRedis(3),
  killRedis,
  fillRedis,
  pauseRedis(10),
];

const usage = `npm run drill -- [--clients N] [--seconds N] [--seed N] [--only NAME,NAME] [--url ws://HOST:PORT,…]

Starts a cluster on this machine (Redis with an append-only file, 2 gateways, 3 shard nodes), puts a load
on it, does the following to it, and checks every word that every client wrote down:

${trials.map(({ name, does }) => `  ${name.padEnd(16)}${does}`).join("\n")}

  --clients N   how many (80)
  --seconds N   how long the load runs by itself (10; with --url 30)
  --seed N      replays what the clients try; the drill says it at its beginning
  --only NAMES  these of the above
  --url URLS    the gateways of a cluster of yours instead: the load and the storm, nothing is killed. Users
                and rooms begin with "drill"; it must run with AUTH=open

It ends with 0 if every promise was kept, with 1 if not.`;

/** @typedef {(text: string) => void} Say */

/**
 * @typedef {{
 *   readonly clients: number, readonly seconds: number, readonly seed: number,
 *   readonly only: readonly Trial[], readonly urls: readonly string[],
 * }} Options
 */

/**
 * @param {readonly string[]} words
 * @param {Say} print
 * @returns {Promise<number>} the exit code
 */
export async function drill(words, print) {
  const options = parse(words);
  if (typeof options === "string") {
    print(options);
    return options === usage ? 0 : 2;
  }
  const began = performance.now();
  const say = (/** @type {string} */ text) => {
    const seconds = ((performance.now() - began) / 1_000).toFixed(0).padStart(4);
    print(`${seconds} s  ${text}`);
  };
  return options.urls.length > 0 ? visit(options, say, print) : rehearse(options, say, print);
}

/**
 * On a cluster of our own, with everything that can be done to it.
 * @param {Options} options
 * @param {Say} say
 * @param {Say} print
 */
async function rehearse({ clients, seconds, seed, only }, say, print) {
  say(`seed ${seed}: a Redis with append-only file, 2 gateways, 3 shard nodes, ${clients} clients`);
  const stage = await Stage.open({ seed, clients });
  /** @type {Measured[]} */
  const measured = [];
  /** @type {Move[]} */
  const moves = [];
  /** @type {string[]} */
  const failed = [];
  try {
    say("everybody is there and talks");
    await stage.scene.load.run(seconds * 1_000);
    for (const trial of only) {
      say(`${trial.name}: ${trial.does}`);
      try {
        const outcome = await stage.try(trial);
        for (const it of outcome.measured ?? []) say(`    ${line(it)}`);
        for (const move of outcome.moves ?? []) say(`    ${lineOf(move)}`);
        measured.push(...named(trial, outcome));
        moves.push(...(outcome.moves ?? []));
      } catch (cause) {
        failed.push(`${trial.name}: ${cause instanceof Error ? cause.message : String(cause)}`);
        say("    it did not come through");
        break; // What follows would only tell of the same.
      }
    }
    say("the talk ends; everybody waits for the last word");
    const verdict = await stage.judge();
    const { rooms } = stage.scene.load;
    const late = measuredIn(verdict.figures, { moves, rooms, shards: stage.scene.shards });
    const needless = moves.flatMap((move) => move.needless);
    if (needless.length > 0) failed.push(`moves: ${needless.length} shards moved needlessly`);
    const repairs = await stage.repairs();
    const mended = [...repairs].map(([cause, count]) => `${cause} ${count}`).join(", ");
    print(`\n  mended      ${mended || "nothing was missing"}`);
    return conclude(verdict, { measured: [...measured, ...late], failed, seed }, print);
  } finally {
    await stage.close();
  }
}

/**
 * At somebody else's cluster: the load alone.
 * @param {Options} options
 * @param {Say} say
 * @param {Say} print
 */
async function visit({ clients, seconds, seed, urls }, say, print) {
  say(`seed ${seed}: ${clients} clients come to ${urls.join(", ")}`);
  const name = `drill ${seed}`;
  const load = new Load({
    gateways: urls,
    clients,
    rooms: 24,
    seatsEach: 2,
    sayMs: 60,
    seed,
    name,
  });
  try {
    await load.begin();
    say(`everybody is there and talks for ${seconds} s`);
    await load.run((seconds * 1_000) / 2);
    say(`${storm.name}: ${storm.does}`);
    const { measured = [] } = await storm.run({ load });
    for (const it of measured) say(`    ${line(it)}`);
    await load.run((seconds * 1_000) / 2);
    say("the talk ends; everybody waits for the last word");
    return conclude(
      await judge(load),
      { measured: named(storm, { measured }), failed: [], seed },
      print,
    );
  } finally {
    load.end();
  }
}

/**
 * @param {Verdict} verdict
 * @param {{ measured: readonly Measured[], failed: readonly string[], seed: number }} told
 * @param {Say} print
 */
function conclude({ faults: broken, figures }, { measured, failed, seed }, print) {
  const late = measured.filter((it) => !isKept(it)).map((it) => `too long: ${line(it)}`);
  const wrong = [...failed, ...broken, ...late];
  print("");
  for (const text of loadLines(figures)) print(text);
  for (const it of measured) print(`  ${line(it)}`);
  print("");
  for (const fault of wrong.slice(0, SHOWN_MAX)) print(`  ${fault}`);
  if (wrong.length > SHOWN_MAX) print(`  … and ${wrong.length - SHOWN_MAX} more`);
  print(
    wrong.length === 0
      ? "PASS: nothing lost, nothing doubled, one order for all, presence true, no connection cut."
      : `FAIL: ${wrong.length} promises broken. --seed ${seed} has the clients try the same again.`,
  );
  return wrong.length === 0 ? 0 : 1;
}

/**
 * @param {Trial} trial
 * @param {Outcome} outcome
 */
function named({ name }, { measured = [] }) {
  return measured.map((it) => ({ ...it, what: `${name}: ${it.what}` }));
}

/** @param {Move} move */
function lineOf({ from, to, moved, needless }) {
  const extra = needless.length === 0 ? "none needlessly" : `${needless.length} NEEDLESSLY`;
  return `${moved.size} shards moved within ${inWords(to - from)}, ${extra}`;
}

/**
 * What is to be done, or a text that says what is wrong with the words.
 * @param {readonly string[]} words
 * @returns {Options | string}
 */
function parse(words) {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    if (values.help) return usage;
    const urls = list(values.url);
    const names = list(values.only);
    const unknown = names.filter((name) => !trials.some((it) => it.name === name));
    if (unknown.length > 0) return `There is no ${unknown.join(", ")}.\n\n${usage}`;
    return {
      clients: count(values.clients, 80),
      seconds: count(values.seconds, urls.length > 0 ? 30 : 10),
      seed: count(values.seed, Date.now() % 1_000_000),
      only: names.length === 0 ? trials : trials.filter(({ name }) => names.includes(name)),
      urls,
    };
  } catch (cause) {
    return `${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}`;
  }
}

/** @param {string | undefined} text */
const list = (text) => (text === undefined ? [] : text.split(",").filter((it) => it !== ""));

/**
 * @param {string | undefined} text
 * @param {number} otherwise
 */
function count(text, otherwise) {
  if (text === undefined) return otherwise;
  if (!/^\d{1,7}$/.test(text)) throw new Error(`${text} is not a whole number.`);
  return Number(text);
}

const OPTIONS = /** @type {const} */ ({
  clients: { type: "string" },
  seconds: { type: "string" },
  seed: { type: "string" },
  only: { type: "string" },
  url: { type: "string" },
  help: { type: "boolean", short: "h" },
});
const SHOWN_MAX = 30;
