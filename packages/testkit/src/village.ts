/**
 * Accounts in a test's hand: some shards, users by name who sign up, log in and ask things, and what
 * they are told. Nothing moves before the test says so, or everything that a word leads to at once.
 */
import type {
  Answer,
  Command,
  Credentials,
  Effects,
  Item,
  Notice,
  Rules,
  Stored,
  Told,
  Vouched,
} from "@roundhouse/domain";
import {
  type GatewayId,
  type RoomId,
  type SessionId,
  shardOf,
  type UserId,
} from "@roundhouse/kernel";
import type { Post } from "@roundhouse/ledger";
import { Desk } from "./desk.ts";

/** A command of somebody's, without what follows from whose it is. */
export type Wish = Bare<Extract<Command, { readonly user: UserId; readonly request?: unknown }>>;

export type LogIn = {
  readonly session?: string;
  readonly means?: "account" | "idme";
  readonly takesNotices?: boolean;
  readonly resume?: string;
  readonly gateway?: string;
};

type Proof = {
  readonly proven?: boolean;
  readonly credentials?: Credentials;
  readonly vouched?: Vouched;
};

type Waiting = Post<Command> & { readonly lasts: boolean };

export class Village {
  desks: Desk[];
  /** Everything each session was told, in order. */
  readonly told = new Map<string, Told[]>();
  /** What operators were answered. */
  readonly answers: Answer[] = [];
  /** Every batch, as it was before anybody touched it. */
  readonly batches: { shard: number; posts: readonly Post<Command>[]; effects: Effects }[] = [];
  /** Everything that gateways were told, but for what single sessions were. */
  readonly items: Item[] = [];
  #inboxes: Waiting[][];
  #requests = 0;

  constructor(rules: Partial<Rules> = {}, shards = 1) {
    const upTo = Array.from({ length: shards }, (_, shard) => shard);
    this.desks = upTo.map((shard) => new Desk(rules, { shard, shards }));
    this.#inboxes = upTo.map(() => []);
  }

  signUp(user: string, hash = `hash of ${user}`): string {
    return this.ask(user, { on: "signUp", hash, nickname: user.toUpperCase() }, `${user}/door`);
  }

  /** As a gateway does it: the password was right when the credentials were told. */
  logIn(user: string, options: LogIn = {}): string {
    const { session = user } = options;
    const address = `address of ${session}`;
    this.ask(user, { on: "credentials", address }, session, options.gateway);
    const told = this.told.get(session)?.at(-1);
    if (told?.on !== "credentials") return wordOf(told);
    const credentials = { born: told.born, turn: told.proof?.turn ?? 0, address };
    return this.attach(user, { ...options, credentials, proven: true });
  }

  attach(user: string, options: LogIn & Proof = {}): string {
    const { session = user, gateway, ...more } = options;
    const plain = {
      means: "account",
      takesNotices: true,
      proven: false,
      resume: undefined,
    } as const;
    return this.ask(user, { on: "attach", ...plain, ...more }, session, gateway);
  }

  /** Signed up and logged in. */
  enter(...users: readonly string[]): void {
    for (const user of users) {
      this.signUp(user);
      this.logIn(user);
    }
  }

  logOut(user: string, how: "left" | "lost" = "left", session = user): void {
    const name = { user: user as UserId, session: session as SessionId };
    this.append({ on: "detach", ...name, how });
    this.settle();
  }

  /** Asks, lets everything happen that follows, and says in a word what the answer is. */
  ask(user: string, wish: Wish, session = user, gateway?: string): string {
    const before = this.told.get(session)?.length ?? 0;
    const request = this.put(user, wish, session, gateway);
    this.settle();
    const told = this.told.get(session)?.slice(before) ?? [];
    return wordOf(told.find((it) => "request" in it && it.request === request));
  }

  /** Asks, and lets nothing happen yet. */
  put(user: string, wish: Wish, session = user, gateway = "gate0"): number {
    const request = ++this.#requests;
    const command = { ...wish, user, session, request } as Command;
    this.append(command, gateway);
    return request;
  }

  /** An operator asks. */
  order(user: string, wish: Wish): Answer | undefined {
    const request = ++this.#requests;
    this.append({ ...wish, user, session: undefined, request } as Command);
    this.settle();
    return this.answers.at(-1);
  }

  /** A gateway hands it over. */
  append(command: Command, from = "gate0"): void {
    if ("room" in command) this.#send(command.room, command, { from });
    else if ("user" in command) this.#send(command.user, command, { from });
  }

