/**
 * Several shards and a crowd of clients without any wire: what the crowd does and when a shard gets
 * to work is drawn by a property test, and what everybody is told is kept for it to judge.
 */
import type { Addressed, Command, Effects, Item, RoomEvent, Rules, Told } from "@roundhouse/domain";
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
import { Mirror } from "./mirror.ts";

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
  /** A gateway asks a shard for the digests of what they both know. */
  | { readonly on: "compare"; readonly gate: number; readonly shard: number }
  /** A shard gets to work; what it says may take its time. */
  | { readonly on: "work"; readonly shard: number; readonly isSlow: boolean }
  | { readonly on: "pass"; readonly ms: Millis };

export type Client = {
  readonly session: SessionId;
  readonly user: UserId;
  readonly gateway: GatewayId;
  readonly secret: string | undefined;
  isOpen: boolean;
  /** Whether its shard has said yes. */
  isAttached: boolean;
  /** Where its gateway takes it to sit. */
  readonly rooms: Set<RoomId>;
  /** How many questions for digests its gateway had put to a room's shard when it parted. */
  readonly parted: Map<RoomId, number>;
  /** The same for the user's shard, when it closed. */
  goneAt: number;
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
  /** Differences that digests showed: without a fault there are none. */
  readonly differences: string[] = [];
  acts = 0;
  #now: Millis = 0;
  readonly #inboxes: Post<Command>[][];
  /** What shards said and nobody has heard yet. */
  readonly #frames: Addressed[][];
  readonly #lives = new Map<number, number>();
  readonly #mirrors = new Map<string, Mirror>();

  constructor(shards: number, rules: Partial<Rules>) {
    this.desks = Array.from({ length: shards }, (_, shard) => new Desk(rules, { shard, shards }));
    this.#inboxes = this.desks.map(() => []);
    this.#frames = this.desks.map(() => []);
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
        const gateway = this.#gateway(deed.gate);
        if (deed.on === "watch") this.#mirror(gateway, user).told("watches", user);
        else this.#mirror(gateway, user).toldNoMore("watches", user);
        return this.#append(user, { on: deed.on, users: [user] }, gateway);
      }
      case "die":
        return this.#die(deed.gate);
      case "compare":
        return this.#compare(this.#gateway(deed.gate), deed.shard % this.desks.length);
      case "work":
        return this.#work(deed.shard % this.desks.length, deed.isSlow);
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
      for (let shard = 0; shard < this.desks.length; shard++) this.#work(shard, false);
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
    this.clients.push({
      session,
      user,
      gateway,
      secret: resume,
      isOpen: true,
      isAttached: false,
      rooms: new Set(),
      parted: new Map(),
      goneAt: 0,
    });
    const attach = { user, session, means: "idme", proven: false, resume } as const;
    this.#append(user, { on: "attach", ...attach }, gateway);
  }

  #close(client: Client, how: "left" | "lost"): void {
    const { gateway, session, user } = client;
    client.isOpen = false;
    const mirror = this.#mirror(gateway, user);
    mirror.gaveUp("sessions", session);
    client.goneAt = mirror.questions;
    for (const room of client.rooms) this.#part(client, room);
    this.#append(user, { on: "detach", user, session, how }, gateway);
  }

  #part({ gateway, session, parted }: Client, room: RoomId): void {
    const mirror = this.#mirror(gateway, room);
    // What it said before it parted is decided before that, and what it is told of it comes after.
    const since = parted.get(room) ?? mirror.questions;
    parted.set(room, since);
    mirror.gaveUp("seats", `${session} ${room}`, since);
    this.#append(room, { on: "part", room, session }, gateway);
  }

  #compare(gateway: GatewayId, shard: number): void {
    const round = this.#mirrorOf(gateway, shard).ask();
    this.#post(shard, { on: "digest", round }, gateway);
  }

  #mirror(gateway: GatewayId, subject: UserId | RoomId): Mirror {
    return this.#mirrorOf(gateway, shardOf(subject, this.desks.length));
  }

  #mirrorOf(gateway: GatewayId, shard: number): Mirror {
    const key = `${gateway} ${shard}`;
    const known = this.#mirrors.get(key);
    const mirror = known ?? new Mirror();
    if (known === undefined) this.#mirrors.set(key, mirror);
    return mirror;
  }

  #isAlive(gateway: GatewayId): boolean {
    const [gate, life] = gateway.replace("gate", "").split(".").map(Number);
    return life === (this.#lives.get(gate ?? 0) ?? 0);
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
  #work(shard: number, isSlow: boolean): void {
    const posts = this.#inboxes[shard]?.splice(0) ?? [];
    const desk = this.desks[shard];
    if (desk === undefined) return;
    if (posts.length > 0) {
      const untouched = structuredClone(posts);
      const effects = desk.run(posts);
      this.batches.push({ shard, posts: untouched, effects });
      for (const { subject, command } of effects.outbox) this.#append(subject, command, NOBODY);
      this.#frames[shard]?.push(...effects.items);
    }
    if (isSlow) return;
    for (const { to, item } of this.#frames[shard]?.splice(0) ?? []) {
      if (item.to === "room") this.#happened(item.room, item.events);
      for (const gateway of to) this.#hear(shard, gateway, item);
    }
  }

  #happened(room: RoomId, events: readonly RoomEvent[]): void {
    const kept = this.events.get(room) ?? [];
    this.events.set(room, [...kept, ...events]);
  }

  #hear(shard: number, gateway: GatewayId, item: Item): void {
    if (item.to === "digest") {
      if (!this.#isAlive(gateway)) return;
      this.differences.push(...this.#mirrorOf(gateway, shard).compare(item));
    } else if (item.to === "session") {
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

  /** What the client's gateway knows from then on. Whoever hears too late gives up what it got. */
  #reflect(client: Client, told: Told): void {
    const { gateway, session, user, isOpen } = client;
    switch (told.on) {
      case "attached": {
        const mirror = this.#mirror(gateway, user);
        mirror.told("sessions", session);
        if (isOpen) client.isAttached = true;
        else mirror.gaveUp("sessions", session, client.goneAt);
        return;
      }
      case "ended":
        return this.#mirror(gateway, user).toldNoMore("sessions", session);
      case "seated":
      case "replayed":
        this.#mirror(gateway, told.room).told("seats", `${session} ${told.room}`);
        if (isOpen) client.rooms.add(told.room);
        else this.#part(client, told.room);
        return;
      case "unseated":
        client.rooms.delete(told.room);
        return this.#mirror(gateway, told.room).toldNoMore("seats", `${session} ${told.room}`);
    }
  }

  /** What gateway and protocol do between them when a session is told something. */
  #tell(client: Client, told: Told): void {
    const { gateway, session, user } = client;
    if (this.#isAlive(gateway)) this.#reflect(client, told);
    if ((told.on === "accepted" || told.on === "refused") && told.request !== undefined) {
      this.answers.set(told.request, [...(this.answers.get(told.request) ?? []), told]);
    }
    if (!client.isOpen) return;
    if (told.on === "ended") return this.#close(client, "left");
    if (told.on === "refused" && told.room === undefined) return this.#close(client, "lost");
    if (told.on !== "attached") return;
    for (const room of told.resumed?.rooms ?? []) {
      const was = told.resumed?.was ?? session;
      this.#append(room, { on: "catchUp", room, user, session, was, after: 0 }, gateway);
    }
  }
}

const named = (what: string, index: number): string => `${what}${index}`;
const NOBODY = "" as GatewayId;
const ROUNDS_MAX = 1000;
