// What must hold of presence and of connections: nobody is taken for gone who is there, whoever is gone
// is so for everybody within the bound, nobody is told the same twice, and no connection ends but by
// the fault that ended its gateway.

/** @import { Reading, Spell, Told } from "./reading.mjs" */
/** @import { Trouble } from "../load/journal.mjs" */

/**
 * A time without a connection, and how it began.
 * @typedef {{
 *   readonly from: number, readonly to: number,
 *   readonly cause: "goodbye" | "drop" | "killed" | "stopped" | "ended" | "not yet" | "unknown",
 * }} Absence
 */

/** @typedef {{ readonly troubles: readonly Trouble[], readonly endedAt: number }} Frame */

/**
 * @param {readonly Reading[]} readings
 * @param {Frame} frame
 * @returns {readonly string[]}
 */
export function faultsOfPresence(readings, frame) {
  const byUser = new Map(readings.map((reading) => [reading.user, reading]));
  const absences = new Map(readings.map((it) => [it.user, absencesOf(it, frame)]));
  return readings.flatMap((watcher) => {
    return [...watcher.watched].flatMap((user) => {
      const watched = byUser.get(user);
      if (watched === undefined) return []; // Nobody of ours.
      const told = watcher.told.get(user) ?? [];
      const watch = { watcher, watched, told, absences: absences.get(user) ?? [], frame };
      return [
        ...faultsOfTransitions(watch),
        ...faultsOfOfflines(watch),
        ...faultsOfDelays(watch),
        ...faultsOfEnd(watch),
      ];
    });
  });
}

/** @typedef {{
 *   readonly watcher: Reading, readonly watched: Reading, readonly told: readonly Told[],
 *   readonly absences: readonly Absence[], readonly frame: Frame,
 * }} Watch */

/** @param {Watch} watch */
function faultsOfTransitions({ watcher, watched, told }) {
  /** @type {string[]} */
  const faults = [];
  for (const [index, { status, isAnswer }] of told.entries()) {
    if (!isAnswer && status === told[index - 1]?.status) {
      faults.push(`real_transitions: ${watcher.user} was told twice: ${watched.user} is ${status}`);
    }
  }
  const hasLeft = watched.asked.some(({ what }) => what === "leave") || watched.goodbyes.size > 0;
  const busyAt = told.findIndex(({ status }) => status === "busy");
  const isShrunk = busyAt >= 0 && told.slice(busyAt).some(({ status }) => status === "online");
  if (!hasLeft && isShrunk) {
    const { user } = watched;
    faults.push(`presence_true: ${watcher.user} was told ${user} plays no more, who never left`);
  }
  return faults;
}

/**
 * Each `offline` has an absence of its own to tell of, which is not long past. An absence after a
 * gateway's death is told of only if it outlives the gateway's lease.
 * @param {Watch} watch
 */
function faultsOfOfflines({ watcher, watched, told, absences, frame }) {
  /** @type {string[]} */
  const faults = [];
  let last = 0;
  let next = 0;
  for (const { at, status } of told) {
    if (status !== "offline") {
      next = Math.max(next, last + 1); // It came back: what was before is over.
      continue;
    }
    const index = absences.findIndex((it, place) => {
      const latest = due(it.to, BOUND_MS[it.cause], frame);
      return place >= next && it.from <= at && at <= latest && !isTooShort(it);
    });
    if (index >= 0) last = index;
    else {
      const when = `at ${Math.round(at)}`;
      faults.push(`presence_true: ${watcher.user} took ${watched.user} for offline ${when}`);
    }
  }
  return faults;
}

/**
 * Whoever is away for longer than the bound is offline for every watcher then.
 * @param {Watch} watch
 */
function faultsOfDelays({ watcher, watched, told, absences, frame }) {
  /** @type {string[]} */
  const faults = [];
  for (const { from, to, cause } of absences) {
    if (cause === "not yet") continue; // Nobody has watched for that long.
    const bound = BOUND_MS[cause];
    const at = due(from, bound, frame);
    if (at > to || at > frame.endedAt || !isListening(watcher, at, frame)) continue;
    const believed = told.findLast((it) => it.at <= at)?.status;
    if (believed === "offline") continue;
    const when = `${bound} ms after it was gone (${cause}) at ${Math.round(from)}`;
    faults.push(`presence_true: ${watcher.user} took ${watched.user} for ${believed} ${when}`);
  }
  return faults;
}

/** @param {Watch} watch */
function faultsOfEnd({ watcher, watched, told, frame }) {
  if (!isListening(watcher, frame.endedAt, frame)) return [];
  const isThere = watched.spells.at(-1)?.namedAt !== undefined && isOpen(watched.spells.at(-1));
  const plays = watched.stays.some(({ end }) => end === "open");
  const is = isThere ? (plays ? "busy" : "online") : "offline";
  const believed = told.at(-1)?.status;
  if (believed === is) return [];
  return [`presence_true: ${watcher.user} takes ${watched.user} for ${believed}, not ${is}`];
}

