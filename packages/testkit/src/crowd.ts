/**
 * Several shards and a crowd of clients without any wire: what the crowd does and when a shard gets
 * to work is drawn by a property test, and what everybody is told is kept for it to judge.
 */
import type { Command, Effects, Item, RoomEvent, Rules, Told } from "@roundhouse/domain";
import {
  type GatewayId,
  type Millis,
  type RoomId,
  type SessionId,
  shardOf,
  type UserId,
} from "@roundhouse/kernel";
import type { Post } from "@roundhouse/ledger";
import { Desk } from "./desk.ts";

/** What one of those who are connected does; if nobody is, nothing happens. */
type Doing =
  | { readonly on: "join" | "leave"; readonly who: number; readonly room: number }
  | { readonly on: "act"; readonly who: number; readonly room: number; readonly actions: number }
  | { readonly on: "invite"; readonly who: number; readonly room: number; readonly user: number }
  | { readonly on: "away"; readonly who: number; readonly away: boolean }
  | { readonly on: "close"; readonly who: number; readonly how: "left" | "lost" };

/** One thing that happens. */
export type Deed =
  | Doing
  | {
      readonly on: "connect";
      readonly user: number;
      readonly gate: number;
      readonly secret: boolean;
    }
  | { readonly on: "resume"; readonly who: number; readonly gate: number }
  | { readonly on: "watch" | "unwatch"; readonly gate: number; readonly user: number }
  | { readonly on: "die"; readonly gate: number }
  | { readonly on: "work"; readonly shard: number }
  | { readonly on: "pass"; readonly ms: Millis };

export type Client = {
  readonly session: SessionId;
  readonly user: UserId;
  readonly gateway: GatewayId;
  readonly secret: string | undefined;
  isOpen: boolean;
  /** Whether its shard has said yes. */
  isAttached: boolean;
};

export type Batch = {
  readonly shard: number;
  readonly posts: readonly Post<Command>[];
  readonly effects: Effects;
};

export class Crowd {
  readonly desks: readonly Desk[];
  readonly clients: Client[] = [];
  /** Every batch, its posts as they were before anybody touched them. */
  readonly batches: Batch[] = [];
  /** What each gateway's watchers were told of a user, one after the other. */
  readonly news = new Map<string, string[]>();
  /** Answers to actions by request number. */
  readonly answers = new Map<number, Told[]>();
  /** Room events by room in the order of their shard, each once, however many gateways heard it. */
  readonly events = new Map<RoomId, RoomEvent[]>();
  /** Who said which request. */
  readonly speakers = new Map<number, SessionId>();
  acts = 0;
  #now: Millis = 0;
  readonly #inboxes: Post<Command>[][];
  readonly #lives = new Map<number, number>();

  constructor(shards: number, rules: Partial<Rules>) {
    this.desks = Array.from({ length: shards }, () => new Desk(rules));
    this.#inboxes = this.desks.map(() => []);
    this.#now = this.desks[0]?.now ?? 0;
  }

  do(deed: Deed): void {
    switch (deed.on) {
      case "connect":
        return this.#connect(named("user", deed.user), deed);
      case "resume": {
        const was = this.clients[deed.who % this.clients.length];
        if (was?.secret === undefined) return;
        return this.#connect(was.user, { gate: deed.gate, secret: was.secret });
      }
      case "watch":
      case "unwatch": {
        const user = named("user", deed.user) as UserId;
        return this.#append(user, { on: deed.on, users: [user] }, this.#gateway(deed.gate));
      }
      case "die":
        return this.#die(deed.gate);
      case "work":
        return this.#work(deed.shard % this.desks.length);
      case "pass":
        this.#now += deed.ms;
        for (let shard = 0; shard < this.desks.length; shard++) this.#tick(shard);
        return;
      default: {
        // One may be cut off before it was answered; for anything else it waits.
        const mayNow = ({ isAttached }: Client): boolean => isAttached || deed.on === "close";
        const open = this.clients.filter((client) => client.isOpen && mayNow(client));
        const client = open[deed.who % open.length];
        if (client !== undefined) this.#does(client, deed);
      }
    }
  }

