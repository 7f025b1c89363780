/** Created rooms in a test's hand: one shard, users by name with one session each, and what they hear. */
import type { Command, Effects, Item, Notice, RoomEvent, Rules, Told } from "@roundhouse/domain";
import type { GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Desk } from "./desk.ts";

type Asked = Extract<Command, { readonly room: RoomId; readonly user: UserId }>;
type Bare<Shape> = Shape extends unknown ? Omit<Shape, "user" | "session" | "request"> : never;
/** A command of a user's, without what follows from whose it is. */
export type Wish = Bare<Asked>;

export class Hall {
  desk: Desk;
  /** What the last command led to. */
  effects: Effects | undefined;
  readonly #lives = new Map<string, number>();

  constructor(rules: Partial<Rules> = {}) {
    this.desk = new Desk(rules);
  }

  /** Asks as the user's session, in its present life, and says in a word what the answer is. */
  ask(user: string, wish: Wish, session = `${user}/1`): string {
    const born = this.bornOf(user);
    return this.#run({ born, ...wish, user, session, request: REQUEST } as Command, session);
  }

  create(owner: string, room: string, more: Partial<Bare<Of<"create">>> = {}): string {
    const plain = { title: `${room} of ${owner}`, access: "public", ...more } as const;
    const born = this.bornOf(owner);
    return this.ask(owner, { on: "create", room: room as RoomId, born, ...plain });
  }

  enter(user: string, room: string, more: Partial<Bare<Of<"enter">>> = {}): string {
    const from = { hasPassword: false, address: "::1", born: this.bornOf(user), ...more };
    return this.ask(user, { on: "enter", room: room as RoomId, ...from });
  }

  join(user: string, room: string, session = `${user}/1`): string {
    return this.ask(user, { on: "join", room: room as RoomId, invite: [] }, session);
  }

  leave(user: string, room: string): string {
    const session = `${user}/1` as SessionId;
    return this.#run({ on: "leave", room: room as RoomId, session, request: REQUEST }, session);
  }

  say(user: string, room: string, text: string): string {
    return this.ask(user, { on: "say", room: room as RoomId, text });
  }

  /** From the user's shard: a session of its begins. */
  arrive(user: string, room: string, session = `${user}/1`, born = this.bornOf(user)): void {
    const seat = { session: session as SessionId, gateway: GATE };
    const who = { user: user as UserId, room: room as RoomId, born };
    this.effects = this.desk.batch([{ on: "arrive", ...who, ...seat }], "");
  }

  expel(user: string, room: string, why: "deleted" | "refused", born = this.bornOf(user)): void {
    const who = { user: user as UserId, room: room as RoomId, born };
    this.effects = this.desk.batch([{ on: "expel", ...who, why }], "");
  }

  /** Another shard takes over. */
  next(): void {
    this.desk = this.desk.next();
  }

  /** The life of a name: a new one after it was deleted. */
  bornOf(user: string): number {
    const known = this.#lives.get(user) ?? 1_000 + this.#lives.size;
    this.#lives.set(user, known);
    return known;
  }

  reborn(user: string): void {
    this.#lives.set(user, this.bornOf(user) + 1_000);
  }

  /** What the last command made happen in rooms. */
  get events(): readonly RoomEvent[] {
    const items = this.effects?.items.map(({ item }) => item) ?? [];
    return items.flatMap((item) => (item.to === "room" ? item.events : []));
  }

  /** What sessions were told by the last command, in order: `ben/1 unseated`. */
  get told(): readonly string[] {
    const items = this.effects?.items.map(({ item }) => item) ?? [];
    return items.flatMap((item) => {
      return item.to === "session" ? [`${item.session} ${wordOf(item.told)}`] : [];
    });
  }

  /** What the last command sends to users' shards: `ben notify words`; a crowd is told one by one here. */
  get sent(): readonly string[] {
    return (this.effects?.outbox ?? []).flatMap(({ subject, command }) => {
      if (command.on === "notifyAll") {
        return command.users.map(([user]) => `${user} notify ${command.notice.on}`);
      }
      const what = "notice" in command ? ` ${command.notice?.on ?? "quietly"}` : "";
      return [`${subject} ${command.on}${what}`];
    });
  }

  get notices(): readonly Notice[] {
    return (this.effects?.outbox ?? []).flatMap(({ command }) => {
      if (command.on === "notifyAll") return command.users.map(() => command.notice);
      return command.on === "notify" ? [command.notice] : [];
    });
  }

  #run(command: Command, session: string): string {
    this.effects = this.desk.batch([command], GATE);
    const answers = this.effects.items.flatMap(({ item }) => answerIn(item, session));
    const others = this.effects.outbox.flatMap(({ command: sent }) => answerOf(sent));
    return answers[0] ?? others[0] ?? "nothing";
  }
}

type Of<On extends Command["on"]> = Extract<Command, { on: On }>;

const wordOf = (told: Told): string => (told.on === "refused" ? told.code : told.on);

function answerIn(item: Item, session: string): readonly string[] {
  if (item.to !== "session" || item.session !== session) return [];
  const { told } = item;
  return "request" in told && told.request === REQUEST ? [wordOf(told)] : [];
}

/** What another shard answers, as far as it is known here: everybody has an account. */
function answerOf(sent: Command): readonly string[] {
  if (!("asker" in sent) || sent.asker.request !== REQUEST) return [];
  return sent.on === "vouch" ? [sent.otherwise] : [sent.on];
}

const GATE = "gate0" as GatewayId;
const REQUEST = 7;