  /** Two become friends. */
  befriend(one: string, other: string): void {
    this.ask(one, { on: "askFriend", friend: other as UserId, text: "" });
    const { requests = [] } = this.account(other);
    const id = requests.find(({ from }) => from === one)?.id ?? 0;
    this.ask(other, { on: "answerFriend", id, how: "approve" });
    for (const user of [one, other]) this.hasGot(user);
  }

  /** The client of this session surely has all that it was told. */
  hasGot(user: string, session = user): void {
    const told = this.told.get(session) ?? [];
    const until = told.findLast((it) => it.on === "notices" && it.until !== undefined);
    if (until?.on === "notices") this.ask(user, { on: "heed", until: until.until }, session);
  }

  /** The account as it is kept. */
  account(user: string): Kept {
    return (this.record(`account/${user}`, user) ?? {}) as Kept;
  }

  record(key: string, subject: string): Stored | undefined {
    return this.deskOf(subject).records.get(key);
  }

  friends(user: string): readonly string[] {
    return this.account(user).friends?.map((it) => it.user) ?? [];
  }

  /** The notices that a session was told, kept ones too. */
  notices(session: string): readonly Notice[] {
    const told = this.told.get(session) ?? [];
    return told.flatMap((it) => (it.on === "notices" ? it.notices : []));
  }

  deskOf(subject: string): Desk {
    return this.desks[shardOf(subject as UserId, this.desks.length)] as Desk;
  }

  /** A shard decides the oldest of what waits for it: at most so many. */
  work(shard: number, most = Number.POSITIVE_INFINITY): void {
    const posts = this.#inboxes[shard]?.splice(0, most) ?? [];
    const desk = this.desks[shard];
    if (desk === undefined || posts.length === 0) return;
    const untouched = structuredClone(posts);
    const effects = desk.run(posts);
    this.batches.push({ shard, posts: untouched, effects });
    for (const { subject, command, lasts } of effects.outbox)
      this.#send(subject, command, { lasts });
    for (const { item } of effects.items) this.#hear(item);
  }

  /** Until nothing moves; time stands still. */
  settle(): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (let shard = 0; shard < this.desks.length; shard++) this.work(shard);
      if (this.#inboxes.every((inbox) => inbox.length === 0)) return;
    }
    throw new Error("the village never comes to rest");
  }

  passes(ms: number): void {
    this.wait(ms);
    this.settle();
  }

  /** Time passes, and what is due is asked for. */
  wait(ms: number): void {
    for (const desk of this.desks) desk.now += ms;
    this.#sendAll({ on: "tick" }, "");
  }

  gatewayGone(gateway: string): void {
    this.#sendAll({ on: "gatewayGone" }, gateway);
  }

  /** The shard has another owner. */
  succeed(shard: number): void {
    const desk = this.desks[shard];
    if (desk !== undefined) this.desks[shard] = desk.next();
  }

  /** Killed and started again, alone: records are left, and what must outlive the process. */
  restart(): void {
    this.desks = this.desks.map((desk) => desk.next([]));
    for (const desk of this.desks) desk.live.clear();
    this.#inboxes = this.#inboxes.map((inbox) => inbox.filter(({ lasts }) => lasts));
  }

  #sendAll(command: Command, from: string): void {
    const at = this.desks[0]?.now ?? 0;
    for (const inbox of this.#inboxes) {
      inbox.push({ from: from as GatewayId, at, command, lasts: false });
    }
  }

  #send(subject: UserId | RoomId, command: Command, { from = "", lasts = false }): void {
    const shard = shardOf(subject, this.desks.length);
    const at = this.desks[shard]?.now ?? 0;
    this.#inboxes[shard]?.push({ from: from as GatewayId, at, command, lasts });
  }

  #hear(item: Item): void {
    if (item.to === "operator") this.answers.push(item.answer);
    if (item.to !== "session") return void this.items.push(item);
    const told = this.told.get(item.session) ?? [];
    told.push(item.told);
    this.told.set(item.session, told);
  }
}

type Bare<Shape> = Shape extends unknown ? Omit<Shape, "user" | "session" | "request"> : never;
type Kept = Partial<Extract<Stored, { readonly friends: unknown }>>;

const wordOf = (told: Told | undefined): string => {
  return told === undefined ? "nothing" : told.on === "refused" ? told.code : told.on;
};
const ROUNDS_MAX = 1000;