  /** Everything underway arrives, then everything that waits for time, until nothing moves. */
  settle(): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (let shard = 0; shard < this.desks.length; shard++) this.#work(shard);
      if (this.#inboxes.some((inbox) => inbox.length > 0)) continue;
      if (this.desks.every(({ state }) => state.due.next === undefined)) return;
      this.do({ on: "pass", ms: 1_000_000 });
    }
    throw new Error("the crowd never comes to rest");
  }

  closeAll(): void {
    for (const client of this.clients) if (client.isOpen) this.#close(client, "left");
  }

  deskOf(id: UserId | RoomId): Desk {
    return this.desks[shardOf(id, this.desks.length)] as Desk;
  }

  #does(client: Client, doing: Doing): void {
    const { gateway, session, user } = client;
    switch (doing.on) {
      case "close":
        return this.#close(client, doing.how);
      case "away":
        return this.#append(user, { on: "status", user, session, away: doing.away }, gateway);
      case "join": {
        const room = named("room", doing.room) as RoomId;
        return this.#append(room, { on: "join", room, user, session, invite: [] }, gateway);
      }
      case "leave": {
        const room = named("room", doing.room) as RoomId;
        return this.#append(room, { on: "leave", room, session }, gateway);
      }
      case "invite": {
        const room = named("room", doing.room) as RoomId;
        const users = [named("user", doing.user) as UserId];
        return this.#append(room, { on: "invite", room, session, users }, gateway);
      }
      case "act": {
        const room = named("room", doing.room) as RoomId;
        const request = ++this.acts;
        this.speakers.set(request, session);
        const actions = Array.from({ length: doing.actions }, (_, index) => {
          return { at: this.#now, fields: `"act":[${request},${index}]` };
        });
        const extra = `"request":${request}`;
        return this.#append(room, { on: "act", room, session, actions, extra, request }, gateway);
      }
    }
  }

  #connect(name: string, { gate, secret }: { gate: number; secret: boolean | string }): void {
    const user = name as UserId;
    const gateway = this.#gateway(gate);
    const session = `${user}/${this.clients.length}` as SessionId;
    const resume =
      typeof secret === "string" ? secret : secret ? `secret of ${session}` : undefined;
    const client = { session, user, gateway, secret: resume, isOpen: true, isAttached: false };
    this.clients.push(client);
    const attach = { user, session, means: "idme", proven: false, resume } as const;
    this.#append(user, { on: "attach", ...attach }, gateway);
  }

  #close(client: Client, how: "left" | "lost"): void {
    const { gateway, session, user } = client;
    client.isOpen = false;
    this.#append(user, { on: "detach", user, session, how }, gateway);
  }

  #die(gate: number): void {
    const gateway = this.#gateway(gate);
    this.#lives.set(gate, (this.#lives.get(gate) ?? 0) + 1);
    for (const client of this.clients) if (client.gateway === gateway) client.isOpen = false;
    for (let shard = 0; shard < this.desks.length; shard++) {
      this.#post(shard, { on: "gatewayGone" }, gateway);
    }
    for (const key of [...this.news.keys()]) {
      if (key.startsWith(`${gateway} `)) this.news.delete(key);
    }
  }

  #gateway(gate: number): GatewayId {
    return `gate${gate}.${this.#lives.get(gate) ?? 0}` as GatewayId;
  }

  #append(subject: UserId | RoomId, command: Command, from: GatewayId): void {
    this.#post(shardOf(subject, this.desks.length), command, from);
  }

  #post(shard: number, command: Command, from: GatewayId): void {
    this.#inboxes[shard]?.push({ from, at: this.#now, command });
  }

  #tick(shard: number): void {
    const next = this.desks[shard]?.state.due.next;
    if (next !== undefined && next <= this.#now) this.#post(shard, { on: "tick" }, NOBODY);
  }

  /** A shard takes all that waits for it; the outbox arrives before the frames, as in the ledger. */
  #work(shard: number): void {
    const posts = this.#inboxes[shard]?.splice(0) ?? [];
    const desk = this.desks[shard];
    if (posts.length === 0 || desk === undefined) return;
    const untouched = structuredClone(posts);
    const effects = desk.run(posts);
    this.batches.push({ shard, posts: untouched, effects });
    for (const { subject, command } of effects.outbox) this.#append(subject, command, NOBODY);
    for (const { to, item } of effects.items) {
      if (item.to === "room") this.#happened(item.room, item.events);
      for (const gateway of to) this.#hear(gateway, item);
    }
  }

  #happened(room: RoomId, events: readonly RoomEvent[]): void {
    const kept = this.events.get(room) ?? [];
    this.events.set(room, [...kept, ...events]);
  }

  #hear(gateway: GatewayId, item: Item): void {
    if (item.to === "session") {
      const client = this.clients.find((it) => it.session === item.session);
      if (client !== undefined) this.#tell(client, item.told);
    } else if (item.to === "watchers") this.#learn(gateway, item.user, item.status);
    else if (item.to === "gateway") {
      for (const [user, status] of item.statuses) this.#learn(gateway, user, `first ${status}`);
    }
  }

  #learn(gateway: GatewayId, user: UserId, status: string): void {
    const key = `${gateway} ${user}`;
    this.news.set(key, [...(this.news.get(key) ?? []), status]);
  }

  /** What gateway and protocol do between them when a session is told something. */
  #tell(client: Client, told: Told): void {
    const { gateway, session, user } = client;
    if ((told.on === "accepted" || told.on === "refused") && told.request !== undefined) {
      this.answers.set(told.request, [...(this.answers.get(told.request) ?? []), told]);
    }
    if (!client.isOpen) return;
    if (told.on === "ended") return this.#close(client, "left");
    if (told.on === "refused" && told.room === undefined) return this.#close(client, "lost");
    if (told.on !== "attached") return;
    client.isAttached = true;
    for (const room of told.resumed?.rooms ?? []) {
      const was = told.resumed?.was ?? session;
      this.#append(room, { on: "catchUp", room, user, session, was, after: 0 }, gateway);
    }
  }
}

const named = (what: string, index: number): string => `${what}${index}`;
const NOBODY = "" as GatewayId;
const ROUNDS_MAX = 1000;
