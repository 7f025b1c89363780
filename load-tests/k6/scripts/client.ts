/** One user of the load: a session over as many connections as it takes, which judges all that it hears. */
import { WebSocket } from "k6/websockets";
import * as metrics from "./metrics.ts";
import { Ear, keyOf, type Verdict } from "./order.ts";
import { now } from "./pace.ts";
import { Belief, type Truth } from "./presence.ts";
import type { Settings } from "./settings.ts";
import { type Fields, fieldsOf, spokenIn, type Wire } from "./wire.ts";

export type ClientOptions = {
  readonly user: string;
  readonly wire: Wire;
  /** The one to begin with; then, round and round, whoever else serves. */
  readonly addresses: readonly string[];
  readonly truth: Truth;
  readonly settings: Settings;
  /** When whom of the crowd said what: so that listeners know how long it took. */
  readonly sayings: Map<string, number>;
};

/** A seat: what is heard there, and where this user's own counting stands. */
type Seat = { readonly ear: Ear; run: number; n: number };
type Answer =
  | { readonly is: "ok"; readonly seq: number | undefined }
  | { readonly is: "refused" | "lost" };

export class Client {
  readonly user: string;
  readonly seats = new Map<string, Seat>();
  readonly belief: Belief;
  readonly #options: ClientOptions;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  /** What it said that has not come back; and when, where that is measured. */
  readonly #outstanding = new Map<string, number | undefined>();
  /** Said over a connection that broke: it may be in the order or not. */
  readonly #uncertain = new Set<string>();
  readonly #leaving = new Set<string>();
  readonly #watched: string[] = [];
  #socket: WebSocket | undefined;
  #isNamed = false;
  #isGone = true;
  #everNamed = false;
  #beganAt = 0;
  #watchedAt = 0;
  #turn = 0;
  #lives = 0;
  #requests = 0;
  #runs = 0;
  #failures = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.user = options.user;
    this.belief = new Belief(PRESENCE_MS * options.settings.patience);
  }

  get hearsAll(): boolean {
    return this.#options.wire.version === 2;
  }

  get isPresent(): boolean {
    return this.#isNamed;
  }

  /** Whether nothing that it asked or said is open. */
  get isQuiet(): boolean {
    return this.#asked.size === 0 && this.#outstanding.size === 0;
  }

  /** What it said and never heard, over a connection that stood. */
  get unheard(): number {
    return this.#outstanding.size;
  }

  get lost(): number {
    let lost = 0;
    for (const { ear } of this.seats.values()) lost += ear.lost;
    return lost;
  }

  /** Comes as somebody new, and from now on comes back whenever the connection is lost. */
  enter(): void {
    this.#isGone = false;
    this.#everNamed = false;
    this.#lives++;
    this.#beganAt = now();
    this.#connect();
  }

  watch(users: readonly string[]): void {
    this.#watched.push(...users);
    this.belief.watch(users);
    if (this.#isNamed) this.#subscribe();
  }

  /** Whether it got the seat. */
  async join(room: string): Promise<boolean> {
    if (!this.#isNamed) return false;
    this.#options.truth.is(this.user, "busy", now());
    if (this.hearsAll) {
      const answer = await this.#ask("joingame", { channel: room }, (given) => {
        // At once, before what is heard next.
        if (given.is === "ok") this.#sit(room, given.seq);
      });
      return answer.is === "ok";
    }
    // Version 1 answers nothing: that one hears oneself is the answer.
    this.#send("joingame", { channel: room });
    this.#sit(room, undefined);
    this.#say(room, undefined);
    return true;
  }

  /** Version 2 only: version 1 is not told when its seat is given up. */
  async leave(room: string): Promise<boolean> {
    if (!this.#isNamed || !this.seats.has(room)) return false;
    this.#leaving.add(room);
    if (this.seats.size === 1) this.#options.truth.is(this.user, "online", now());
    const answer = await this.#ask("leavegame", { channel: room }, (given) => {
      if (given.is === "ok") this.#stand(room);
      // Who lost the connection learns on coming back whether the seat is there.
      if (given.is !== "lost") this.#leaving.delete(room);
    });
    return answer.is === "ok";
  }

  /** Whether it sits there, and means to stay. */
  isIn(room: string): boolean {
    return this.#isNamed && this.seats.has(room) && !this.#leaving.has(room);
  }

  say(room: string): void {
    this.#say(room, now());
  }

  /**
   * The connection breaks without a goodbye, and it comes back by itself. k6 closes in good order only, so
   * the server is made to cut: it does so with a frame that is far beyond what it takes.
   */
  drop(): void {
    const socket = this.#socket;
    if (socket === undefined || !this.#isNamed) return;
    this.#lost();
    this.#options.truth.is(this.user, "offline", now());
    socket.send(TOO_LARGE);
    this.#comeBack(0);
  }

  /** Comes back over another connection while the server still holds the one before: nobody sees it go. */
  move(): void {
    if (this.#socket === undefined || !this.#isNamed) return;
    this.#lost();
    this.#comeBack(0);
  }

  /** Says goodbye: seats and all. */
  depart(): void {
    const socket = this.#socket;
    this.#isGone = true;
    this.#lost();
    this.#options.truth.is(this.user, "offline", now());
    this.#uncertain.clear();
    this.seats.clear();
    if (socket?.readyState === OPEN) socket.close(1000);
    else if (socket !== undefined) socket.onopen = () => socket.close(1000);
  }

  #say(room: string, at: number | undefined): void {
    const seat = this.seats.get(room);
    if (seat === undefined || !this.#isNamed) return;
    const { run } = seat;
    const n = seat.n++;
    const key = placed(room, keyOf({ from: this.user, run, n }));
    this.#outstanding.set(key, at);
    if (at !== undefined) this.#remember(key, at);
    metrics.said.add(1);
    const data = { channel: room, actions: [{ data: { run, n } }] };
    if (!this.hearsAll) return this.#send("game", data);
    const answered = (answer: Answer): void => {
      if (answer.is !== "refused") return;
      // Nobody will hear it: its number must not look like a hole.
      this.#outstanding.delete(key);
      this.#renumber(seat);
    };
    this.#ask("game", data, answered).catch(() => undefined);
  }

  #connect(): void {
    if (this.#isGone) return;
    const { addresses, wire } = this.#options;
    const address = addresses[this.#turn++ % addresses.length] ?? "";
    // The types know of no subprotocol yet; k6 has them since 0.51.
    const protocols = [wire.subprotocol] as unknown as null;
    const socket = new WebSocket(`${address}/`, protocols);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    let isOpen = false;
    socket.onopen = () => {
      isOpen = true;
      // Not on "idyou": k6 loses what is said before it knows itself that the connection is open.
      if (socket === this.#socket) this.#sayName();
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#hear(event?.data as unknown as string | ArrayBuffer);
    };
    socket.onerror = () => undefined; // "close" follows.
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      if (isOpen || !this.#options.settings.mayClose) metrics.closed.add(1);
      this.#lost();
      this.#options.truth.is(this.user, "offline", now());
      this.#comeBack(BACK_MS * 2 ** Math.min(5, this.#failures++));
    };
  }

  #comeBack(mostMs: number): void {
    if (!this.#isGone) setTimeout(() => this.#connect(), Math.random() * mostMs);
  }

  #lost(): void {
    if (this.#isNamed) this.#beganAt = now();
    this.#socket = undefined;
    this.#isNamed = false;
    for (const answered of [...this.#asked.values()]) answered({ is: "lost" });
    this.#asked.clear();
    for (const key of this.#outstanding.keys()) this.#uncertain.add(key);
    this.#outstanding.clear();
    for (const seat of this.seats.values()) this.#renumber(seat);
  }

  #hear(frame: string | ArrayBuffer): void {
    let message: ReturnType<Wire["decode"]>;
    try {
      message = this.#options.wire.decode(frame);
    } catch {
      return metrics.refused.add(1);
    }
    const fields = fieldsOf(message.data);
    switch (message.command) {
      case "resumed":
        return this.#named(fields);
      case "ok":
        return this.#answered(message.request, { is: "ok", seq: numberOf(fields["seq"]) });
      case "error":
        return this.#refused(message.request, String(fields["code"]));
      case "userchange":
        return this.#hearStatuses(fields);
      case "gap":
        metrics.gaps.add(1);
        return this.seats.get(String(fields["channel"]))?.ear.skip(Number(fields["lost"]));
      case "game":
        return this.#hearActions(fields);
      case "joined":
      case "left":
      case "said":
      case "enrolled":
      case "expelled":
      case "titled":
        return this.#hearNumber(fields);
    }
  }

  #sayName(): void {
    const { truth } = this.#options;
    const seen: { [room: string]: number } = {};
    for (const [room, { ear }] of this.seats) if (ear.last !== undefined) seen[room] = ear.last;
    truth.is(this.user, this.seats.size > 0 ? "busy" : "online", now());
    const resume = `secret of ${this.user}, life ${this.#lives}`;
    this.#send("idme", { id: this.user, resume, seen });
  }

  #named(fields: Fields): void {
    const rooms = (Array.isArray(fields["channels"]) ? fields["channels"] : []).map(String);
    this.#isNamed = true;
    this.#failures = 0;
    metrics.clients.add(1);
    if (this.#everNamed) this.#isBack(rooms);
    else metrics.connectMs.add(now() - this.#beganAt);
    this.#everNamed = true;
    this.belief.forget();
    this.#subscribe();
  }

  #isBack(rooms: readonly string[]): void {
    const ms = now() - this.#beganAt;
    metrics.backMs.add(ms);
    metrics.resumed.add(1);
    if (this.#options.settings.isTelling) console.log(`back ${Date.now()} ${ms.toFixed(1)}`);
    for (const room of [...this.seats.keys()]) {
      if (rooms.includes(room)) continue;
      if (!this.#leaving.has(room)) metrics.seatsLost.add(1);
      this.#stand(room);
    }
    // Asked for over the connection before, whose answer was lost with it.
    for (const room of rooms) if (!this.seats.has(room)) this.#sit(room, undefined);
    this.#leaving.clear();
  }

  #hearActions(fields: Fields): void {
    const room = String(fields["channel"]);
    const seat = this.seats.get(room);
    if (seat === undefined) return;
    const seq = Number(fields["seq"]);
    const spoken = spokenIn(fields);
    metrics.heard.add(spoken.length);
    for (const [index, it] of spoken.entries()) {
      this.#judge(seat.ear.action(seq + index, it));
      if (it === undefined) continue;
      const key = placed(room, keyOf(it));
      if (it.from === this.user) this.#heardMyself(room, key);
      else {
        const at = this.#options.sayings.get(key);
        if (at !== undefined) metrics.deliveryMs.add(now() - at);
      }
    }
  }

  #heardMyself(room: string, key: string): void {
    const at = this.#outstanding.get(key);
    // Neither: then it is heard twice, which the order of its numbers has shown.
    if (!this.#outstanding.delete(key) && !this.#uncertain.delete(key)) return;
    metrics.ownBack.add(1);
    if (at === undefined) return;
    const tookMs = now() - at;
    metrics.answerMs.add(tookMs);
    if (!this.#options.settings.isTelling) return;
    console.log(`answer ${Date.now() - tookMs} ${tookMs.toFixed(1)} ${room}`);
  }

  #hearNumber(fields: Fields): void {
    const seat = this.seats.get(String(fields["channel"]));
    if (seat !== undefined) this.#judge(seat.ear.number(Number(fields["seq"])));
  }

  #judge(verdict: Verdict): void {
    metrics.intact.add(verdict === "right");
    if (verdict === "doubled") metrics.doubled.add(1);
    if (verdict === "reordered") metrics.reordered.add(1);
  }

  #hearStatuses(fields: Fields): void {
    const { truth } = this.#options;
    for (const [user, status] of Object.entries(fields)) {
      const judged = this.belief.told(user, String(status), { truth, now: now() });
      if (judged.is === "true") metrics.presenceMs.add(judged.lateMs);
      if (judged.is === "wrong") metrics.presenceWrong.add(1);
      // An answer that waited for a shard may repeat what was announced meanwhile.
      const isLate = now() - this.#watchedAt < ANSWER_MS;
      if (judged.is === "twice" && !isLate) metrics.presenceWrong.add(1);
      metrics.presenceChecked.add(1);
    }
  }

  #subscribe(): void {
    if (this.#watched.length === 0) return;
    this.#watchedAt = now();
    this.#send("subscribe", this.#watched);
  }

  #sit(room: string, after: number | undefined): void {
    const ear = new Ear({ hearsAll: this.hearsAll, after });
    this.seats.set(room, { ear, run: ++this.#runs, n: 0 });
  }

  #stand(room: string): void {
    const seat = this.seats.get(room);
    if (seat !== undefined) metrics.lost.add(seat.ear.lost);
    this.seats.delete(room);
    if (this.seats.size === 0) this.#options.truth.is(this.user, "online", now());
  }

  #remember(key: string, at: number): void {
    const { sayings } = this.#options;
    sayings.set(key, at);
    if (sayings.size <= SAYINGS_MAX) return;
    for (const oldest of sayings.keys()) {
      sayings.delete(oldest);
      return;
    }
  }

  #renumber(seat: Seat): void {
    seat.run = ++this.#runs;
    seat.n = 0;
  }

  #answered(request: number | undefined, answer: Answer): void {
    if (request === undefined) return;
    const answered = this.#asked.get(request);
    this.#asked.delete(request);
    answered?.(answer);
  }

  #refused(request: number | undefined, code: string): void {
    if (LAST_WORDS.has(code)) return;
    metrics.refused.add(1, { code });
    this.#answered(request, { is: "refused" });
  }

  #ask(command: string, data: Fields, given: (answer: Answer) => void): Promise<Answer> {
    const request = ++this.#requests;
    return new Promise((resolve) => {
      this.#asked.set(request, (answer) => {
        given(answer);
        resolve(answer);
      });
      this.#send(command, data, request);
    });
  }

  #send(command: string, data: Fields | readonly string[], request?: number): void {
    if (this.#socket?.readyState !== OPEN) return;
    this.#socket.send(this.#options.wire.encode({ command, data, request }));
  }
}

const placed = (room: string, key: string): string => `${room} ${key}`;

const numberOf = (value: unknown): number | undefined => {
  return typeof value === "number" ? value : undefined;
};

/** What a server says before it closes for good reason: how it closes is counted. */
const LAST_WORDS = new Set(["session_resumed", "going_away"]);
/** Beyond four times MESSAGE_BYTES_MAX (65,536 where nobody set another) the server cuts the connection. */
const TOO_LARGE = new ArrayBuffer(4 * 65_536 + 1_024);
const BACK_MS = 50;
/** WebSocket.OPEN, which k6 has in its types only. */
const OPEN = 1;
/** Design, section 9: a second after a change everybody knows it. */
const PRESENCE_MS = 1_000;
const ANSWER_MS = 3_000;
/** Older ones have long been heard by everybody. */
const SAYINGS_MAX = 20_000;
