// What clients of a run told of single answers and returns, with their times: for a driver that knows what
// it did to the cluster at that time. The scripts do so with TELL=yes.
import { existsSync, readFileSync } from "node:fs";
import { quantile } from "../drill/checker/figures.mjs";

/** @typedef {{ readonly from: number, readonly to: number }} Span in ms of the epoch */
/** @typedef {{ readonly at: number, readonly ms: number, readonly room: string }} Answer */

export class Told {
  /** What was said in rooms: when, and how long until it was heard. @type {readonly Answer[]} */
  answers;
  /** When somebody had the session back, and how long that took. @type {readonly { at: number, ms: number }[]} */
  returns;

  /** @param {string} text what k6 wrote by --console-output */
  constructor(text) {
    const lines = [...text.matchAll(LINE)].map(([, what, at, ms, room]) => {
      return { what, at: Number(at), ms: Number(ms), room: room ?? "" };
    });
    this.answers = lines.filter(({ what }) => what === "answer");
    this.returns = lines.filter(({ what }) => what === "back");
  }

  get rooms() {
    return [...new Set(this.answers.map(({ room }) => room))];
  }

  /**
   * How long answers took while nothing was done to the cluster, rising.
   * @param {readonly Span[]} busy
   */
  calmAnswers(busy) {
    const isCalm = (/** @type {number} */ at) => {
      return busy.every(({ from, to }) => at < from - EDGE_MS || at > to + EDGE_MS);
    };
    const calm = this.answers.filter(({ at }) => isCalm(at));
    return calm.map(({ ms }) => ms).sort((a, b) => a - b);
  }

  /** By room: the longest wait for an answer to what was said in a span. @param {Span} span */
  stops({ from, to }) {
    /** @type {Map<string, number>} */
    const stops = new Map();
    for (const { room, at, ms } of this.answers) {
      if (at >= from && at <= to) stops.set(room, Math.max(stops.get(room) ?? 0, ms));
    }
    return stops;
  }

  /** The most that came back within any second. @param {Span} span */
  mostReturns(span) {
    const times = this.#returnsIn(span).map(({ at }) => at);
    times.sort((a, b) => a - b);
    let most = 0;
    let first = 0;
    for (const [index, at] of times.entries()) {
      while (at - (times[first] ?? at) >= 1_000) first++;
      most = Math.max(most, index - first + 1);
    }
    return most;
  }

  /** How many came back, when the last of them did, and how long they were without. @param {Span} span */
  returnsIn(span) {
    const returns = this.#returnsIn(span);
    const took = returns.map(({ ms }) => ms).sort((a, b) => a - b);
    const lastAt = Math.max(span.from, ...returns.map(({ at }) => at));
    return {
      count: returns.length,
      lastAfterMs: lastAt - span.from,
      p99Ms: quantile(took, 0.99),
      longestMs: took.at(-1) ?? 0,
    };
  }

  /** @param {Span} span */
  #returnsIn({ from, to }) {
    return this.returns.filter(({ at }) => at >= from && at <= to);
  }
}

/** What was told so far. @param {string} file */
export function told(file) {
  return new Told(existsSync(file) ? readFileSync(file, "utf8") : "");
}

const LINE = /msg="(answer|back) ([\d.]+) ([\d.]+)(?: ([^"]*))?"/g;
const EDGE_MS = 200;
