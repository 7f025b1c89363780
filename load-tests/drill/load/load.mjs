// The load: many members over all gateways, who sit in rooms together, speak at a steady pace, watch
// each other, and some of whom come, go and break off. Nobody waits for anybody: what a fault delays
// piles up, as it would with people.
import { Chance } from "./chance.mjs";
import { Member } from "./member.mjs";
import { stir } from "./restless.mjs";

/** @import { Account, Trouble } from "./journal.mjs" */

/**
 * @typedef {{
 *   readonly gateways: readonly string[],
 *   readonly clients: number,
 *   readonly rooms: number,
 *   readonly seatsEach: number,
 *   readonly sayMs: number,
 *   readonly seed: number,
 *   readonly name: string,
 * }} LoadOptions
 *
 * `gateways` are addresses as in `ws://127.0.0.1:8080`; the list may change under our hands. In every
 * room somebody speaks every `sayMs`. `name` begins the names of all users and rooms.
 */

export class Load {
  /** @type {readonly Member[]} */
  members;
  /** @type {readonly string[]} */
  rooms;
  #options;
  #chance;
  /** Who is meant to sit in each room. @type {Map<string, Member[]>} */
  #meant = new Map();
  /** By room, and by room and gateway, when the latest was said that has been answered. @type {Map<string, number>} */
  #served = new Map();
  /** @type {(Trouble & { until: number })[]} */
  #troubles = [];
  /** @type {NodeJS.Timeout[]} */
  #timers = [];
  #endedAt = Number.POSITIVE_INFINITY;

  /** @param {LoadOptions} options */
  constructor(options) {
    this.#options = options;
    const { clients, rooms, seed, name, gateways } = options;
    this.#chance = new Chance(seed);
    this.rooms = Array.from({ length: rooms }, (_, n) => `${name} room ${n}`);
    this.members = Array.from({ length: clients }, (_, n) => {
      const first = this.#chance.below(Math.max(1, gateways.length));
      const chance = new Chance(seed + n + 1);
      return new Member({ number: n, user: `${name} ${n}`, gateways, first, chance, now });
    });
  }

  /** What the checker reads. @returns {Account} */
  get account() {
    return { journals: this.members, troubles: this.#troubles, endedAt: this.#endedAt };
  }

  /** Everybody comes and takes their seats; then the talk begins. */
  async begin() {
    for (const member of this.members) member.enter();
    const isThere = () => this.members.every((it) => it.isPresent);
    if (!(await reached(isThere, BEGIN_MS))) throw new Error("Not everybody was let in.");
    const joined = this.members.map((member, n) => {
      const { seatsEach } = this.#options;
      const rooms = Array.from({ length: seatsEach }, (_, place) => {
        return this.rooms[(n + place * ROOM_STEP) % this.rooms.length] ?? "";
      });
      for (const room of rooms) {
        this.#meant.set(room, [...(this.#meant.get(room) ?? []), member]);
      }
      const watched = Array.from({ length: WATCHED }, (_, place) => {
        return this.members[(n + place + 1) % this.members.length]?.user ?? "";
      });
      member.watch(watched);
      return member.settleIn(rooms);
    });
    const answers = await Promise.all(joined);
    if (!answers.every(Boolean)) throw new Error("Not everybody was given their seats.");
    this.#talk();
  }

  /**
   * From now on something is wrong, by our own hand; returns how to say that it is over.
   * @param {Omit<Trouble, "at" | "until">} trouble
   */
  trouble(trouble) {
    const open = { ...trouble, at: now(), until: Number.POSITIVE_INFINITY };
    this.#troubles.push(open);
    return () => {
      open.until = now();
    };
  }

  /** Lets it run for a while. @param {number} ms */
  run(ms) {
    return passed(ms);
  }

  /**
   * Waits until every room has answered something that is said from now on, and then until it has done
   * so at every gateway where somebody sits in it. Tells how long after `since` the first was so;
   * infinity: not in time.
   * @param {number} since
   * @param {number} patienceMs
   */
  async served(since, patienceMs) {
    const from = now();
    const isServed = (/** @type {string} */ place) => (this.#served.get(place) ?? 0) >= from;
    const isInTime = await reached(() => this.rooms.every(isServed), patienceMs);
    const ms = now() - since;
    const isEverywhere = () => this.#places().every(isServed);
    const isWhole = isInTime && (await reached(isEverywhere, patienceMs));
    return isWhole ? ms : Number.POSITIVE_INFINITY;
  }

  /** @param {number} patienceMs */
  isEverybodyPresent(patienceMs) {
    return reached(() => this.members.every((it) => it.isPresent || it.isGone), patienceMs);
  }

  /**
   * Waits until whoever watches one of these takes it for offline.
   * @param {readonly Member[]} members
   * @param {number} patienceMs
   */
  async missed(members, patienceMs) {
    const from = now();
    const isMissed = () => {
      return members.every(({ user }) => {
        const watchers = this.members.filter((it) => it.isPresent && it.believes.has(user));
        return watchers.every(({ believes }) => believes.get(user) === "offline");
      });
    };
    return (await reached(isMissed, patienceMs)) ? now() - from : Number.POSITIVE_INFINITY;
  }

  /**
   * Stops talking, waits until everything that was begun is over and everybody knows it, and tells
   * how long that took; undefined when it was not so in the end.
   * @param {number} patienceMs
   */
  async settle(patienceMs) {
    const from = now();
    const left = () => patienceMs - (now() - from);
    this.#hush();
    for (const member of this.members) if (member.isGone) member.enter();
    const isQuiet = () => this.members.every((it) => it.isPresent && it.waitsFor === 0);
    let isSettled = await reached(isQuiet, left());
    if (isSettled) {
      const words = this.members.flatMap((member) => {
        return [...member.seats.keys()].map((room) => member.say(room));
      });
      await Promise.race([Promise.all(words), passed(left())]);
      isSettled = await reached(() => isQuiet() && this.#isAgreed(), left());
    }
    this.#endedAt = now();
    return isSettled ? this.#endedAt - from : undefined;
  }

  end() {
    this.#hush();
    for (const member of this.members) member.vanish();
  }

  /** A machine that stands still is in trouble, too, and no promise of a second holds on it. */
  #watchTheMachine() {
    let last = now();
    this.#repeat(BEAT_MS, () => {
      const at = last;
      last = now();
      if (last - at < BEAT_MS + LATE_MS) return;
      this.#troubles.push({ what: LATE, at, until: last });
    });
  }

