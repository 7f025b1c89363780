/** What a connection says and is told goes through its protocol; what that asks for is done here. */
import type { Vouched } from "@roundhouse/domain";
import {
  type Clock,
  type Failure,
  fail,
  type Millis,
  type RoomId,
  shardOf,
  type UserId,
} from "@roundhouse/kernel";
import type { AccountAsked, Asked, CharterAsked, Frame, Input, Output } from "@roundhouse/protocol";
import type { CatchUps, Holdable } from "./catch-ups.ts";
import type { Connection } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Halls } from "./halls.ts";
import { Held } from "./held.ts";
import type { Inboxes } from "./inboxes.ts";
import type { Doorkeeper } from "./limits.ts";
import type { Outlet } from "./outlet.ts";
import type { Patience } from "./patience.ts";
import type { GatewayStats } from "./stats.ts";
import type { Watches } from "./watches.ts";

export type DialogueLimits = {
  /** How many users `there` names at most. */
  readonly thereMax: number;
  readonly subscriptionsMax: number;
  /** So long a reader may take for what comes all at once. */
  readonly slowMs: Millis;
};

export type DialogueOptions = {
  readonly shards: number;
  readonly limits: DialogueLimits;
  readonly clock: Clock;
  readonly stats: GatewayStats;
  readonly outlet: Outlet;
  readonly door: Doorkeeper;
  readonly crowd: Crowd;
  readonly halls: Halls;
  readonly catchUps: CatchUps;
  readonly inboxes: Inboxes;
  readonly watches: Watches;
  readonly patience: Patience;
  readonly identify: (connection: Connection, asked: Identifying) => void;
  readonly err: (connection: Connection, asked: Erring) => void;
  readonly survey: (connection: Connection, asked: Surveying) => void;
  readonly logOut: (connection: Connection) => void;
  /** A token for an account; undefined: nobody signs any. */
  readonly mint: ((user: UserId, account: Vouched) => string | undefined) | undefined;
  /** A bug of ours met this connection. */
  readonly crashed: (connection: Connection, cause: unknown) => void;
};

export type Identifying = Extract<Output<unknown>, { to: "identify" }>;
export type Erring = Extract<Output<unknown>, { to: "errand" }>;
type Surveying = Extract<Output<unknown>, { to: "search" | "count" }>;
type Watching = Extract<Output<unknown>, { to: "watch" }>;
type Status = Extract<Output<unknown>, { to: "status" }>;
/** What a refusal answers. */
type Refused = { readonly room?: RoomId | undefined; readonly request?: number | undefined };

export class Dialogue {
  readonly #options: DialogueOptions;
  readonly #held = new Held<Connection>();

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  open(connection: Connection): void {
    const { protocol } = connection.voice;
    const [state, outputs] = protocol.open(connection.session, this.#options.clock.now());
    connection.state = state;
    this.#perform(connection, outputs);
  }

  /** The peer said something. */
  hear(connection: Connection, said: unknown): void {
    const isCrowded = this.#held.isFull;
    this.input(connection, isCrowded ? { on: "said", said, isCrowded } : { on: "said", said });
  }

  input(connection: Connection, input: Input<unknown>): void {
    const { protocol } = connection.voice;
    const now = this.#options.clock.now();
    const [state, outputs] = protocol.step(connection.state, input, now);
    connection.state = state;
    if (protocol.held !== undefined && connection.socket !== undefined) {
      this.#held.set(connection, protocol.held(state));
    }
    this.#perform(connection, outputs);
  }

  /** It is gone, and with it whatever waited. */
  leave(connection: Connection): void {
    this.#held.set(connection, 0);
  }

  /** How many bytes of what was said wait for their turn, of all connections. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  /** The same where nobody stands who would notice a bug: it ends this connection, and no other. */
  push(connection: Connection, input: Input<unknown>): void {
    try {
      this.input(connection, input);
    } catch (cause) {
      this.#options.crashed(connection, cause);
    }
  }

  refuse(connection: Connection, { code, facts }: Failure, { room, request }: Refused): void {
    this.#options.stats.refuse(code);
    this.input(connection, { on: "told", told: { on: "refused", code, facts, room, request } });
  }

  #perform(connection: Connection, outputs: readonly Output<unknown>[]): void {
    for (const output of outputs) {
      if (connection.socket === undefined) return; // An earlier output closed it.
      this.#one(connection, output);
    }
  }

