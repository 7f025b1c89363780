// One node of the cluster under test: a process of its own, as a user starts it, on free ports.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** @typedef {{ readonly code: number | null, readonly signal: NodeJS.Signals | null }} Exit */

const command = fileURLToPath(
  new URL("../../../packages/roundhouse/bin/roundhouse.js", import.meta.url),
);

/** A run of the command: of a node, or of one that ends by itself. */
export class Process {
  /** What it said on standard output; of the log only the last part is kept. */
  out = "";
  log = "";
  /** @type {Exit | undefined} */
  exit;
  /** Resolves when it has ended, and all that it said was heard. @type {Promise<Exit>} */
  ended;
  words;
  #child;

  /**
   * @param {readonly string[]} words
   * @param {Readonly<Record<string, string>>} settings
   */
  constructor(words, settings) {
    this.words = words;
    // Nothing of the tester's own environment: a setting there would change what is tested.
    const env = { PATH: process.env["PATH"], ...settings };
    const child = spawn(process.execPath, [command, ...words], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      this.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      this.log = (this.log + text).slice(-LOG_CHARS_MAX);
    });
    this.ended = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        this.exit = { code, signal };
        running.delete(this);
        resolve(this.exit);
      });
    });
    running.add(this);
  }

  get pid() {
    return this.#child.pid ?? 0;
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    this.#child.kill(signal);
  }

  /** The port that it named behind a word. @param {string} label */
  portBehind(label) {
    const port = new RegExp(`${label}\\s+http://\\S+?:(\\d+)/`).exec(this.out)?.[1];
    return port === undefined ? undefined : Number(port);
  }

  /** Resolves once it says that it is up. */
  async isUp() {
    const until = performance.now() + START_MS;
    while (!this.out.includes("Ctrl-C")) {
      const isLate = performance.now() > until;
      if (this.exit !== undefined || isLate) {
        const how = isLate ? "did not come up" : `ended with ${JSON.stringify(this.exit)}`;
        throw new Error(`roundhouse ${this.words.join(" ")} ${how}: ${this.out}${this.log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Resolves once its log tells of an event, and fails if it does not. @param {string} event */
  async tells(event) {
    const until = performance.now() + TELL_MS;
    while (!this.log.includes(`"event":"${event}"`)) {
      if (performance.now() > until) {
        throw new Error(`roundhouse ${this.words.join(" ")} did not say "${event}": ${this.log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Ends it in good order. @returns {Promise<Exit>} */
  async stop() {
    if (this.exit === undefined) this.signal("SIGTERM");
    const isLate = new Promise((resolve) => {
      setTimeout(resolve, STOP_MS).unref();
    });
    const exit = await Promise.race([this.ended, isLate.then(() => undefined)]);
    if (exit !== undefined) return exit;
    this.signal("SIGKILL");
    await this.ended;
    throw new Error(`roundhouse ${this.words.join(" ")} did not end: ${this.log}`);
  }
}

/** Whatever was started ends with us, however we end. @type {Set<Process>} */
const running = new Set();
process.once("exit", () => {
  for (const it of running) it.signal("SIGKILL");
});

const START_MS = 20_000;
const TELL_MS = 5_000;
const STOP_MS = 30_000;
const LOOK_MS = 10;
const LOG_CHARS_MAX = 200_000;
