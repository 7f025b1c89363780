/** Somebody with an account: signs up, logs in, has friends, rooms and letters, and knows what it was told. */
import type { AccountSeen, Command, Notice, Told } from "@roundhouse/domain";
import type { SessionId, UserId } from "@roundhouse/kernel";
import type { Dice, VirtualTime } from "@roundhouse/testkit";
import { Known } from "./known.ts";
import type { Reception } from "./reception.ts";
import type { Registry } from "./registry.ts";
import type { Trace } from "./trace.ts";

export type ResidentOptions = {
  readonly user: UserId;
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly registry: Registry;
  readonly trace: Trace;
  /** Those that may be tried now. */
  readonly receptions: () => readonly Reception[];
};

/** What it waits to be answered, and what follows from a success. */
type Asked = { readonly on: Command["on"]; readonly about: string };
/** Who it is, as commands say it. */
type Self = { readonly user: UserId; readonly session: SessionId; readonly request: number };

export class Resident {
  readonly user: UserId;
  readonly known = new Known();
  readonly asked = new Map<number, Asked>();
  /** It was told that it has an account, and has not given it up. */
  isRegistered = false;
  /** Whether it wants to be here. */
  isEager = false;
  isHere = false;
  session: SessionId | undefined;
  born = 0;
  #turn = 0;
  #reception: Reception | undefined;
  #mustHeed = false;
  /** Notices before this number it has heard, and has said that it has. */
  #heardUntil = 0;
  #heededUntil = 0;
  #requests = 0;
  #isTrying = false;
  readonly #options: ResidentOptions;

  constructor(options: ResidentOptions) {
    this.#options = options;
    this.user = options.user;
  }

  /** Begins a session: its first word is the question for what the password is checked against. */
  comes(): void {
    this.isEager = true;
    if (this.session !== undefined) return;
    const { receptions, dice, time } = this.#options;
    const open = receptions();
    if (open.length === 0) return this.#comesBack();
    const reception = dice.pick(open);
    const session = reception.enter(this);
    this.#reception = reception;
    this.session = session;
    this.#note(`comes as ${session}`);
    this.#identify();
    time.later(() => {
      if (this.session === session && !this.isHere) this.drops();
    }, PATIENCE_MS);
    if (!dice.happens(HASTE)) return;
    // Perhaps before it has heard what it was told.
    time.later(() => {
      if (this.session === session) this.drops();
    }, dice.below(HASTE_MS));
  }

  goes(): void {
    this.isEager = false;
    this.#note("goes");
    this.#end("left");
  }

  drops(): void {
    this.#note("drops");
    this.#end("lost");
    this.#comesBack();
  }