/**
 * @param {readonly Reading[]} readings
 * @param {Frame} frame
 * @returns {readonly string[]}
 */
export function faultsOfClosings(readings, { troubles }) {
  return readings.flatMap(({ user, spells }) => {
    return spells.flatMap((spell) => {
      // One that had no name yet held nothing: it was turned away.
      if (isOpen(spell) || spell.by === "client" || spell.namedAt === undefined) return [];
      const reason = reasonOf(spell, troubles);
      const where = `${user} at ${spell.gateway}, ${Math.round(spell.to ?? 0)}`;
      if (reason === undefined) return [`no_close: ${where}: closed by ${spell.code}, unprovoked`];
      const code = reason === "killed" ? 1006 : 1012;
      return spell.code === code
        ? []
        : [`no_close: ${where}: closed by ${spell.code}, not ${code} (${reason})`];
    });
  });
}

/**
 * @param {Reading} reading
 * @param {Frame} frame
 * @returns {readonly Absence[]}
 */
export function absencesOf({ spells }, { troubles, endedAt }) {
  const named = spells.filter(({ namedAt }) => namedAt !== undefined);
  const first = named[0]?.namedAt ?? endedAt;
  /** @type {Absence[]} */
  const absences = [{ from: Number.NEGATIVE_INFINITY, to: first, cause: "not yet" }];
  for (const [index, spell] of named.entries()) {
    if (spell.to === undefined) continue;
    const to = named[index + 1]?.namedAt ?? Number.POSITIVE_INFINITY;
    const cause = causeOf(spell, troubles);
    // A stopped gateway's clients are gone for all others before their connection ends.
    const stop = cause === "stopped" ? downOf(spell, troubles)?.at : undefined;
    absences.push({ from: Math.max(spell.from, stop ?? spell.to), to, cause });
  }
  return absences;
}

/**
 * @param {Spell} spell
 * @param {readonly Trouble[]} troubles
 * @returns {Absence["cause"]}
 */
function causeOf(spell, troubles) {
  if (spell.by === "client" && spell.code === 1000) return "goodbye";
  return reasonOf(spell, troubles) ?? (spell.by === "client" ? "drop" : "unknown");
}

/**
 * @param {Spell} spell
 * @param {readonly Trouble[]} troubles
 */
const reasonOf = (spell, troubles) => downOf(spell, troubles)?.how;

/**
 * The fault that ended a connection's gateway when the connection ended.
 * @param {Spell} spell
 * @param {readonly Trouble[]} troubles
 */
function downOf({ gateway, to = Number.POSITIVE_INFINITY }, troubles) {
  return troubles.find((it) => {
    return it.gateway === gateway && to >= it.at - SLACK_MS && to <= it.until + SLACK_MS;
  });
}

/**
 * Whether somebody must know by now what it was told over a connection.
 * @param {Reading} reading
 * @param {number} at
 * @param {Frame} frame
 */
function isListening({ spells }, at, { troubles }) {
  const spell = spells.find(({ from, to }) => from <= at && at <= (to ?? Number.POSITIVE_INFINITY));
  if (spell?.namedAt === undefined || spell.namedAt + BOUND_MS.goodbye > at) return false;
  return !troubles.some((it) => {
    return it.gateway === spell.gateway && it.at <= at && at <= it.until + SLACK_MS;
  });
}

/**
 * When something is due that takes so long: the clock stands while the cluster is in trouble. What
 * befalls a gateway alone is no excuse for the others.
 * @param {number} from
 * @param {number} ms
 * @param {Frame} frame
 */
export function due(from, ms, { troubles }) {
  const shared = troubles.filter(({ gateway }) => gateway === undefined);
  let at = from + ms;
  let reached = from;
  for (const trouble of [...shared].sort((a, b) => a.at - b.at)) {
    if (trouble.at >= at) break;
    const stood = trouble.until - Math.max(trouble.at, reached);
    if (stood <= 0) continue;
    at += stood;
    reached = trouble.until;
  }
  return at;
}

/** @param {Absence} absence */
const isTooShort = ({ from, to, cause }) => {
  return (cause === "killed" || cause === "stopped") && to - from < LEASE_MS;
};

/** @param {Spell | undefined} spell */
const isOpen = (spell) => spell !== undefined && spell.to === undefined;

/** Design, section 5. A dropped connection ends as visibly here as one that says goodbye. */
const BOUND_MS = {
  "not yet": 1_000,
  goodbye: 1_000,
  drop: 1_000,
  ended: 1_000,
  unknown: 1_000,
  killed: 18_000,
  stopped: 18_000,
};
/** A node whose lease runs is not dead, whatever has become of it. */
const LEASE_MS = 5_000;
/** Between what was done to a process and what its peers notice. */
const SLACK_MS = 1_000;
