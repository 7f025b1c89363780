// Reads one client's journal: connections, what it said and was answered, its stays in rooms, and what
// it was told of others. What contradicts itself in one journal alone is a fault already here.

/** @import { Entry, EntryOf, Journal } from "../load/journal.mjs" */

/**
 * One connection. `to` is undefined while it stands, `namedAt` until the name was taken. `isSecond`:
 * the one before was given up unnamed, and what it had asked for may be done later.
 * @typedef {{
 *   readonly gateway: string, readonly from: number, readonly isSecond: boolean,
 *   namedAt: number | undefined, to: number | undefined, code: number, by: "client" | "server",
 * }} Spell
 */

/** @typedef {{ readonly at: number, readonly is: string, readonly seq: number | undefined }} Answer */

/**
 * Something asked for, on one connection, and what came of it.
 * @typedef {{
 *   readonly what: "say" | "join" | "leave", readonly room: string, readonly n: number,
 *   readonly at: number, readonly spell: Spell | undefined, answer: Answer | undefined,
 * }} Asked
 */

/**
 * One seat from joining to leaving, over any number of connections. It begins behind number `start`;
 * undefined: the answer was lost. `heard` is in the order of hearing; a gap has no number.
 *
 * @typedef {{
 *   readonly user: string, readonly room: string, readonly start: number | undefined,
 *   readonly heard: ({ readonly seq: number, readonly what: string, readonly at: number }
 *     | { readonly lost: number })[],
 *   end: "open" | "left",
 * }} Stay
 */

/** @typedef {{ readonly at: number, readonly status: string, readonly isAnswer: boolean }} Told */

/**
 * @typedef {{
 *   readonly user: string,
 *   readonly spells: readonly Spell[],
 *   readonly asked: readonly Asked[],
 *   readonly stays: readonly Stay[],
 *   readonly watched: ReadonlySet<string>,
 *   readonly told: ReadonlyMap<string, readonly Told[]>,
 *   readonly goodbyes: ReadonlyMap<string, number>,
 *   readonly faults: readonly string[],
 * }} Reading
 *
 * `goodbyes`: how often it said goodbye while it may have sat in a room.
 */

/**
 * @param {Journal} journal
 * @returns {Reading}
 */
export function read({ user, entries }) {
  const reader = new Reader(user);
  for (const entry of entries) reader.take(entry);
  return reader;
}

class Reader {
  user;
  /** @type {Spell[]} */
  spells = [];
  /** @type {Asked[]} */
  asked = [];
  /** @type {Stay[]} */
  stays = [];
  /** @type {Set<string>} */
  watched = new Set();
  /** @type {Map<string, Told[]>} */
  told = new Map();
  /** @type {Map<string, number>} */
  goodbyes = new Map();
  /** @type {string[]} */
  faults = [];
  /** @type {Map<number, Asked>} */
  #byRequest = new Map();
  /** @type {Map<string, Stay>} */
  #open = new Map();
  /** Of whom something was told over this connection. @type {Set<string>} */
  #known = new Set();
  /** And of whom in answer to the question. @type {Set<string>} */
  #answered = new Set();
  #watchedAt = 0;

  /** @param {string} user */
  constructor(user) {
    this.user = user;
  }

  /** @param {Entry} entry */
  take(entry) {
    switch (entry.on) {
      case "opened":
        this.#known.clear();
        this.#answered.clear();
        this.spells.push({
          gateway: entry.gateway,
          from: entry.at,
          isSecond: this.spells.length > 0 && this.spells.at(-1)?.namedAt === undefined,
          namedAt: undefined,
          to: undefined,
          code: 0,
          by: "client",
        });
        return;
      case "named":
        return this.#named(entry);
      case "closed":
        return this.#closed(entry);
      case "asked":
        return this.#ask(entry.request, { ...entry, n: 0 });
      case "said":
        return this.#ask(entry.request, { ...entry, what: "say" });
      case "ok":
        return this.#answer(entry.request, { at: entry.at, is: "ok", seq: entry.seq });
      case "refused":
        if (entry.request === undefined) {
          // Who has no name yet is turned away, and the connection with it.
          if (this.spells.at(-1)?.namedAt === undefined) return;
          if (LAST_WORDS.has(entry.code)) return; // How it is closed then is judged elsewhere.
          this.faults.push(`true_answers: ${this.user} was refused unasked: ${entry.code}`);
          return;
        }
        return this.#answer(entry.request, { at: entry.at, is: entry.code, seq: undefined });
      case "heard":
        return this.#hear(entry, `${entry.from} ${entry.n}`);
      case "joined":
      case "left":
        return this.#hear(entry, `${entry.user} ${entry.on}`);
      case "gap":
        this.#open.get(entry.room)?.heard.push({ lost: entry.lost });
        return;
      case "watched":
        for (const user of entry.users) this.watched.add(user);
        this.#watchedAt = entry.at;
        return;
      case "status":
        return this.#status(entry);
    }
  }

