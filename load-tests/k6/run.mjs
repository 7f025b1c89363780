// One run of k6: a scenario, what it is told by its environment, and its exit code.
import { spawn } from "node:child_process";
import { join } from "node:path";

/**
 * `settings` without their prefix, as scripts/settings.ts reads them. `prometheus`: what k6 counts is
 * written there, too. `console`: the file for what scripts print.
 * @typedef {{
 *   readonly k6: string,
 *   readonly scenario: string,
 *   readonly settings: Readonly<Record<string, string | undefined>>,
 *   readonly prometheus?: string | undefined,
 *   readonly console?: string | undefined,
 *   readonly signal?: AbortSignal | undefined,
 *   readonly print?: ((text: string) => void) | undefined,
 * }} RunOptions
 */

/** What must be kept and was not: k6's own code for it. */
export const CROSSED = 99;

/**
 * Resolves with k6's exit code: 0, 99 when a threshold was crossed, 105 when it was interrupted.
 * @param {RunOptions} options
 * @returns {Promise<number>}
 */
export function runK6({ k6, scenario, settings, prometheus, console, signal, print }) {
  const out = prometheus === undefined ? [] : ["--out", "experimental-prometheus-rw"];
  const to = console === undefined ? [] : ["--console-output", console];
  const script = join(import.meta.dirname, "scripts", `${scenario}.ts`);
  // Without its own HTTP API, which would want a port that every k6 wants.
  const words = ["run", "--quiet", "--address", "", ...to, ...out, script];
  const child = spawn(k6, words, {
    env: { ...process.env, ...QUIET, ...writing(prometheus), ...named(settings) },
    stdio: ["ignore", print === undefined ? "inherit" : "pipe", print ? "pipe" : "inherit"],
    detached: true, // Ctrl-C is ours: k6 is told once, and has time to say goodbye.
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (/** @type {string} */ text) => print?.(text));
  }
  const end = () => child.kill("SIGINT");
  const kill = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", end, { once: true });
  process.once("exit", kill);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      signal?.removeEventListener("abort", end);
      process.removeListener("exit", kill);
      resolve(code ?? 1);
    });
  });
}

/** @param {string | undefined} prometheus */
function writing(prometheus) {
  if (prometheus === undefined) return {};
  return {
    K6_PROMETHEUS_RW_SERVER_URL: `${prometheus.replace(/\/$/, "")}/api/v1/write`,
    K6_PROMETHEUS_RW_TREND_STATS: "p(50),p(99),max",
    K6_PROMETHEUS_RW_PUSH_INTERVAL: "2s",
    K6_PROMETHEUS_RW_STALE_MARKERS: "true",
  };
}

/** @param {Readonly<Record<string, string | undefined>>} settings */
function named(settings) {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      return value === undefined ? [] : [[`ROUNDHOUSE_${name}`, value]];
    }),
  );
}

const QUIET = { K6_AUTO_EXTENSION_RESOLUTION: "false", K6_NO_USAGE_REPORT: "true" };