  #talk() {
    this.#watchTheMachine();
    const { sayMs } = this.#options;
    // One after another, not all at once: then each room's next word tells more exactly when it was served.
    for (const [index, room] of this.rooms.entries()) {
      setTimeout(
        () => {
          if (this.#endedAt === Number.POSITIVE_INFINITY)
            this.#repeat(sayMs, () => this.#sayIn(room));
        },
        (index * sayMs) / this.rooms.length,
      );
    }
    this.#repeat(STIR_MS, () => {
      const member = this.#chance.one(this.members);
      const isDown = this.#troubles.some(({ gateway, until }) => {
        return gateway === member?.gateway && until === Number.POSITIVE_INFINITY;
      });
      if (member !== undefined && !isDown) stir(member, this.#chance, now());
    });
  }

  #hush() {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** @param {string} room */
  #sayIn(room) {
    const present = (this.#meant.get(room) ?? []).filter((it) => {
      return it.isIn(room) && it.waitsFor < WAITING_MAX;
    });
    const member = this.#chance.one(present);
    if (member === undefined) return;
    const at = now();
    const places = [room, placeOf(room, member)];
    const answered = (/** @type {{ is: string }} */ { is }) => {
      if (is !== "ok") return;
      for (const place of places) {
        this.#served.set(place, Math.max(at, this.#served.get(place) ?? 0));
      }
    };
    member.say(room).then(answered, () => undefined);
  }

  /** Every room at every gateway where somebody sits in it. */
  #places() {
    return this.rooms.flatMap((room) => {
      const here = (this.#meant.get(room) ?? []).filter((it) => it.isIn(room));
      return here.map((member) => placeOf(room, member));
    });
  }

  #isAgreed() {
    const statuses = new Map(this.members.map(({ user, status }) => [user, status]));
    const isTrue = this.members.every(({ believes }) => {
      return [...believes].every(([user, status]) => statuses.get(user) === status);
    });
    const isOne = this.rooms.every((room) => {
      const here = this.members.filter(({ seats }) => seats.has(room));
      return new Set(here.map(({ seats }) => seats.get(room))).size <= 1;
    });
    return isTrue && isOne;
  }

  /**
   * @param {number} ms
   * @param {() => void} run
   */
  #repeat(ms, run) {
    this.#timers.push(setInterval(run, ms));
  }
}

/**
 * @param {string} room
 * @param {Member} member
 */
const placeOf = (room, { gateway }) => `${room} at ${gateway}`;

/** What a trouble is called that nobody made. */
export const LATE = "this machine was late";

/** The clock of the whole run, in ms. */
export const now = () => performance.now();

/** @param {number} ms */
const passed = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/**
 * Whether it became true in time.
 * @param {() => boolean} look
 * @param {number} patienceMs
 */
async function reached(look, patienceMs) {
  const until = now() + patienceMs;
  while (!look()) {
    if (now() > until) return false;
    await passed(LOOK_MS);
  }
  return true;
}

const BEGIN_MS = 20_000;
/** So far apart lie the rooms of one member: a prime, so that neighbours meet in one room only. */
const ROOM_STEP = 7;
/** How many others each member watches. */
const WATCHED = 6;
/** How often somebody is asked whether it is time to do something unexpected. */
const STIR_MS = 40;
/** Who waits for so many answers says nothing more. */
const WAITING_MAX = 256;
const LOOK_MS = 20;
const BEAT_MS = 50;
const LATE_MS = 150;
