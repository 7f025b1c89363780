// One user of the load: one session that goes on over as many connections as it takes. It writes down
// everything, and concludes nothing: that is the checker's work.
import { pack, unpack } from "msgpackr";
import { WebSocket } from "ws";

/** @import { Entry } from "./journal.mjs" */
/** @import { Chance } from "./chance.mjs" */

/** @typedef {{ is: "ok", seq: number | undefined } | { is: "refused" | "lost" }} Answer */
/** @typedef {{ readonly [name: string]: unknown }} Fields */

/**
 * @typedef {{
 *   readonly number: number,
 *   readonly user: string,
 *   readonly gateways: readonly string[],
 *   readonly first: number,
 *   readonly chance: Chance,
 *   readonly now: () => number,
 * }} MemberOptions
 *
 * `gateways` are addresses as in `ws://127.0.0.1:8080`; the list may change under our hands. `first`:
 * the one to begin with.
 */

export class Member {
  number;
  user;
  /** @type {Entry[]} */
  entries = [];
  /** Where it sits, and the last number that it heard there. @type {Map<string, number | undefined>} */
  seats = new Map();
  /** The rooms where it is meant to sit. @type {readonly string[]} */
  home = [];
  /** When it last did something unexpected. */
  stirredAt = 0;
  /** What it takes others for. @type {Map<string, string>} */
  believes = new Map();
  /** Requests that wait for their answer. @type {Map<number, (answer: Answer) => void>} */
  #asked = new Map();
  /** @type {Set<string>} */
  #leaving = new Set();
  /** @type {readonly string[]} */
  #watched = [];
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #gateway = "";
  #isNamed = false;
  #isAnswered = false;
  #isGone = true;
  #isAway = false;
  #lives = 0;
  #requests = 0;
  #actions = 0;
  #attempts = 0;
  #turn;
  #options;

  /** @param {MemberOptions} options */
  constructor(options) {
    this.#options = options;
    this.number = options.number;
    this.user = options.user;
    this.#turn = options.first;
  }

  /** Whether its name is known over a connection that stands. */
  get isPresent() {
    return this.#isNamed;
  }

  /** It said goodbye, and has not come again. */
  get isGone() {
    return this.#isGone;
  }

  /** Where it is connected, or tries to be. */
  get gateway() {
    return this.#gateway;
  }

  /** How many of its requests are not answered yet. */
  get waitsFor() {
    return this.#asked.size;
  }

