/** One user of the load: a session over as many connections as it takes, which judges all that it hears. */
import { Link } from "./link.ts";
import * as metrics from "./metrics.ts";
import { now } from "./pace.ts";
import { Belief, type Truth } from "./presence.ts";
import { Seats } from "./seats.ts";
import type { Settings } from "./settings.ts";
import { type Fields, fieldsOf, type Message, type Wire } from "./wire.ts";

export type ClientOptions = {
  readonly user: string;
  readonly wire: Wire;
  readonly addresses: readonly string[];
  readonly truth: Truth;
  readonly settings: Settings;
  readonly sayings: Map<string, number>;
};

type Answer =
  | { readonly is: "ok"; readonly seq: number | undefined }
  | { readonly is: "refused" | "lost" };

export class Client {
  readonly user: string;
  readonly seats: Seats;
  readonly belief: Belief;
  readonly #options: ClientOptions;
  readonly #link: Link;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  readonly #leaving = new Set<string>();
  readonly #watched: string[] = [];
  #isNamed = false;
  #isNew = true;
  #beganAt = 0;
  #watchedAt = 0;
  #lives = 0;
  #requests = 0;

  constructor(options: ClientOptions) {
    const { user, wire, addresses, settings, sayings } = options;
    this.#options = options;
    this.user = user;
    this.belief = new Belief(PRESENCE_MS * settings.patience);
    this.seats = new Seats({
      user,
      hearsAll: this.hearsAll,
      sayings,
      isTelling: settings.isTelling,
    });
    this.#link = new Link({
      subprotocol: wire.subprotocol,
      addresses,
      mayClose: settings.mayClose,
      // Not on "idyou": k6 loses what is said before it knows itself that the connection is open.
      opened: () => this.#sayName(),
      heard: (frame) => this.#hear(frame),
      lost: () => {
        this.#lost();
        this.#is("offline");
      },
    });
  }

  get hearsAll(): boolean {
    return this.#options.wire.version === 2;
  }

  get isPresent(): boolean {
    return this.#isNamed;
  }

  /** Whether nothing that it asked or said is open. */
  get isQuiet(): boolean {
    return this.#asked.size === 0 && this.seats.unheard === 0;
  }

  /** Comes as somebody new, and from now on comes back whenever the connection is lost. */
  enter(): void {
    this.#isNew = true;
    this.#lives++;
    this.#beganAt = now();
    this.#link.open();
  }

  watch(users: readonly string[]): void {
    this.#watched.push(...users);
    this.belief.watch(users);
    if (this.#isNamed) this.#subscribe();
  }

  /** Whether it got the seat. */
  async join(room: string): Promise<boolean> {
    if (!this.#isNamed) return false;
    this.#is("busy");
    if (this.hearsAll) {
      const answer = await this.#ask("joingame", { channel: room }, (given) => {
        // At once, before what is heard next.
        if (given.is === "ok") this.seats.sit(room, given.seq);
      });
      return answer.is === "ok";
    }
    // Version 1 answers nothing: that one hears oneself is the answer.
    this.#send("joingame", { channel: room });
    this.seats.sit(room, undefined);
    this.#say(room, undefined);
    return true;
  }

  /** Version 2 only: version 1 is not told when its seat is given up. */
  async leave(room: string): Promise<boolean> {
    if (!this.isIn(room)) return false;
    this.#leaving.add(room);
    if (this.seats.rooms.length === 1) this.#is("online");
    const answer = await this.#ask("leavegame", { channel: room }, (given) => {
      if (given.is === "ok") this.#stand(room);
      // Who lost the connection learns on coming back whether the seat is there.
      if (given.is !== "lost") this.#leaving.delete(room);
    });
    return answer.is === "ok";
  }

  /** Gets up from its first room, and sits down there again. */
  getUp(): void {
    const [room] = this.seats.rooms;
    if (room === undefined || !this.hearsAll) return;
    this.leave(room).then(
      (hasLeft) => (hasLeft ? this.join(room) : false),
      () => false,
    );
  }

  /** Whether it sits there, and means to stay. */
  isIn(room: string): boolean {
    return this.#isNamed && this.seats.has(room) && !this.#leaving.has(room);
  }

  say(room: string): void {
    if (this.#isNamed) this.#say(room, now());
  }

  /** The connection breaks without a goodbye; it comes back by itself. */
  drop(): void {
    if (!this.#isNamed) return;
    this.#lost();
    this.#is("offline");
    this.#link.cut();
  }

  /** Comes back over another connection while the server still holds the one before: nobody sees it go. */
  move(): void {
    if (!this.#isNamed) return;
    this.#lost();
    this.#link.move();
  }

  /** Says goodbye: seats and all. */
  depart(): void {
    this.#lost();
    this.#is("offline");
    this.seats.clear();
    this.#link.close();
  }

  #say(room: string, at: number | undefined): void {
    const saying = this.seats.say(room, at);
    if (saying === undefined) return;
    const { run, n } = saying;
    const data = { channel: room, actions: [{ data: { run, n } }] };
    if (!this.hearsAll) return this.#send("game", data);
    const answered = (answer: Answer): void => {
      if (answer.is === "refused") this.seats.refused(room, saying);
    };
    this.#ask("game", data, answered).catch(() => undefined);
  }

  #lost(): void {
    if (this.#isNamed) this.#beganAt = now();
    this.#isNamed = false;
    for (const answered of [...this.#asked.values()]) answered({ is: "lost" });
    this.#asked.clear();
    this.seats.breakOff();
  }

  #hear(frame: string | ArrayBuffer): void {
    let message: Message;
    try {
      message = this.#options.wire.decode(frame);
    } catch {
      return metrics.refused.add(1, { code: "unreadable" });
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
        return this.seats.hearGap(fields);
      case "game":
        return this.seats.hearActions(fields);
      case "joined":
      case "left":
      case "said":
      case "enrolled":
      case "expelled":
      case "titled":
        return this.seats.hearNumber(fields);
    }
  }

  #sayName(): void {
    this.#is(this.seats.rooms.length > 0 ? "busy" : "online");
    const resume = `secret of ${this.user}, life ${this.#lives}`;
    this.#send("idme", { id: this.user, resume, seen: this.seats.seen });
  }

  #named(fields: Fields): void {
    const rooms = (Array.isArray(fields["channels"]) ? fields["channels"] : []).map(String);
    this.#isNamed = true;
    this.#link.stands();
    metrics.clients.add(1);
    if (this.#isNew) metrics.connectMs.add(now() - this.#beganAt);
    else this.#isBack(rooms);
    this.#isNew = false;
    this.belief.forget();
    this.#subscribe();
  }

  #isBack(rooms: readonly string[]): void {
    const ms = now() - this.#beganAt;
    metrics.backMs.add(ms);
    metrics.resumed.add(1);
    if (this.#options.settings.isTelling) console.log(`back ${Date.now()} ${ms.toFixed(1)}`);
    for (const room of this.seats.rooms) {
      if (rooms.includes(room)) continue;
      if (!this.#leaving.has(room)) metrics.seatsLost.add(1);
      this.#stand(room);
    }
    // Asked for over the connection before, whose answer was lost with it.
    for (const room of rooms) if (!this.seats.has(room)) this.seats.sit(room, undefined);
    this.#leaving.clear();
  }

  #hearStatuses(fields: Fields): void {
    const { truth, settings } = this.#options;
    for (const [user, status] of Object.entries(fields)) {
      const at = now();
      const judged = this.belief.told(user, String(status), { truth, now: at });
      metrics.presenceChecked.add(1);
      if (judged.is === "true") metrics.presenceMs.add(judged.lateMs);
      // An answer that waited for a shard may repeat what was announced meanwhile.
      const isLate = at - this.#watchedAt < ANSWER_MS * settings.patience;
      const isWrong = judged.is === "wrong" || (judged.is === "twice" && !isLate);
      if (isWrong) this.#doubt({ user, status: String(status), at });
    }
  }

  /** Whose gateway ends is offline before the client itself hears of it: that must follow at once. */
  #doubt({ user, status, at }: { user: string; status: string; at: number }): void {
    const { truth, settings } = this.#options;
    const { since } = truth.of(user);
    const judge = (): void => {
      const fact = truth.of(user);
      if (fact.since > since) return;
      metrics.presenceWrong.add(1);
      const forMs = (at - since).toFixed(0);
      shown(`${this.user} was told that ${user} is ${status}, ${fact.status} for ${forMs} ms`);
    };
    if (settings.mayClose) setTimeout(judge, PRESENCE_MS * settings.patience);
    else judge();
  }

  #subscribe(): void {
    if (this.#watched.length === 0) return;
    this.#watchedAt = now();
    this.#send("subscribe", this.#watched);
  }

  #stand(room: string): void {
    this.seats.stand(room);
    if (this.seats.rooms.length === 0) this.#is("online");
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
    shown(`${this.user} was refused: ${code}`);
    // Version 1 does not say which word it refuses: whatever is on its way may be that one.
    if (!this.hearsAll) this.seats.breakOff();
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
    this.#link.send(this.#options.wire.encode({ command, data, request }));
  }

  /** The truth from now on, for it can only become true after this. */
  #is(status: "offline" | "online" | "busy"): void {
    this.#options.truth.is(this.user, status, now());
  }
}

const numberOf = (value: unknown): number | undefined => {
  return typeof value === "number" ? value : undefined;
};

/** The first few of what was wrong say enough; the metrics count all. */
export function shown(text: string): void {
  if (shownCount++ < SHOWN_MAX) console.error(text);
}

let shownCount = 0;
const SHOWN_MAX = 5;

/** What a server says before it closes for good reason: how it closes is counted. */
const LAST_WORDS = new Set(["session_resumed", "going_away"]);
/** Design, section 9: a second after a change everybody knows it. */
const PRESENCE_MS = 1_000;
const ANSWER_MS = 3_000;
