/** A connection in a test's hand: it says requests, hears answers, and the test is the house behind it. */
import type { AccountSeen, Notice, RoomEvent, Status, Told } from "@roundhouse/domain";
import type { Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Bounds, Found, Input, Output, ServerFacts } from "@roundhouse/protocol";
import type { Method } from "./methods.ts";
import { scrp } from "./protocol.ts";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";
import type { Session } from "./session.ts";

export const BOUNDS: Bounds = {
  depthMax: 8,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 10,
  identifyMs: 10_000,
};
export const NOW = 1_795_262_400_000;

export type Fields = Readonly<Record<string, unknown>>;
type Asked = Exclude<Output<Reply>, { to: "send" }>;
type Bare<Shape> = Shape extends unknown ? Omit<Shape, "request"> : never;

const PROTOCOL = scrp(BOUNDS);

export class Client {
  now: Millis = NOW;
  #state: Session;
  #sessions = 1;
  #requests = 0;
  readonly #heard: Fields[] = [];
  readonly #asked: Asked[] = [];
  /** Under which number the last thing was asked. */
  #last: number | undefined;
  /** Whether the gateway gives the next session at once, as it does. */
  isRenewed = true;

  constructor() {
    [this.#state] = PROTOCOL.open(sessionOf(1), NOW);
  }

  // What it says.

  /** A request, numbered by itself. */
  says(method: Method | string, fields: Fields = {}): void {
    this.sends({ req_id: ++this.#requests, method, ...fields });
  }

  sends(message: unknown): void {
    const said = PROTOCOL.decode(JSON.stringify(message));
    if (said.ok) this.input({ on: "said", said: said.value });
    else this.input({ on: "garbled", code: said.code, facts: said.facts });
  }

  // What the house does.

  input(input: Input<Said>): void {
    const [state, outputs] = PROTOCOL.step(this.#state, input, this.now);
    this.#state = state;
    for (const output of outputs) this.#take(output);
  }

  told(told: Told): void {
    this.input({ on: "told", told });
  }

  /** What was asked last is answered. */
  answered(told: Bare<Told>): void {
    this.told({ ...told, request: this.#last } as Told);
  }

  /** If it was asked last whether somebody or some room is there: they are. */
  finds(): void {
    const last = this.#asked.at(-1);
    const on = last !== undefined && "command" in last ? last.command.on : undefined;
    if (on === "profile" || on === "describeRoom") this.answered({ on: "done" });
  }

  /** The request before the last ones is answered. */
  answeredAt(request: number, told: Bare<Told>): void {
    this.told({ ...told, request } as Told);
  }

  found(found: Found): void {
    this.input({ on: "found", request: this.#last, found });
  }

  counted(facts: ServerFacts): void {
    this.input({ on: "counted", request: this.#last, facts });
  }

  happens(room: string, ...events: readonly RoomEvent[]): void {
    const frames = PROTOCOL.broadcast(room as RoomId, events);
    this.input({ on: "heard", room: room as RoomId, events, frames });
  }

  noticed(...notices: readonly Notice[]): void {
    this.told({ on: "notices", notices, kept: false });
  }

  kept(...notices: readonly Notice[]): void {
    this.told({ on: "notices", notices, kept: true });
  }

  changes(user: string, was: Status, status: Status): void {
    this.input({ on: "changed", user: user as UserId, was, status });
  }

  passes(ms: Millis): void {
    this.now += ms;
    this.input({ on: "tick" });
  }

  // What it notices.

  /** What it was sent since it was last asked. */
  hears(): readonly Fields[] {
    return this.#heard.splice(0);
  }

  /** The same, each as its number or its name. */
  hearsShort(): readonly unknown[] {
    return this.hears().map(({ err, method }) => err ?? method);
  }

  /** What was asked of the house since it was last asked. */
  asks(): readonly Asked[] {
    return this.#asked.splice(0);
  }

  asksShort(): readonly string[] {
    return this.asks().map((output) => {
      if (output.to === "errand") return output.errand.on;
      if ("command" in output) return output.command.on;
      return "users" in output ? `${output.to} ${output.users.join(" ")}` : output.to;
    });
  }

  get at(): Session["at"] {
    return this.#state.at;
  }

  #take(output: Output<Reply>): void {
    if (output.to === "send") {
      this.#heard.push(JSON.parse(PROTOCOL.encode(output.reply) as string) as Fields);
      return;
    }
    this.#asked.push(output);
    if ("request" in output) this.#last = output.request;
    else if ("command" in output && "request" in output.command)
      this.#last = output.command.request;
    if (output.to === "logOut" && this.isRenewed) this.renew();
  }

  renew(): void {
    this.input({ on: "renewed", session: sessionOf(++this.#sessions) });
  }
}

type Life = {
  readonly friends?: readonly string[];
  /** The rooms where it is a member, each with the others there. */
  readonly rooms?: Readonly<Record<string, readonly string[]>>;
  readonly kept?: readonly Notice[];
};

/** Ana, logged in, and past what that asks and tells. */
export function loggedIn({ friends = [], rooms = {}, kept = [] }: Life = {}): Client {
  const client = new Client();
  client.says("LOG_IN", { user_id: "ana", user_password: "a secret" });
  const account = accountOf({ friends: names(friends), rooms: Object.keys(rooms) as RoomId[] });
  const told = { on: "attached", user: "ana" as UserId, resumed: undefined, account } as const;
  client.answered(kept.length > 0 ? { ...told, waits: true } : told);
  if (kept.length > 0) client.kept(...kept);
  for (const [room, mates] of Object.entries(rooms)) {
    client.told({ on: "seated", room: room as RoomId, seq: 1, mates: names(mates) });
  }
  if (kept.length === 0) client.hears();
  client.asks();
  return client;
}

export const accountOf = (more: Partial<AccountSeen> = {}): AccountSeen => ({
  born: 7,
  turn: 1,
  nickname: "Ana",
  description: "",
  friends: [],
  rooms: [],
  ...more,
});

export const names = (users: readonly string[]): readonly UserId[] => users as readonly UserId[];
const sessionOf = (number: number): SessionId => `gate-${number}` as SessionId;
