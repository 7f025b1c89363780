/**
 * A client that speaks turntable and measures all it hears by what was committed: each event of a
 * room where it sits once, in order, none left out unless it is told so.
 */
import type { Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Frame } from "@roundhouse/protocol";
import type { Dice, Tongue, VirtualTime } from "@roundhouse/testkit";
import type { GatewayNode } from "./gateway-node.ts";
import { packed } from "./tongue.ts";
import { Broken, type Trace } from "./trace.ts";
import type { Life, Seat, Truth } from "./truth.ts";
import type { Peer, Wire } from "./wire.ts";

export type ClientOptions = {
  /** `c1`, `c2`, …: begins the names of its actions. */
  readonly name: string;
  readonly user: UserId;
  readonly tongue: Tongue;
  /** With it a lost session is resumed. */
  readonly secret: string | undefined;
  readonly resumeMs: Millis;
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly truth: Truth;
  readonly trace: Trace;
  /** Gateways that may be tried now. */
  readonly gateways: () => readonly GatewayNode[];
};

/** A room where it sits, as far as it knows. */
type Stay = {
  /** Where the cluster says that it began. */
  seat: Seat | undefined;
  /** Unknown until the first event: version 1 is not told where it begins. */
  life: Life | undefined;
  /** The last number that it heard, or was told to be lost. */
  last: number;
  /** So many numbers before the next event were told to be lost. */
  lost: number;
};

type Asked =
  | { readonly on: "join" | "leave"; readonly room: RoomId }
  | { readonly on: "act"; readonly room: RoomId; readonly action: string }
  | { readonly on: "idme" | "other" };

export class Client implements Peer {
  readonly name: string;
  readonly user: UserId;
  readonly stays = new Map<RoomId, Stay>();
  /** Whom it watches, and the last word about each. */
  readonly watched = new Map<string, string | undefined>();
  /** Requests of version 2 without an answer. */
  readonly asked = new Map<number, Asked>();
  /** Connections that it does not look at any more, but has not closed. */
  readonly forgotten: Wire[] = [];
  wire: Wire | undefined;
  /** It wants to be connected, and comes back by itself. */
  isEager = true;
  /** It has said its name, and then: it was taken. */
  isNamed = false;
  isLive = false;
  accepted = 0;
  heard = 0;
  readonly #options: ClientOptions;
  #node: GatewayNode | undefined;
  #actions = 0;
  #connections = 0;
  #requests = 0;
  #isTrying = false;
  /** The session that it lost, and when. */
  #former: { readonly session: SessionId; readonly at: Millis } | undefined;
  /** The rooms that it hopes to find again. */
  #carried: readonly RoomId[] = [];

  constructor(options: ClientOptions) {
    this.name = options.name;
    this.user = options.user;
    this.#options = options;
  }

  get isPacked(): boolean {
    return this.#options.tongue === packed;
  }

  get isConnected(): boolean {
    return this.wire?.isOpen === true;
  }

