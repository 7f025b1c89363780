// What the journals say in numbers: how much was said and heard, how long answers took, how long a room
// stood still. Measured where it matters, at the clients.
import { read } from "./reading.mjs";

/** @import { Account } from "../load/journal.mjs" */
/** @import { Reading } from "./reading.mjs" */

/** @typedef {{ readonly from: number, readonly to: number }} Span */

export class Figures {
  #readings;
  #account;

  /** @param {Account} account */
  constructor(account) {
    this.#account = account;
    this.#readings = account.journals.map(read);
  }

  /** Actions that were answered `ok`. */
  get actions() {
    return this.#said.filter(({ answer }) => answer?.is === "ok").length;
  }

  /** Actions that were refused: said again later, they would have been taken. */
  get refused() {
    return this.#said.filter(({ answer }) => answer !== undefined && answer.is !== "ok").length;
  }

  /** Actions that were cut off from their answer by the end of a connection. */
  get unanswered() {
    return this.#said.filter(({ answer }) => answer === undefined).length;
  }

  /** What members heard in rooms: actions, joins and leaves. */
  get deliveries() {
    return sum(this.#readings.flatMap(({ stays }) => stays.map(({ heard }) => heard.length)));
  }

  /** What watchers were told. */
  get statuses() {
    return sum(this.#readings.flatMap(({ told }) => [...told.values()].map((it) => it.length)));
  }

  get connections() {
    return sum(this.#readings.map(({ spells }) => spells.length));
  }

  /** How often something of this name happened. @param {string} name */
  troublesNamed(name) {
    return this.#account.troubles.filter(({ what }) => what === name).length;
  }

  /** How long answers took to what was said in a span, in ms, rising. @param {Span} span */
  answers({ from, to }) {
    const during = this.#said.filter(({ at }) => at >= from && at <= to);
    const took = during.flatMap(({ at, answer }) => (answer === undefined ? [] : answer.at - at));
    return took.sort((a, b) => a - b);
  }

  /**
   * The same for what was said while nothing was done to the cluster: what this machine takes anyhow.
   * @param {readonly Span[]} busy
   */
  calmAnswers(busy) {
    const troubles = this.#account.troubles.map(({ at, until }) => ({ from: at, to: until }));
    const isCalm = (/** @type {number} */ at) => {
      return [...busy, ...troubles].every(
        ({ from, to }) => at < from - EDGE_MS || at > to + EDGE_MS,
      );
    };
    const during = this.#said.filter(({ at }) => isCalm(at));
    const took = during.flatMap(({ at, answer }) => (answer === undefined ? [] : answer.at - at));
    return took.sort((a, b) => a - b);
  }

  /**
   * By room: the longest wait for an answer to what was said in a span. What is said at the beginning
   * of a stop waits for its end.
   * @param {Span} span
   */
  stops({ from, to }) {
    /** @type {Map<string, number>} */
    const stops = new Map();
    for (const { room, at, answer } of this.#said) {
      if (at < from || at > to || answer?.is !== "ok") continue;
      stops.set(room, Math.max(stops.get(room) ?? 0, answer.at - at));
    }
    return stops;
  }

  get #said() {
    return this.#readings.flatMap(({ asked }) => asked.filter(({ what }) => what === "say"));
  }
}

/**
 * The value that so much of all is not above: 0.5 is the median.
 * @param {readonly number[]} sorted
 * @param {number} share
 */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** So far from what was done. */
const EDGE_MS = 200;

/** @param {readonly number[]} numbers */
const sum = (numbers) => numbers.reduce((total, it) => total + it, 0);
