// What must hold in a room, judged by what all its members wrote down: one order for all, without a
// hole, each action in it once; what was answered `ok` is in it, what was refused is not.
import { nameOf } from "./reading.mjs";

/** @import { Asked, Reading, Stay } from "./reading.mjs" */
/** @import { Trouble } from "../load/journal.mjs" */

/** @typedef {ReadonlyMap<number, string>} Order What happened under each number. */

/**
 * @param {readonly Reading[]} readings
 * @param {readonly Trouble[]} troubles
 * @returns {readonly string[]}
 */
export function faultsOfRooms(readings, troubles) {
  const stays = readings.flatMap((it) => it.stays);
  const rooms = new Set(stays.map(({ room }) => room));
  return [...rooms].flatMap((room) => {
    return faultsOfRoom({
      room,
      stays: stays.filter((it) => it.room === room),
      readings,
      troubles,
    });
  });
}

/**
 * @param {{
 *   room: string, stays: readonly Stay[], readings: readonly Reading[],
 *   troubles: readonly Trouble[],
 * }} all
 */
function faultsOfRoom({ room, stays, readings, troubles }) {
  /** @type {Map<number, string>} */
  const order = new Map();
  /** @type {string[]} */
  const faults = [];
  for (const stay of stays) {
    for (const heard of stay.heard) {
      if ("lost" in heard) continue;
      const known = order.get(heard.seq);
      if (known === undefined) order.set(heard.seq, heard.what);
      else if (known !== heard.what) {
        faults.push(`same_order: ${room} ${heard.seq} is ${known}, and ${heard.what}`);
      }
    }
  }
  const asked = readings.map(({ user, asked: all }) => {
    return { user, all: all.filter((it) => it.room === room) };
  });
  const accepted = asked.flatMap(({ all }) => all.flatMap(({ answer }) => answer?.seq ?? []));
  const last = Math.max(0, ...order.keys(), ...accepted);
  const sorted = new Map([...order].sort(([a], [b]) => a - b));
  return [
    ...faults,
    ...stays.flatMap((stay) => faultsOfStay(stay, last)),
    ...faultsOfActions(room, asked, sorted),
    ...asked.flatMap(({ user, all }) => {
      return all.flatMap((it) => faultsOfAnswer(user, it, { order, stays, troubles }));
    }),
    ...readings.flatMap((reading) => faultsOfMembership(room, reading, sorted)),
  ];
}

/**
 * A stay hears a stretch of the order: each number once, rising, without a hole, and up to the end if
 * it is open.
 * @param {Stay} stay
 * @param {number} last
 */
function faultsOfStay({ user, room, start, heard, end }, last) {
  /** @type {string[]} */
  const faults = [];
  const where = `${user} in ${room}`;
  /** @type {Set<number>} */
  const had = new Set();
  let before = start;
  for (const it of heard) {
    if ("lost" in it) {
      faults.push(`no_gap: ${where} was told that ${it.lost} are gone`);
      before = before === undefined ? undefined : before + it.lost;
      continue;
    }
    const { seq } = it;
    if (had.has(seq)) faults.push(`no_dup: ${where} heard ${seq} twice`);
    else if (before !== undefined && seq <= before) {
      faults.push(`same_order: ${where} heard ${seq} after ${before}`);
    } else if (before !== undefined && seq > before + 1) {
      faults.push(`no_loss: ${where} heard ${seq} after ${before}`);
    }
    had.add(seq);
    before = Math.max(seq, before ?? seq);
  }
  if (end === "open" && before !== undefined && before < last) {
    faults.push(`no_loss: ${where} heard nothing behind ${before}, others ${last}`);
  }
  return faults;
}

/**
 * Every action stands in the order once, in its sender's order, and was said at all.
 * @param {string} room
 * @param {readonly { user: string, all: readonly Asked[] }[]} asked
 * @param {Order} sorted
 */