  /** Asks something in its name. */
  asks(subject: string, command: (self: Self) => Command, about = subject): void {
    const { session, user } = this;
    if (session === undefined || this.#reception === undefined) return;
    if (this.#mustHeed) {
      this.#mustHeed = !this.#reception.says(user, { on: "heed", user, session });
    }
    if (this.#heardUntil > this.#heededUntil && this.#options.dice.happens(HEEDFUL)) {
      const until = this.#heardUntil;
      if (this.#reception.says(user, { on: "heed", user, session, until }))
        this.#heededUntil = until;
    }
    const request = ++this.#requests;
    const asked = command({ user, session, request });
    if (!this.#reception.says(subject, asked)) return;
    this.#note(`asks ${asked.on} ${subject} ${request}`);
    this.asked.set(request, { on: asked.on, about });
  }

  whispers(friend: UserId): void {
    this.asks(this.user, (self) => {
      const { session, request } = self;
      this.#options.registry.whispers(session, request, { from: this.user, to: friend });
      return { on: "whisper", ...self, friend, text: `${this.user} ${request}` };
    });
  }

  removes(friend: UserId): void {
    const command = { on: "removeFriend", friend } as const;
    this.asks(this.user, (self) => ({ ...command, ...self }), friend);
  }

  deletes(): void {
    const turn = this.#turn;
    this.isRegistered = false; // Until it hears more, it may be so or not.
    this.asks(this.user, (self) => ({ on: "deleteAccount", ...self, turn }));
  }

  readonly isCut = (session: SessionId): void => {
    if (session !== this.session) return;
    this.#note("is cut");
    this.#forget();
    this.#comesBack();
  };

  readonly hears = (session: SessionId, told: Told): void => {
    if (session !== this.session) return;
    this.#note(`hears ${JSON.stringify(told)}`);
    switch (told.on) {
      case "credentials":
        this.asked.delete(told.request ?? 0);
        return this.#logIn(told);
      case "attached":
        this.asked.delete(told.request ?? 0);
        return this.#arrive(told.account);
      case "notices":
        if (told.kept) this.#mustHeed = true;
        this.#heardUntil = told.until ?? this.#heardUntil;
        for (const notice of told.notices) this.#learn(notice, told.kept);
        return;
      case "mail":
        this.asked.delete(told.request ?? 0);
        for (const notice of told.notices) this.#options.registry.hears(this.user, notice);
        return;
      case "done":
      case "sent":
        return this.#answered(told);
      case "refused": {
        const asked = this.asked.get(told.request ?? 0);
        this.asked.delete(told.request ?? 0);
        if (!this.isHere && asked !== undefined) this.drops();
        return;
      }
      case "seated":
      case "unseated":
        return this.known.sit(told);
      case "ended":
        this.#end("lost");
        return this.#comesBack();
      default:
        return;
    }
  };

  #identify(): void {
    const address = `home of ${this.user}`;
    this.asks(this.user, (self) => ({ on: "credentials", ...self, address }));
  }

  #logIn({ born, proof }: Extract<Told, { on: "credentials" }>): void {
    if (proof === undefined) {
      const account = { hash: "hash", nickname: this.user };
      return this.asks(this.user, (self) => ({ on: "signUp", ...self, ...account }));
    }
    this.#turn = proof.turn;
    const credentials = { born, turn: proof.turn, address: `home of ${this.user}` };
    const how = { means: "account", proven: true, takesNotices: true, resume: undefined } as const;
    this.asks(this.user, (self) => ({ on: "attach", ...self, ...how, credentials }));
  }

  #arrive(account: AccountSeen | undefined): void {
    this.isHere = true;
    this.isRegistered = true;
    this.born = account?.born ?? 0;
    this.known.begin(account);
  }

  #answered(told: Extract<Told, { on: "done" | "sent" }>): void {
    const asked = this.asked.get(told.request ?? 0);
    this.asked.delete(told.request ?? 0);
    if (told.on === "done" && told.friend !== undefined) this.known.friends.add(told.friend);
    switch (asked?.on) {
      case "signUp":
        this.isRegistered = true;
        return this.#identify();
      case "removeFriend":
        this.known.friends.delete(asked.about as UserId);
        return;
      default:
        return;
    }
  }

  #learn(notice: Notice, wasKept: boolean): void {
    this.#options.registry.hears(this.user, notice);
    this.known.learn(notice, wasKept);
  }

  #end(how: "left" | "lost"): void {
    const { session } = this;
    const got = how === "left" ? this.#heardUntil : undefined;
    if (session !== undefined) this.#reception?.leaves({ session, how, got });
    this.#forget();
  }

  #forget(): void {
    this.session = undefined;
    this.#reception = undefined;
    this.isHere = false;
    this.#mustHeed = false;
    this.#heardUntil = 0;
    this.#heededUntil = 0;
    this.asked.clear();
    this.known.forget();
  }

  #comesBack(): void {
    if (!this.isEager || this.#isTrying) return;
    this.#isTrying = true;
    const { time, dice } = this.#options;
    time.later(
      () => {
        this.#isTrying = false;
        if (this.isEager) this.comes();
      },
      dice.between(50, 2_000),
    );
  }

  #note(what: string): void {
    this.#options.trace.note(`${this.user} ${what}`);
  }
}

const PATIENCE_MS = 8_000;
/** How often the shard hears what it has before it asks something. */
const HEEDFUL = 0.5;
/** How many lose their connection about when they log in, and how soon after they came. */
const HASTE = 0.15;
const HASTE_MS = 500;
