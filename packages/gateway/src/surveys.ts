/**
 * What all shards answer together: searches, and how many there are of everything. Nobody waits long
 * for a shard in trouble: after two seconds what came is told.
 */
import type { Command, Survey } from "@roundhouse/domain";
import { type Clock, fail, type Millis } from "@roundhouse/kernel";
import type { Found, Input, Output, ServerFacts } from "@roundhouse/protocol";
import type { Connection } from "./connection.ts";
import type { Dialogue } from "./dialogue.ts";
import type { Inboxes } from "./inboxes.ts";
import type { GatewayStats } from "./stats.ts";

/** What a gateway can say of its server. */
export type ServerIdentity = {
  readonly version: string;
  /** When this process started. */
  readonly since: Millis;
};

export type SurveysOptions = {
  readonly shards: number;
  readonly clock: Clock;
  readonly stats: GatewayStats;
  readonly inboxes: Pick<Inboxes, "append">;
  /** Undefined: nobody samples how many there are. */
  readonly server: ServerIdentity | undefined;
  readonly dialogue: Pick<Dialogue, "push" | "refuse">;
};

type Searching = Extract<Output<unknown>, { to: "search" }>;
type Surveying = Searching | Extract<Output<unknown>, { to: "count" }>;

/** For whom a survey is made: a connection that may log out meanwhile, or for the maxima alone. */
type Surveyor = {
  readonly connection: Connection;
  readonly session: string;
  readonly request: number | undefined;
};

type Open = {
  readonly what: "users" | "rooms" | "counts";
  readonly surveyor: Surveyor | undefined;
  readonly since: Millis;
  /** How many shards have not answered. */
  silent: number;
  readonly parts: Survey[];
};

export class Surveys {
  readonly #options: SurveysOptions;
  readonly #open = new Map<number, Open>();
  #numbers = 0;
  #sampleDue: Millis = 0;
  readonly #most = { users: 0, online: 0, rooms: 0 };

  constructor(options: SurveysOptions) {
    this.#options = options;
  }

  begin(connection: Connection, asked: Surveying): void {
    const { request } = asked;
    if (this.#open.size >= OPEN_MAX) {
      return this.#options.dialogue.refuse(connection, fail("inbox_full"), { request });
    }
    const surveyor = { connection, session: connection.session, request };
    if (asked.to === "count") this.#count(surveyor);
    else this.#search(surveyor, asked);
  }

  /** A shard's part came. */
  take(request: number, survey: Survey): void {
    const open = this.#open.get(request);
    if (open === undefined || open.what !== survey.on) return; // It was too late.
    open.parts.push(survey);
    if (--open.silent === 0) this.#end(request, open);
  }

  /** About every second. */
  sweep(now: Millis): void {
    for (const [request, open] of this.#open) {
      if (open.silent === 0 || now - open.since >= WAIT_MS) this.#end(request, open);
    }
    if (this.#options.server === undefined || now < this.#sampleDue) return;
    this.#sampleDue = now + SAMPLE_MS;
    this.#count(undefined);
  }

  clear(): void {
    this.#open.clear();
  }

  #search(surveyor: Surveyor, { kind, prefix }: Searching): void {
    this.#ask(kind, surveyor, (request) => {
      return { on: "search", kind, prefix, limit: FOUND_MAX, request };
    });
  }

  #count(surveyor: Surveyor | undefined): void {
    this.#ask("counts", surveyor, (request) => ({ on: "count", request }));
  }

  #ask(
    what: Open["what"],
    surveyor: Surveyor | undefined,
    commandOf: (request: number) => Command,
  ): void {
    const { clock, inboxes, shards } = this.#options;
    const request = ++this.#numbers;
    const command = commandOf(request);
    let silent = 0;
    for (let shard = 0; shard < shards; shard++) if (inboxes.append(shard, command).ok) silent++;
    const open: Open = { what, surveyor, since: clock.now(), silent, parts: [] };
    // Where no inbox took it, nobody is to be waited for: it ends with the next sweep.
    this.#open.set(request, open);
  }

  #end(request: number, open: Open): void {
    this.#open.delete(request);
    const facts = open.what === "counts" ? this.#facts(open.parts) : undefined;
    const { surveyor } = open;
    if (surveyor === undefined || surveyor.connection.session !== surveyor.session) return;
    if (surveyor.connection.socket === undefined) return;
    const answer: Input<unknown> =
      facts === undefined
        ? { on: "found", request: surveyor.request, found: found(open) }
        : { on: "counted", request: surveyor.request, facts };
    this.#options.dialogue.push(surveyor.connection, answer);
  }

  #facts(parts: readonly Survey[]): ServerFacts {
    const { stats, server = UNKNOWN } = this.#options;
    const counts = parts.flatMap((part) => (part.on === "counts" ? [part] : []));
    const sum = (of: "accounts" | "online" | "rooms"): number => {
      return counts.reduce((total, count) => total + count[of], 0);
    };
    const now = { users: sum("accounts"), online: sum("online"), rooms: sum("rooms") };
    const most = this.#most;
    most.users = Math.max(most.users, now.users);
    most.online = Math.max(most.online, now.online);
    most.rooms = Math.max(most.rooms, now.rooms);
    return {
      ...server,
      ...now,
      usersMax: most.users,
      onlineMax: most.online,
      roomsMax: most.rooms,
      messagesIn: stats.messages,
      messagesOut: stats.messagesOut,
      bytesIn: stats.messageBytes,
      bytesOut: stats.fanOutBytes,
    };
  }
}

/** In order, whichever shard each came from. */
function found({ what, parts }: Open): Found {
  if (what === "rooms") {
    const rooms = parts.flatMap((part) => (part.on === "rooms" ? part.rooms : []));
    return { on: "rooms", rooms: ordered(rooms) };
  }
  const users = parts.flatMap((part) => (part.on === "users" ? part.users : []));
  return { on: "users", users: ordered(users) };
}

function ordered<Named extends { readonly id: string }>(all: readonly Named[]): readonly Named[] {
  const byId = (one: Named, other: Named): number => {
    if (one.id === other.id) return 0;
    return one.id < other.id ? -1 : 1;
  };
  return [...all].sort(byId).slice(0, FOUND_MAX);
}

const UNKNOWN: ServerIdentity = { version: "", since: 0 };
const FOUND_MAX = 50;
/** So long the shards have to answer. */
const WAIT_MS = 2_000;
/** How often the maxima are looked at. */
const SAMPLE_MS = 5_000;
/** Surveys that wait at the same time: each may come to hold so many answers of every shard. */
const OPEN_MAX = 256;
