// What must hold of presence and of connections: nobody is taken for gone who is there, whoever is gone
// is so for everybody within the bound, nobody is told the same twice, and no connection ends but by
// the fault that ended its gateway.

/** @import { Reading, Spell, Told } from "./reading.mjs" */
/** @import { Trouble } from "../load/journal.mjs" */

/**
 * A time without a connection, and how it began. It is known to all after `boundMs`, if it lasts that
 * long; before `hiddenMs` nobody hears of it. `isSure`: nobody could take it for an end meanwhile.
 * @typedef {{
 *   readonly from: number, readonly to: number, readonly cause: string,
 *   readonly boundMs: number, readonly hiddenMs: number, readonly isSure: boolean,
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
    const { gateway } = watcher.spells.findLast(({ from }) => from <= at) ?? {};
    const index = absences.findIndex((it, place) => {
      const latest = due(it.to, it.boundMs, frame, gateway);
      const isHidden = it.to - it.from < it.hiddenMs;
      return place >= next && it.from - SKEW_MS <= at && at <= latest && !isHidden;
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
  for (const { from, to, cause, boundMs, isSure } of absences) {
    const at = due(from, boundMs, frame);
    if (!isSure || at > to || at > frame.endedAt || !isListening(watcher, at, frame)) continue;
    const believed = told.findLast((it) => it.at <= at)?.status;
    if (believed === "offline") continue;
    const when = `${boundMs} ms after it was gone (${cause}) at ${Math.round(from)}`;
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
      if (spell.isSecond && spell.code === SESSION_RESUMED) return []; // By its own first attempt.
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
function absencesOf({ spells }, { troubles, endedAt }) {
  const first = spells.find(({ namedAt }) => namedAt !== undefined)?.namedAt ?? endedAt;
  const notYet = { cause: "not yet", boundMs: CLOSED_MS_MAX, hiddenMs: 0, isSure: false };
  /** @type {Absence[]} */
  const absences = [{ from: Number.NEGATIVE_INFINITY, to: first, ...notYet }];
  for (const [index, spell] of spells.entries()) {
    if (spell.to === undefined) continue;
    const next = spells.slice(index + 1).find(({ namedAt }) => namedAt !== undefined);
    const to = next?.namedAt ?? Number.POSITIVE_INFINITY;
    // A connection given up before its name was taken: perhaps the shard took the name later.
    const isSure = spell.namedAt !== undefined && spells[index + 1] === next;
    const down = downOf(spell, troubles);
    const isDead = down?.how === "killed" || down?.how === "stopped";
    // A stopped gateway's clients are gone for all others before their connection ends.
    const from = down?.how === "stopped" ? Math.min(spell.to, down.at) : spell.to;
    absences.push({
      from: Math.max(spell.from, from),
      to,
      cause:
        down?.how ??
        (spell.by === "server" ? "closed" : spell.code === 1000 ? "goodbye" : "dropped"),
      boundMs: isDead ? DEAD_MS_MAX : CLOSED_MS_MAX,
      hiddenMs: isDead && spell.by === "server" ? LEASE_MS : 0,
      isSure,
    });
  }
  return absences;
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
  if (spell?.namedAt === undefined || spell.namedAt + CLOSED_MS_MAX > at) return false;
  return !troubles.some((it) => {
    return it.gateway === spell.gateway && it.at <= at && at <= it.until + SLACK_MS;
  });
}

/**
 * When something is due that takes so long: the clock stands while the cluster is in trouble. What
 * befalls a gateway alone is an excuse for itself only: what it slept through it tells when it wakes.
 * @param {number} from
 * @param {number} ms
 * @param {Frame} frame
 * @param {string} [own] the gateway that tells it
 */
function due(from, ms, { troubles }, own) {
  const shared = troubles.filter(({ gateway }) => gateway === undefined || gateway === own);
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

/** @param {Spell | undefined} spell */
const isOpen = (spell) => spell !== undefined && spell.to === undefined;

/** Design, section 5. A connection that breaks ends as visibly here as one that says goodbye. */
const CLOSED_MS_MAX = 1_000;
const DEAD_MS_MAX = 18_000;
const SESSION_RESUMED = 4410;
/** A node whose lease runs is not dead, whatever has become of it. */
const LEASE_MS = 5_000;
/** One connection's words may be read a little after another's that were sent later. */
const SKEW_MS = 250;
/** Between what was done to a process and what its peers notice. */
const SLACK_MS = 1_000;