function faultsOfActions(room, asked, sorted) {
  /** @type {string[]} */
  const faults = [];
  const said = new Set(
    asked.flatMap(({ user, all }) => {
      return all.filter(({ what }) => what === "say").map(({ n }) => `${user} ${n}`);
    }),
  );
  /** @type {Set<string>} */
  const taken = new Set();
  /** @type {Map<string, number>} */
  const lasts = new Map();
  for (const [seq, what] of sorted) {
    const cut = what.lastIndexOf(" ");
    const from = what.slice(0, cut);
    const n = Number(what.slice(cut + 1));
    if (Number.isNaN(n)) continue; // Somebody joined or left.
    const where = `${what} in ${room}`;
    if (!said.has(what)) faults.push(`no_dup: nobody said ${where}, number ${seq}`);
    const before = lasts.get(from) ?? -1;
    if (taken.has(what)) faults.push(`no_dup: ${where} stands in the order twice`);
    else if (n < before) faults.push(`order_per_sender: ${where} stands behind ${before}`);
    taken.add(what);
    lasts.set(from, Math.max(n, before));
  }
  return faults;
}

/**
 * @param {string} user
 * @param {Asked} asked
 * @param {{ order: Order, stays: readonly Stay[], troubles: readonly Trouble[] }} room
 */
function faultsOfAnswer(user, asked, { order, stays, troubles }) {
  const { what, answer, spell, n } = asked;
  const name = nameOf(user, asked);
  const happened = what === "say" ? `${user} ${n}` : `${user} joined`;
  if (answer === undefined) {
    // Its connection stood to the end: then there is no excuse.
    const isOver = spell === undefined || spell.to !== undefined;
    return isOver ? [] : [`no_loss: ${name}: never answered`];
  }
  if (answer.is !== "ok") {
    const isInTrouble = troubles.some(({ at, until }) => asked.at <= until && answer.at >= at);
    // Of two attempts to come back the room may hear in the wrong order, for a moment.
    const isBetween = spell?.isSecond === true && answer.is === "not_a_member";
    const isUsual = isInTrouble && (BUSY.has(answer.is) || isBetween);
    const isDone = what === "say" && [...order.values()].includes(happened);
    return [
      ...(isUsual ? [] : [`true_answers: ${name}: refused as ${answer.is}`]),
      ...(isDone ? [`true_answers: ${name}: was refused and is in the order`] : []),
    ];
  }
  if (what === "leave" || answer.seq === undefined) return [];
  const { seq } = answer;
  const is = order.get(seq);
  // A join is answered with the last number then; who sits there already does not join again.
  if (is === happened || what === "join") return [];
  if (is !== undefined) return [`no_loss: ${name}: answered ${seq}, which is ${is}`];
  const isAnybodyThere = stays.some(({ end }) => end === "open");
  return isAnybodyThere ? [`no_loss: ${name}: answered ${seq}, and nobody heard it`] : [];
}

/**
 * Nobody is said to join or to leave who did not ask for it, and who was given a seat has joined.
 * @param {string} room
 * @param {Reading} reading
 * @param {Order} sorted
 */
function faultsOfMembership(room, { user, asked, goodbyes }, sorted) {
  const mine = asked.filter((it) => it.room === room);
  const joins = mine.filter(({ what }) => what === "join");
  const leaves = mine.filter(({ what }) => what === "leave");
  const moves = [...sorted].filter(([, it]) => it === `${user} joined` || it === `${user} left`);
  const count = (/** @type {string} */ what) => {
    return moves.filter(([, it]) => it === `${user} ${what}`).length;
  };
  /** @type {string[]} */
  const faults = [];
  const mayLeave = leaves.length + (goodbyes.get(room) ?? 0);
  if (count("left") > mayLeave) {
    const times = `${count("left")} times, by its own will ${mayLeave} times at most`;
    faults.push(`seat_kept: ${user} left ${room} ${times}`);
  }
  if (count("joined") > joins.length) {
    const times = `${count("joined")} times and asked ${joins.length} times`;
    faults.push(`no_dup: ${user} joined ${room} ${times}`);
  }
  for (const [index, [seq, move]] of moves.entries()) {
    if (index > 0 && move === moves[index - 1]?.[1]) {
      faults.push(`no_dup: ${move} ${room} twice in a row, number ${seq}`);
    }
  }
  for (const { answer } of joins) {
    const { seq } = answer ?? {};
    // Only where somebody was there to hear it.
    if (seq === undefined || !sorted.has(seq)) continue;
    const before = moves.findLast(([at]) => at <= seq)?.[1];
    if (before !== `${user} joined`) {
      faults.push(
        `no_loss: ${user} was given a seat in ${room} at ${seq}, and nobody heard it join`,
      );
    }
  }
  return faults;
}

/** What a cluster in trouble may answer: nothing was accepted. */
const BUSY = new Set(["session_busy", "inbox_full", "shard_unavailable"]);
