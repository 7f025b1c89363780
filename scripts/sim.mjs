// `npm run sim`: the whole cluster in one process, seed after seed (packages/simulation/README.md).
import "./node-version.mjs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** @typedef {import("@roundhouse/simulation").Outcome} Outcome */
/** @typedef {import("@roundhouse/simulation").Run} Run */

const USAGE = `npm run sim -- [--seeds N] [--seed X] [--steps N] [--bug NAME] [--verbose]

  --seeds    how many seeds, one after the other (200; 1 with --seed)
  --seed     the first of them (1)
  --steps    deeds in each (300)
  --bug      plants a bug and looks for a seed that finds it; --bug list names them
  --verbose  everything that travels, of one seed`;

/** How much of a failing seed is shown, and of how many. */
const LINES = 60;
const SHOWN_MAX = 3;
/** After so many seeds it says how far it is. */
const EACH = 500;

if (isMainThread) process.exitCode = await main();
else await work();

async function main() {
  const { ready } = await import("./ready.mjs");
  ready();
  const { bugs, isBug } = await import("@roundhouse/simulation");
  const asked = read();
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  if (asked.bug !== undefined && !isBug(asked.bug)) {
    console.log(`Bugs that can be planted:\n${bugs.map((bug) => `  ${bug}`).join("\n")}`);
    return asked.bug === "list" ? 0 : 2;
  }
  return asked.bug === undefined ? search(asked) : hunt(asked);
}

/** All seeds must hold. @param {Asked} asked */
async function search({ first, seeds, ...run }) {
  const begun = performance.now();
  /** @type {import("@roundhouse/simulation").Counts | undefined} */
  let sums;
  let done = 0;
  let failed = 0;
  await inParallel({ first, seeds, ...run }, (outcome) => {
    done++;
    sums = added(outcome.counts, sums);
    if (outcome.broken !== undefined && ++failed <= SHOWN_MAX) show(outcome, run);
    else if (seeds === 1 && run.isVerbose) console.log(outcome.last.join("\n"));
    if (done % EACH === 0 && done < seeds) console.log(`${count(done)} seeds, ${failed} failed`);
    return true;
  });
  const took = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `${count(seeds)} seeds from ${first}, ${count(run.steps)} steps each, in ${took} s: ` +
      `${count(sums?.commits)} commits, ${count(sums?.heard)} frames heard by clients, ` +
      `${count(sums?.nodes)} nodes, ${count(sums?.seconds)} s of their time.`,
  );
  console.log(failed === 0 ? "Every invariant held." : `${count(failed)} seeds failed.`);
  return failed === 0 ? 0 : 1;
}

/** Some seed must find the bug. @param {Asked} asked */
async function hunt({ first, seeds, ...run }) {
  /** @type {Outcome | undefined} */
  let found;
  await inParallel({ first, seeds, ...run }, (outcome) => {
    if (outcome.broken === undefined || found !== undefined) return found === undefined;
    found = outcome;
    show(outcome, run);
    return false;
  });
  if (found === undefined) console.log(`${run.bug} was not found in ${count(seeds)} seeds.`);
  else console.log(`${run.bug} was found.`);
  return found === undefined ? 1 : 0;
}

/**
 * Hands out seeds to threads, one at a time, until there are none or nobody wants more.
 * @param {Asked} asked
 * @param {(outcome: Outcome) => boolean} take answers whether to go on
 */
async function inParallel({ first, seeds, ...run }, take) {
  const end = first + seeds;
  let next = first;
  const threads = Math.min(seeds, availableParallelism());
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: run });
    return new Promise((resolve, reject) => {
      worker.on("message", (/** @type {Outcome | undefined} */ outcome) => {
        if (outcome !== undefined && !take(outcome)) next = end;
        worker.postMessage(next < end ? next++ : undefined);
      });
      worker.on("error", reject);
      worker.on("exit", resolve);
    });
  });
  await Promise.all(workers);
}

/** One thread: asks for a seed, simulates it, tells how it went. */
async function work() {
  const { simulate } = await import("@roundhouse/simulation");
  parentPort?.on("message", (/** @type {number | undefined} */ seed) => {
    if (seed === undefined) parentPort?.close();
    else parentPort?.postMessage(simulate({ .../** @type {Run} */ (workerData), seed }));
  });
  parentPort?.postMessage(undefined);
}

/**
 * @param {Outcome} outcome
 * @param {Omit<Run, "seed">} run
 */
function show({ seed, broken, last, hash }, { steps, bug, isVerbose }) {
  const lines = isVerbose ? last : last.slice(-LINES);
  console.log(lines.join("\n"));
  console.log(`\nSeed ${seed} broke ${broken?.invariant}: ${broken?.what}`);
  const planted = bug === undefined ? "" : ` --bug ${bug}`;
  console.log(`Again (${hash}): npm run sim -- --seed ${seed} --steps ${steps}${planted}\n`);
}

/** @typedef {Omit<Run, "seed"> & { readonly first: number, readonly seeds: number }} Asked */
/** @returns {Asked | undefined} */
function read() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: "string" },
        seed: { type: "string" },
        steps: { type: "string" },
        bug: { type: "string" },
        verbose: { type: "boolean" },
      },
    });
    const first = whole(values.seed ?? "1");
    const seeds = whole(values.seeds ?? (values.seed === undefined ? "200" : "1"));
    const steps = whole(values.steps ?? "300");
    const bug = /** @type {Run["bug"]} */ (values.bug);
    return { first, seeds, steps, bug, isVerbose: values.verbose === true && seeds === 1 };
  } catch (cause) {
    console.error(`${/** @type {Error} */ (cause).message}\n`);
    return undefined;
  }
}

/** @param {string} text */
function whole(text) {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`${text} is not a whole number`);
}

/** @param {number | undefined} number */
function count(number = 0) {
  return Math.round(number).toLocaleString("en");
}

/**
 * What is counted is the simulation's business: whatever it is, the runs of all seeds together.
 * @template {Readonly<Record<string, number>>} Counts
 * @param {Counts} counts
 * @param {Counts | undefined} sums
 */
function added(counts, sums) {
  const both = Object.entries(counts).map(([name, number]) => [name, number + (sums?.[name] ?? 0)]);
  return /** @type {Counts} */ (Object.fromEntries(both));
}