  /** Whether frames were lost to its gateway that no history has any more: answers are lost, too. */
  get hasMissed(): boolean {
    return (this.#node?.life.bus.incoming.stats.missed ?? 0) > 0;
  }

  // What it does.

  connect(): void {
    if (this.isConnected) return;
    const { dice, gateways, tongue } = this.#options;
    const open = gateways();
    const node = open.length === 0 ? undefined : dice.pick(open);
    this.isNamed = false;
    this.isLive = false;
    this.asked.clear();
    this.watched.clear();
    this.#node = node;
    this.wire = node?.connect(tongue.subprotocol, this);
    if (this.wire === undefined) return this.#comeBack();
    this.#options.truth.speakers.set(`${this.name}/${++this.#connections}`, this.wire.session);
    this.#expect(this.wire.session);
    this.#note(`connects to ${node?.machine.name} as ${this.wire.session}`);
    const { wire } = this;
    // Whoever is not welcomed goes elsewhere.
    this.#options.time.later(() => {
      if (this.wire !== wire || !wire.isOpen || this.isLive) return;
      wire.leaves(false);
      this.#lost(true);
    }, PATIENCE_MS);
  }

  joins(room: RoomId, invite: readonly string[]): void {
    if (this.stays.has(room)) return;
    if (!this.isPacked)
      this.stays.set(room, { seat: undefined, life: undefined, last: 0, lost: 0 });
    for (const user of invite) this.#options.truth.invites(room, this.user, user);
    this.#ask("joingame", { channel: room, invite }, { on: "join", room });
  }

  leaves(room: RoomId): void {
    this.#ask("leavegame", { channel: room }, { on: "leave", room });
  }

  acts(room: RoomId): void {
    const { time, dice } = this.#options;
    const count = dice.happens(0.2) ? dice.between(2, 3) : 1;
    const names = Array.from({ length: count }, () => {
      return `${this.name}/${this.#connections}.${++this.#actions}`;
    });
    const actions = names.map((data) => ({ timestamp: time.now(), from: this.user, data }));
    const action = names[0] ?? "";
    this.#ask("game", { channel: room, actions }, { on: "act", room, action });
  }

  invites(room: RoomId, user: string): void {
    this.#options.truth.invites(room, this.user, user);
    this.#ask("invite", { channel: room, user }, { on: "other" });
  }

  is(away: boolean): void {
    this.#ask("status", away ? "away" : "online", { on: "other" });
  }

  watches(users: readonly string[]): void {
    for (const user of users) if (!this.watched.has(user)) this.watched.set(user, undefined);
    this.#ask("subscribe", users, { on: "other" });
  }

  unwatches(user: string): void {
    this.watched.delete(user);
    this.#ask("unsubscribe", [user], { on: "other" });
  }

  goes(): void {
    this.#note("goes");
    this.isEager = false;
    this.#former = undefined;
    this.wire?.leaves(true);
    this.wire = undefined;
    this.stays.clear();
  }

  drops(): void {
    this.#note("drops");
    this.wire?.leaves(false);
    this.#lost(true);
  }

  /** It takes its connection for dead and comes back on another; the old one stays open. */
  abandons(): void {
    const { wire } = this;
    if (wire === undefined || !wire.isOpen) return;
    this.#note("abandons its connection");
    wire.forget();
    this.forgotten.push(wire);
    this.#lost(true);
  }

  // What it hears.

  readonly received = (wire: Wire, frame: Frame): void => {
    if (wire !== this.wire) return;
    const { command, data, request } = this.#options.tongue.read(frame);
    this.heard++;
    this.#note(`hears ${command} ${JSON.stringify(data)} ${request ?? ""}`);
    this.#take(command, (data ?? {}) as Fields, request);
  };

  readonly closed = (wire: Wire, code: number): void => {
    if (wire !== this.wire) return;
    this.#note(`is closed by ${code}`);
    this.#lost(code === ABNORMAL || code === GOING_AWAY);
  };

  #take(command: string, data: Fields, request: number | undefined): void {
    switch (command) {
      case "idyou":
        return this.#identify();
      case "resumed":
        this.isLive = true;
        return this.#resume(data["channels"] as readonly RoomId[]);
      case "game": {
        const actions = data["actions"] as readonly { readonly data: string }[];
        return actions.forEach((action, index) => {
          this.#act(data["channel"] as RoomId, Number(data["seq"]) + index, action.data);
        });
      }
      case "joined":
      case "left":
        return this.#move(command, data);
      case "gap": {
        const stay = this.stays.get(data["channel"] as RoomId);
        if (stay !== undefined) stay.lost += Number(data["lost"]);
        return;
      }
      case "userchange":
        for (const [user, status] of Object.entries(data)) {
          if (this.watched.has(user)) this.watched.set(user, String(status));
        }
        return;
      case "ok":
        return this.#answered(request, data["seq"] as number | undefined);
      case "error":
        if (request !== undefined) this.asked.delete(request);
        return;
      default:
        return;
    }
  }

  #identify(): void {
    const { secret } = this.#options;
    const seen: Record<string, number> = {};
    for (const [room, { life, last }] of this.stays) if (life !== undefined) seen[room] = last;
    this.isNamed = true;
    if (secret === undefined) this.stays.clear();
    this.#carried = [...this.stays.keys()];
    for (const stay of this.stays.values()) stay.lost = 0; // It will be told again.
    const data = secret === undefined ? this.user : { id: this.user, resume: secret, seen };
    this.#ask("idme", data, { on: "idme" });
    if (!this.isPacked && secret === undefined) this.isLive = true; // There is no answer to wait for.
  }

  #resume(channels: readonly RoomId[]): void {
    for (const room of this.#carried) if (!channels.includes(room)) this.stays.delete(room);
    for (const room of channels) {
      if (!this.stays.has(room))
        this.stays.set(room, { seat: undefined, life: undefined, last: 0, lost: 0 });
    }
  }

  #answered(request: number | undefined, seq: number | undefined): void {
    const asked = this.asked.get(request ?? 0);
    if (asked === undefined) {
      throw new Broken("no_dup", `${this.name} is answered what it did not ask: ${request}`);
    }
    this.asked.delete(request ?? 0);
    switch (asked.on) {
      case "idme":
        this.isLive = true;
        return;
      case "join":
        return this.#seated(asked.room, seq ?? 0);
      case "leave":
        this.stays.delete(asked.room);
        return;
      case "act": {
        const place = this.#options.truth.actions.get(asked.action);
        if (place?.seq !== seq || place?.life.room !== asked.room) {
          const stands = place === undefined ? "nowhere" : `at ${place.life.room} ${place.seq}`;
          const told = `${asked.room} ${seq}`;
          throw new Broken("no_loss", `${asked.action}, accepted as ${told}, stands ${stands}`);
        }
        this.accepted++;
        return;
      }
      case "other":
        return;
    }
  }

  #seated(room: RoomId, seq: number): void {
    const known = this.stays.get(room);
    const seat = this.#seat(room, seq);
    if (seat === undefined) {
      throw new Broken("fence", `${this.name} is seated in ${room} at ${seq}, and is not`);
    }
    if (known?.seat === seat) return; // It sat there already, and goes on.
    if (known?.life === seat.life && seat.after !== seq) {
      known.seat = seat;
      return;
    }
    // Asked twice: the first answer may be lost with frames that no history has any more.
    if (seat.after !== seq && !this.hasMissed) {
      throw new Broken("fence", `${this.name} is seated in ${room} at ${seq}, not ${seat.after}`);
    }
    this.stays.set(room, { seat, life: seat.life, last: seq, lost: 0 });
  }

  #act(room: RoomId, seq: number, action: string): void {
    const place = this.#options.truth.actions.get(action);
    if (place === undefined) {
      throw new Broken("fence", `${this.name} hears ${action} in ${room}, which is not committed`);
    }
    if (place.seq !== seq || place.life.room !== room) {
      const stands = `${place.life.room} ${place.seq}`;
      throw new Broken(
        "same_order",
        `${this.name} hears ${action} at ${room} ${seq}, not ${stands}`,
      );
    }
    this.#passes(room, seq, place.life);
  }

  #move(on: "joined" | "left", data: Fields): void {
    const [room, seq] = [data["channel"] as RoomId, Number(data["seq"])];
    const seat = this.#seat(room, seq);
    const life = this.#lifeOf(room, seat);
    const moment = life?.moments[seq];
    if (life === undefined || moment?.on !== on || moment.user !== data["user"]) {
      const told = `${data["user"]} ${on} ${room} ${seq}`;
      throw new Broken("fence", `${this.name} hears ${told}, which is not committed`);
    }
    this.#passes(room, seq, life);
  }

  /** An event of a room comes: it must be the next one. */
  #passes(room: RoomId, seq: number, life: Life): void {
    const stay = this.stays.get(room) ?? this.#found(room, seq);
    if (stay === undefined) {
      throw new Broken("same_order", `${this.name} hears ${room} ${seq} and does not sit there`);
    }
    if (stay.life === undefined) {
      stay.life = life;
      stay.seat = this.#seat(room, seq);
      // That it sits there may be among what is lost for good: then it begins where it is told so.
      stay.last = Math.max(stay.last, stay.seat?.after ?? seq - 1);
      if (this.hasMissed) Object.assign(stay, { last: seq - 1, lost: 0 });
    }
    if (stay.life !== life && this.#lifeOf(room, this.#seat(room, seq)) === life) {
      stay.life = life;
      stay.last = seq - 1;
    }
    if (stay.life !== life) {
      throw new Broken("same_order", `${this.name} hears ${room} ${seq} of another life`);
    }
    if (seq <= stay.last) {
      throw new Broken("no_dup", `${this.name} hears ${room} ${seq} behind ${stay.last}`);
    }
    const missed = this.missed(room, seq);
    if (missed.length > stay.lost || (this.isPacked && missed.length < stay.lost)) {
      const told = `${stay.lost} were told to be lost`;
      const what = `${this.name} hears ${room} ${seq} behind ${stay.last}`;
      throw new Broken("no_loss", `${what} and misses ${missed.join(" ")}; ${told}`);
    }
    stay.last = seq;
    stay.lost = 0;
  }

  /** The answer to its joining may be lost with frames that no history has any more: it begins here. */
  #found(room: RoomId, seq: number): Stay | undefined {
    const hasAsked = [...this.asked.values()].some((it) => it.on === "join" && it.room === room);
    const seat = hasAsked ? this.#seat(room, seq) : undefined;
    if (seat === undefined) return undefined;
    const stay = { seat, life: seat.life, last: seq - 1, lost: 0 };
    this.stays.set(room, stay);
    return stay;
  }

  /** Numbers before `seq` that it should have heard and did not. */
  missed(room: RoomId, seq: number): readonly number[] {
    const stay = this.stays.get(room);
    const missed: number[] = [];
    for (let number = (stay?.last ?? seq) + 1; number < seq; number++) {
      if (this.isPacked || stay?.life?.moments[number]?.on === "game") missed.push(number);
    }
    return missed;
  }

  /**
   * The life that it hears there. The wire has no name for it: a session that was resumed by a
   * connection long abandoned may have gone on into another one, under the same name and numbers.
   */
  #lifeOf(room: RoomId, seat: Seat | undefined): Life | undefined {
    const known = this.stays.get(room)?.life;
    return this.#carried.includes(room) ? (seat?.life ?? known) : (known ?? seat?.life);
  }

  /** Where it sat down last before it heard this number. */
  #seat(room: RoomId, seq: number) {
    const session = this.wire && this.#options.truth.sessions.get(this.wire.session);
    return session?.sat.findLast(({ life, after }) => life.room === room && after <= seq);
  }

  #ask(command: string, data: unknown, asked: Asked): void {
    const { wire } = this;
    if (wire === undefined || !wire.isOpen) return;
    const { tongue } = this.#options;
    const request = this.isPacked ? ++this.#requests : undefined;
    if (request !== undefined) this.asked.set(request, asked);
    this.#note(`says ${command} ${JSON.stringify(data)} ${request ?? ""}`);
    wire.says(tongue.write(command, data, request));
  }

  /** `isBroken`: the session that it had can be resumed. */
  #lost(isBroken: boolean): void {
    const session = this.isLive ? this.wire?.session : undefined;
    if (!isBroken) this.#former = undefined;
    else if (session !== undefined) this.#former = { session, at: this.#options.time.now() };
    this.wire = undefined;
    this.isNamed = false;
    this.isLive = false;
    this.#comeBack();
  }

  #expect(session: SessionId): void {
    const { truth, secret, resumeMs } = this.#options;
    if (secret === undefined || this.#former === undefined) return;
    const { session: was, at } = this.#former;
    truth.resuming.set(session, { was, before: at + resumeMs });
  }

  #comeBack(): void {
    if (!this.isEager || this.#isTrying) return;
    this.#isTrying = true;
    const { time, dice } = this.#options;
    time.later(
      () => {
        this.#isTrying = false;
        if (this.isEager) this.connect();
      },
      dice.between(50, 2_000),
    );
  }

  #note(what: string): void {
    this.#options.trace.note(`${this.name} ${what}`);
  }
}

type Fields = { readonly [name: string]: unknown };

const ABNORMAL = 1006;
const GOING_AWAY = 1012;
const PATIENCE_MS = 8_000;