  /** @param {EntryOf<"named">} entry */
  #named({ at, rooms }) {
    const spell = this.spells.at(-1);
    if (spell !== undefined) spell.namedAt = at;
    for (const [room, stay] of this.#open) {
      if (rooms.includes(room)) continue;
      if (!this.#mayHave("leave", room)) {
        this.faults.push(`seat_kept: ${this.user} came back and has no seat in ${room} any more`);
      }
      this.#end(stay);
    }
    for (const room of rooms) {
      if (this.#open.has(room)) continue;
      if (!this.#mayHave("join", room)) {
        this.faults.push(`seat_kept: ${this.user} came back and has a seat in ${room}, unasked`);
      }
      this.#sit(room, undefined);
    }
  }

  /** @param {EntryOf<"closed">} entry */
  #closed({ at, code, by }) {
    const spell = this.spells.at(-1);
    if (spell === undefined) return;
    Object.assign(spell, { to: at, code, by });
    if (by === "server" || code !== 1000) return;
    const asked = this.asked.filter((it) => it.what === "join" && it.spell === spell);
    const rooms = asked.filter((it) => it.answer === undefined).map(({ room }) => room);
    for (const room of new Set([...rooms, ...this.#open.keys()])) {
      this.goodbyes.set(room, (this.goodbyes.get(room) ?? 0) + 1);
    }
    for (const stay of this.#open.values()) this.#end(stay);
  }

  /**
   * @param {number} request
   * @param {Pick<Asked, "what" | "room" | "n" | "at">} asked
   */
  #ask(request, { what, room, n, at }) {
    const spell = this.spells.at(-1);
    /** @type {Asked} */
    const entry = { what, room, n, at, spell, answer: undefined };
    this.asked.push(entry);
    this.#byRequest.set(request, entry);
  }

  /**
   * @param {number} request
   * @param {Answer} answer
   */
  #answer(request, answer) {
    const asked = this.#byRequest.get(request);
    if (asked === undefined) {
      this.faults.push(`true_answers: ${this.user} was answered what it did not ask`);
      return;
    }
    if (asked.answer !== undefined) {
      this.faults.push(`no_dup: ${this.user} was answered twice: ${nameOf(this.user, asked)}`);
    }
    asked.answer = answer;
    if (answer.is !== "ok") return;
    if (asked.what === "join" && !this.#open.has(asked.room)) this.#sit(asked.room, answer.seq);
    const stay = this.#open.get(asked.room);
    if (asked.what === "leave" && stay !== undefined) this.#end(stay);
  }

  /**
   * @param {{ readonly room: string, readonly seq: number, readonly at: number }} entry
   * @param {string} what
   */
  #hear({ room, seq, at }, what) {
    const stay = this.#open.get(room);
    if (stay === undefined) {
      this.faults.push(`seats: ${this.user} heard ${room} ${seq} without a seat there`);
      return;
    }
    if (what === `${this.user} left` && !this.#mayHave("leave", room)) {
      this.faults.push(`seat_kept: ${this.user} heard itself leave ${room} at ${seq}, unasked`);
    }
    stay.heard.push({ seq, what, at });
  }

  /** @param {EntryOf<"status">} entry */
  #status({ at, user, status, isAnswer }) {
    const told = this.told.get(user) ?? [];
    // Over a new connection the first word is no announcement, whatever the one before had said. And
    // an answer that waited for other shards in vain may repeat what was announced meanwhile.
    const isLate = at - this.#watchedAt <= ANSWER_MS_MAX && told.at(-1)?.status === status;
    const isOwed = !this.#known.has(user) || (isLate && !this.#answered.has(user));
    told.push({ at, status, isAnswer: isAnswer || isOwed });
    if (isAnswer || isLate) this.#answered.add(user);
    this.#known.add(user);
    this.told.set(user, told);
  }

  /**
   * @param {string} room
   * @param {number | undefined} start
   */
  #sit(room, start) {
    /** @type {Stay} */
    const stay = { user: this.user, room, start, heard: [], end: "open" };
    this.stays.push(stay);
    this.#open.set(room, stay);
  }

  /** @param {Stay} stay */
  #end(stay) {
    stay.end = "left";
    this.#open.delete(stay.room);
  }

  /**
   * Whether the last thing asked of a room's seat is this, and was not answered.
   * @param {"join" | "leave"} what
   * @param {string} room
   */
  #mayHave(what, room) {
    const last = this.asked.findLast((it) => it.what !== "say" && it.room === room);
    return last?.what === what && last.answer === undefined;
  }
}

/** Who asks for many users waits so long for the shards of some. */
const ANSWER_MS_MAX = 3_000;
const LAST_WORDS = new Set(["session_resumed", "going_away"]);

/**
 * @param {string} user
 * @param {Asked} asked
 */
export function nameOf(user, { what, room, n }) {
  return what === "say" ? `${user} ${n} in ${room}` : `${user} asked to ${what} ${room}`;
}