  #one(connection: Connection, output: Output<unknown>): void {
    const { crowd, door, limits, patience, stats, watches } = this.#options;
    switch (output.to) {
      case "room":
        return this.#ask(connection, output.command);
      case "send":
        return this.#send(connection, connection.voice.protocol.encode(output.reply));
      case "identify":
        return this.#options.identify(connection, output);
      case "account":
        return this.#petition(connection, output.command);
      case "charter":
        return this.#ask(connection, output.command);
      case "errand":
        return this.#options.err(connection, output);
      case "search":
      case "count":
        door.charge(connection, SURVEY_MESSAGES);
        return this.#options.survey(connection, output);
      case "mint":
        return this.#mint(connection, output.request);
      case "logOut":
        return this.#options.logOut(connection);
      case "watch":
        if (this.#watch(connection, output)) this.#perform(connection, output.done);
        return;
      case "unwatch":
        return watches.unwatch(connection, output.users);
      case "status":
        if (this.#setStatus(connection, output)) this.#perform(connection, output.done);
        return;
      case "there":
        return this.input(connection, { on: "there", users: crowd.users(limits.thereMax) });
      case "replay":
        return this.#replay(connection, output);
      case "close":
        stats.refuse(output.why);
        return patience.end(connection, output.why);
    }
  }

  #ask(connection: Connection, command: Asked | CharterAsked): void {
    const { catchUps, halls } = this.#options;
    if (command.on === "catchUp") return catchUps.ask(halls.shardOf(command.room), command);
    const held = catchUps.holds(connection, command);
    if (held === "no") this.ask(connection, command);
    else if (held === "full") this.refuse(connection, fail("session_busy"), command);
  }

  /** Asks a room, whatever else was asked of it. */
  ask(connection: Connection, command: Holdable): void {
    const { door, halls, inboxes } = this.#options;
    const shard = halls.shardOf(command.room);
    if (command.on === "join") door.charge(connection, command.invite.length);
    if (command.on === "history") door.charge(connection, HISTORY_MESSAGES);
    const appended = inboxes.append(shard, command);
    if (!appended.ok) this.refuse(connection, appended, command);
  }

  #petition(connection: Connection, command: AccountAsked): void {
    const { inboxes, shards } = this.#options;
    const appended = inboxes.append(shardOf(command.user, shards), command);
    if (!appended.ok) this.refuse(connection, appended, command);
  }

  /** Only who has proved an account's name gets a token for it: with that it could be proved for ever. */
  #mint(connection: Connection, request: number | undefined): void {
    const { account, isAttached, user } = connection;
    const isSure = isAttached && user !== undefined && account !== undefined;
    const token = isSure ? this.#options.mint?.(user, account) : undefined;
    this.input(connection, { on: "minted", token, request });
  }

  #send(connection: Connection, frame: Frame): void {
    const { clock, outlet, patience } = this.#options;
    if (!outlet.send(connection, frame)) patience.look(connection, clock.now());
  }

  #replay(connection: Connection, { room, events }: Extract<Output<unknown>, { to: "replay" }>) {
    const { clock, limits } = this.#options;
    // All of it comes at once, so the reader gets the time that a slow one has to read it.
    connection.patientUntil = clock.now() + limits.slowMs;
    const { protocol } = connection.voice;
    const frames = protocol.broadcast(room, events);
    if (protocol.hears === "each") this.input(connection, { on: "heard", room, events, frames });
    else for (const frame of frames) this.#send(connection, frame);
  }

  #watch(connection: Connection, { users, request }: Watching): boolean {
    const { clock, limits, stats, watches } = this.#options;
    const most = limits.subscriptionsMax;
    if (connection.watched.size + watches.countNew(connection, users) > most) {
      // Not `refused`: while the name is being checked, that would mean the name.
      const code = "subscriptions_limit";
      stats.refuse(code);
      this.input(connection, { on: "garbled", code, facts: { most }, request });
      return false;
    }
    watches.watch(connection, users, clock.now());
    return true;
  }

  #setStatus(connection: Connection, output: Status): boolean {
    const { inboxes, shards } = this.#options;
    const { user, away } = output;
    const command = { on: "status", user, session: connection.session, away } as const;
    const appended = inboxes.append(shardOf(user, shards), command);
    if (!appended.ok) this.refuse(connection, appended, output);
    return appended.ok;
  }
}

/** A few bytes that ask for a quarter of a megabyte count as so many messages. */
const HISTORY_MESSAGES = 20;
/** Every shard has to answer it. */
const SURVEY_MESSAGES = 20;