  /** What everybody should take it for. */
  get status() {
    if (!this.#isNamed) return "offline";
    return this.seats.size > 0 ? "busy" : "online";
  }

  /** Comes as somebody new; from now on it comes back whenever its connection is lost. */
  enter() {
    this.#isGone = false;
    this.#lives++; // Whatever is left of its life before ends by itself.
    this.#connect();
  }

  /**
   * From now on these rooms are where it belongs.
   * @param {readonly string[]} rooms
   */
  async settleIn(rooms) {
    this.home = rooms;
    const joined = await Promise.all(rooms.map((room) => this.join(room)));
    return joined.every(Boolean);
  }

  /** @param {string} room */
  async join(room) {
    const answer = await this.#ask("joingame", { channel: room }, (request) => {
      return { on: "asked", what: "join", room, request };
    });
    return answer.is === "ok";
  }

  /** @param {string} room */
  async leave(room) {
    this.#leaving.add(room);
    const answer = await this.#ask("leavegame", { channel: room }, (request) => {
      return { on: "asked", what: "leave", room, request };
    });
    this.#leaving.delete(room);
    return answer.is === "ok";
  }

  /** Whether it sits there and means to stay. @param {string} room */
  isIn(room) {
    return this.#isNamed && this.seats.has(room) && !this.#leaving.has(room);
  }

  /** @param {string} room */
  say(room) {
    const n = this.#actions++;
    return this.#ask("game", { channel: room, actions: [{ n }] }, (request) => {
      return { on: "said", room, n, request };
    });
  }

  /** @param {readonly string[]} users from now on, over every connection */
  watch(users) {
    this.#watched = users;
    if (this.#isNamed) this.#askForWatched();
  }

  /** If its connection is lost, it stays away until it is told to come back. */
  stayAway() {
    this.#isAway = true;
  }

  /** To the session that it had. */
  comeBack() {
    this.#isAway = false;
    if (this.#socket === undefined && !this.#isGone) this.#connect();
  }

  /** The connection breaks, without a word; it comes back a little later. */
  drop() {
    this.#lose(1006, "client");
  }

  /** Says goodbye: seats and all. */
  depart() {
    this.#isGone = true;
    const socket = this.#socket;
    this.#lose(1000, "client");
    socket?.close(1000);
  }

  /** The load is over: whatever happens now is not written down any more. */
  vanish() {
    this.#isGone = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isNamed = false;
    socket?.terminate();
  }

  #connect() {
    const { gateways, now } = this.#options;
    const gateway = gateways[this.#turn++ % gateways.length] ?? "";
    const socket = new WebSocket(gateway, ["turntable.v2"], {
      perMessageDeflate: false,
      handshakeTimeout: PATIENCE_MS,
    });
    this.#socket = socket;
    this.#gateway = gateway;
    // A gateway that took the connection and then says nothing: another one will.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(1006, "client"), PATIENCE_MS);
    socket.on("open", () => {
      if (socket === this.#socket) this.#write({ at: now(), on: "opened", gateway });
    });
    socket.on("message", (bytes) => {
      if (socket === this.#socket) this.#hear(/** @type {Buffer} */ (bytes));
    });
    socket.on("error", () => undefined); // "close" follows.
    socket.on("close", (code) => {
      if (socket === this.#socket) this.#lose(code, "server");
    });
  }

  /**
   * @param {number} code
   * @param {"client" | "server"} by
   */
  #lose(code, by) {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    this.#isNamed = false;
    clearTimeout(this.#timer);
    const at = this.#options.now();
    // A connection that never stood was none.
    if (this.entries.at(-1) !== undefined && socket.protocol !== "") {
      this.#write({ at, on: "closed", code, by });
    }
    if (code !== 1000) socket.terminate();
    for (const answered of [...this.#asked.values()]) answered({ is: "lost" });
    this.#asked.clear();
    if (this.#isGone) return this.seats.clear();
    if (this.#isAway) return;
    const most = Math.min(BACK_MS_MAX, BACK_MS * 2 ** this.#attempts++);
    const { chance } = this.#options;
    this.#timer = setTimeout(() => this.#connect(), BACK_MS + chance.below(most));
  }

  /** @param {Buffer} bytes */
  #hear(bytes) {
    const at = this.#options.now();
    const [command, data, request] = /** @type {[string, Fields, number | undefined]} */ (
      unpack(bytes)
    );
    switch (command) {
      case "idyou":
        return this.#sayName();
      case "ok":
        return this.#answered(Number(request), { at, is: "ok", seq: numberOf(data["seq"]) });
      case "error":
        return this.#refused(request, { at, code: String(data["code"]) });
      case "resumed":
        return this.#named(at, /** @type {readonly string[]} */ (data["channels"]));
      case "game":
      case "joined":
      case "left":
        return this.#hearRoom(command, { at, data });
      case "gap": {
        const room = String(data["channel"]);
        const lost = Number(data["lost"]);
        this.seats.set(room, (this.seats.get(room) ?? 0) + lost);
        return this.#write({ at, on: "gap", room, lost });
      }
      case "userchange":
        return this.#hearStatuses(at, data);
    }
  }

  #sayName() {
    const seen = Object.fromEntries([...this.seats].filter(([, last]) => last !== undefined));
    const resume = `the secret of ${this.user}, life ${this.#lives}`;
    this.#send(["idme", { id: this.user, resume, seen }]);
  }

  /**
   * @param {number} at
   * @param {readonly string[]} rooms
   */
  #named(at, rooms) {
    clearTimeout(this.#timer);
    this.#isNamed = true;
    this.#attempts = 0;
    this.#write({ at, on: "named", rooms });
    this.seats = new Map(rooms.map((room) => [room, this.seats.get(room)]));
    this.#askForWatched();
  }

  /**
   * @param {"game" | "joined" | "left"} on
   * @param {{ at: number, data: Fields }} heard
   */
  #hearRoom(on, { at, data }) {
    const room = String(data["channel"]);
    const seq = Number(data["seq"]);
    if (on !== "game") {
      this.#write({ at, on, room, seq, user: String(data["user"]) });
      if (this.seats.has(room)) this.seats.set(room, seq);
      return;
    }
    const actions = /** @type {readonly { from: string, n: number }[]} */ (data["actions"]);
    for (const [index, { from, n }] of actions.entries()) {
      this.#write({ at, on: "heard", room, seq: seq + index, from, n });
    }
    if (this.seats.has(room)) this.seats.set(room, seq + Math.max(1, actions.length) - 1);
  }

  /**
   * @param {number} at
   * @param {Fields} data
   */
  #hearStatuses(at, data) {
    // The answer to what was asked names everybody; a change names whom it concerns.
    const isAnswer = !this.#isAnswered && this.#watched.every((user) => Object.hasOwn(data, user));
    if (isAnswer) this.#isAnswered = true;
    for (const [user, status] of Object.entries(data)) {
      this.#write({ at, on: "status", user, status: String(status), isAnswer });
      this.believes.set(user, String(status));
    }
  }

  /**
   * @param {number} request
   * @param {{ at: number, is: "ok", seq: number | undefined }} answer
   */
  #answered(request, { at, is, seq }) {
    this.#write({ at, on: "ok", request, seq });
    const answered = this.#asked.get(request);
    this.#asked.delete(request);
    answered?.({ is, seq });
  }

  /**
   * @param {number | undefined} request
   * @param {{ at: number, code: string }} refusal
   */
  #refused(request, { at, code }) {
    this.#write({ at, on: "refused", request, code });
    if (request === undefined) return;
    const answered = this.#asked.get(request);
    this.#asked.delete(request);
    answered?.({ is: "refused" });
  }

  /**
   * @param {string} command
   * @param {Fields} data
   * @param {(request: number) => DistributiveOmit<Entry, "at">} entry
   * @returns {Promise<Answer>}
   */
  #ask(command, data, entry) {
    if (!this.#isNamed) return Promise.resolve({ is: "lost" });
    const request = ++this.#requests;
    this.#write({ ...entry(request), at: this.#options.now() });
    return new Promise((resolve) => {
      this.#asked.set(request, (answer) => {
        // At once, not after the promise: what is heard next may concern the seat.
        const room = String(data["channel"]);
        if (command === "joingame" && answer.is === "ok") this.seats.set(room, answer.seq);
        if (command === "leavegame" && answer.is === "ok") this.seats.delete(room);
        resolve(answer);
      });
      this.#send([command, data, request]);
    });
  }

  #askForWatched() {
    if (this.#watched.length === 0) return;
    this.#isAnswered = false;
    this.#write({ at: this.#options.now(), on: "watched", users: this.#watched });
    this.#send(["subscribe", this.#watched]);
  }

  /** @param {readonly unknown[]} message */
  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(pack(message));
  }

  /** @param {Entry} entry */
  #write(entry) {
    this.entries.push(entry);
  }
}

/**
 * `Omit` of each variant by itself.
 * @template Of
 * @template {PropertyKey} Key
 * @typedef {Of extends unknown ? Omit<Of, Key> : never} DistributiveOmit
 */

/** @param {unknown} value */
const numberOf = (value) => (value === undefined ? undefined : Number(value));

/** How long a gateway may take to answer the handshake, and then the name. */
const PATIENCE_MS = 3_000;
/** Back at the earliest, and the longest spread of those who come back after failing often. */
const BACK_MS = 50;
const BACK_MS_MAX = 1_600;
