// The rooms scenario on a cluster of its own, or on one in Kubernetes, while something is done to that cluster.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectlOf, onKubernetes } from "./kubernetes.mjs";
import { onThisMachine, SHARDS } from "./place.mjs";
import { runK6 } from "./run.mjs";
import { told } from "./told.mjs";

/** @import { Place } from "./place.mjs" */
/** @import { Told } from "./told.mjs" */

/**
 * `kubernetes`: a cluster there, in place of one of its own.
 * @typedef {{
 *   readonly k6: string,
 *   readonly kubernetes?: { readonly kubectl: string, readonly url: string } | undefined,
 *   readonly prometheus?: string | undefined,
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
 *   readonly wanted: Parameters<typeof onThisMachine>[0],
 *   readonly settings: (place: Place) => Readonly<Record<string, string>>,
 *   readonly act: (place: Place) => Promise<Done>,
 *   readonly judge: (done: Done, heard: { told: Told, counted: Counted }) => Verdict,
 * }} drive
 * @returns {Promise<number>} the exit code
 */
export async function driven(
  { k6, kubernetes, prometheus, settings, signal, print },
  { wanted, act, judge, ...drive },
) {
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-load-"));
  const [console, summary] = [join(folder, "told.log"), join(folder, "summary.json")];
  const place = await opened({ kubernetes, wanted, print });
  try {
    const asked = Object.entries(settings).filter(([, value]) => value !== undefined);
    const ran = runK6({
      k6,
      scenario: "rooms",
      console,
      prometheus,
      signal,
      settings: {
        ...drive.settings(place),
        ...Object.fromEntries(asked),
        URL: place.url,
        TELL: "yes",
        SUMMARY: summary,
      },
    });
    const over = new AbortController();
    const end = () => over.abort();
    ran.then(end, end);
    const acted = begun(console, over.signal).then(async () => {
      if (over.signal.aborted) return undefined;
      print("Everybody sits and talks.");
      const done = await act(place);
      return { done, at: Date.now() };
    });
    const [exit, outcome] = await Promise.all([ran, acted]);
    // Interrupted, or nobody ever got to talk.
    if (outcome === undefined) return exit || 1;
    const heard = told(console);
    const lastSaid = Math.max(0, ...heard.answers.map(({ at }) => at));
    const late = outcome.at > lastSaid ? ["the talk was over before all was done: --duration"] : [];
    const verdict = judge(outcome.done, { told: heard, counted: counter(summary) });
    for (const line of verdict.told) print(`  ${line}`);
    const wrong = [...verdict.wrong, ...late];
    for (const line of wrong) print(`  WRONG: ${line}`);
    return exit === 0 && wrong.length > 0 ? 1 : exit;
  } finally {
    await place.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Pick<DriveOptions, "kubernetes" | "print"> & { wanted: Parameters<typeof onThisMachine>[0] }} options
 * @returns {Promise<Place>}
 */
async function opened({ kubernetes, wanted, print }) {
  if (kubernetes === undefined) {
    print(`A Redis, ${wanted.gateways} gateways, ${wanted.shards} shard nodes …`);
    return onThisMachine(wanted);
  }
  const kubectl = kubectlOf(kubernetes.kubectl);
  return onKubernetes({ kubectl, url: kubernetes.url, shards: SHARDS, print });
}

/** Once rooms have been talked in for a while: who came last has sat down then. */
async function begun(/** @type {string} */ console, /** @type {AbortSignal} */ over) {
  while (!over.aborted) {
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
