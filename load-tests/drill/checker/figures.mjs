// What the journals say in numbers: how much was said and heard, how long answers took, how long a room
// stood still. Measured where it matters, at the clients.
import { due } from "./presence.mjs";
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

  /** How long answers took to what was said in a span, in ms, rising. @param {Span} span */
  answers({ from, to }) {
    const during = this.#said.filter(({ at }) => at >= from && at <= to);
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

  /**
   * How long after a moment the last room was served again: in each, something that was said after it
   * was answered. Infinity: in one of them nothing was.
   * @param {number} moment
   */
  servedAfter(moment) {
    /** @type {Map<string, number>} */
    const first = new Map();
    for (const { room, at, answer } of this.#said) {
      const before = first.get(room) ?? Number.POSITIVE_INFINITY;
      const took = at >= moment && answer?.is === "ok" ? answer.at - moment : before;
      first.set(room, Math.min(before, took));
    }
    return Math.max(0, ...first.values());
  }

  /**
   * How long after it had gone its watchers took a user for offline: of all users whose connection to
   * this gateway ended in a span and who were away for that long.
   * @param {Span} span
   * @param {string} gateway
   */
  offlineAfter({ from, to }, gateway) {
    /** @type {number[]} */
    const took = [];
    for (const { user, spells } of this.#readings) {
      const lost = spells.find((it) => {
        return it.gateway === gateway && it.to !== undefined && it.to >= from && it.to <= to;
      });
      if (lost?.to === undefined) continue;
      const gone = lost.to;
      for (const { told } of this.#readings) {
        const offline = told
          .get(user)
          ?.find(({ at, status }) => at >= gone && status === "offline");
        if (offline !== undefined) took.push(offline.at - gone);
      }
    }
    return took.sort((a, b) => a - b);
  }

  /** How long presence took to be told where it is due within a second: bound and figure are one. */
  get troubleMs() {
    const { troubles, endedAt } = this.#account;
    return due(0, endedAt, { troubles, endedAt }) - endedAt;
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

/** @param {readonly number[]} numbers */
const sum = (numbers) => numbers.reduce((total, it) => total + it, 0);
