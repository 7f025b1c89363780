// The rooms scenario on a cluster of its own, while something is done to that cluster.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHouse } from "./house.mjs";
import { runK6 } from "./run.mjs";
import { told } from "./told.mjs";

/** @import { House } from "./house.mjs" */
/** @import { Told } from "./told.mjs" */

/**
 * @typedef {{
 *   readonly k6: string,
 *   readonly settings: Readonly<Record<string, string | undefined>>,
 *   readonly signal: AbortSignal,
 *   readonly print: (line: string) => void,
 * }} DriveOptions
 */

/** What k6 counted, by name without its prefix. */
/** @typedef {(name: string) => number} Counted */

/** What came of it, in sentences; those that must not be are wrong. */
/** @typedef {{ readonly told: readonly string[], readonly wrong: readonly string[] }} Verdict */

/**
 * `act` is done when everybody has sat and talked for a while; `judge` reads what was told after all is over.
 * @template Done
 * @param {DriveOptions} options
 * @param {{
 *   readonly house: Parameters<typeof openHouse>[0],
 *   readonly settings: Readonly<Record<string, string>>,
 *   readonly act: (house: House) => Promise<Done>,
 *   readonly judge: (done: Done, heard: { told: Told, counted: Counted }) => Verdict,
 * }} drive
 * @returns {Promise<number>} the exit code
 */
export async function driven(
  { k6, settings, signal, print },
  { house: wanted, act, judge, ...drive },
) {
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-load-"));
  const [console, summary] = [join(folder, "told.log"), join(folder, "summary.json")];
  print(`A Redis, ${wanted.gateways} gateways, ${wanted.shards} shard nodes …`);
  const house = await openHouse(wanted);
  try {
    const asked = Object.entries(settings).filter(([, value]) => value !== undefined);
    const ran = runK6({
      k6,
      scenario: "rooms",
      console,
      signal,
      settings: {
        ...drive.settings,
        ...Object.fromEntries(asked),
        URL: house.cluster.gateways.join(","),
        TELL: "yes",
        SUMMARY: summary,
      },
    });
    const acted = begun(console, signal).then(async () => {
      if (signal.aborted) return undefined;
      print("Everybody sits and talks.");
      const done = await act(house);
      return { done, at: Date.now() };
    });
    const [exit, outcome] = await Promise.all([ran, acted]);
    if (outcome === undefined) return exit;
    const heard = told(console);
    const lastSaid = Math.max(0, ...heard.answers.map(({ at }) => at));
    const late = outcome.at > lastSaid ? ["the talk was over before all was done: --duration"] : [];
    const verdict = judge(outcome.done, { told: heard, counted: counter(summary) });
    for (const line of verdict.told) print(`  ${line}`);
    const wrong = [...verdict.wrong, ...late];
    for (const line of wrong) print(`  WRONG: ${line}`);
    return exit === 0 && wrong.length > 0 ? 1 : exit;
  } finally {
    await house.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Once rooms have been talked in for a while: who came last has sat down then. */
async function begun(/** @type {string} */ console, /** @type {AbortSignal} */ signal) {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const [first] = told(console).answers;
    if (first !== undefined && Date.now() - first.at > CALM_MS) return;
  }
}

/** @param {string} file @returns {Counted} */
function counter(file) {
  const { metrics } = JSON.parse(readFileSync(file, "utf8"));
  return (name) => metrics[`roundhouse_${name}`]?.values.count ?? 0;
}

const LOOK_MS = 500;
const CALM_MS = 8_000;
