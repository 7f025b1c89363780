/** A gateway node: connections in, commands to the shards, frames back out to the connections. */
import type { Command, Item, Told } from "@roundhouse/domain";
import {
  type Clock,
  type Code,
  catalogue,
  fail,
  type GatewayId,
  type Log,
  type Result,
  type RoomId,
  type SessionId,
  shardOf,
  type UserId,
} from "@roundhouse/kernel";
import type { Bus, Frame as LedgerFrame } from "@roundhouse/ledger";
import type { AnyProtocol, Frame, Input, Output } from "@roundhouse/protocol";
import type { BacklogLimits } from "./backlog.ts";
import { type Address, Connection, type Hall, type Voice } from "./connection.ts";
import { Crowd } from "./crowd.ts";
import { Halls } from "./halls.ts";
import { Doorkeeper, type Limits } from "./limits.ts";
import { Outlet } from "./outlet.ts";
import { GatewayStats } from "./stats.ts";
import { Watches } from "./watches.ts";

/** Who a token says somebody is. */
export interface Identity {
  /** Whether every name must be proved, also unregistered ones. */
  readonly isDemanded: boolean;
  /** Calls back once, perhaps before it returns. */
  prove(token: string, user: UserId, then: (proof: Result<void>) => void): void;
}

export type GatewayOptions = {
  readonly id: GatewayId;
  /** K. */
  readonly shards: number;
  readonly bus: Bus<Command, Item>;
  readonly protocols: readonly AnyProtocol[];
  readonly identity: Identity;
  readonly limits: Limits & BacklogLimits & GatewayLimits;
  readonly clock: Clock;
  readonly log: Log;
};

type GatewayLimits = {
  /** How many users `there` names at most. */
  readonly thereMax: number;
  readonly subscriptionsMax: number;
  readonly messageBytesMax: number;
};

type Asking = Extract<Output<unknown>, { to: "watch" | "status" }>;
type Attach = Extract<Command, { on: "attach" }>;

export class Gateway {
  readonly stats = new GatewayStats();
  readonly outlet = new Outlet(this.stats);
  readonly door: Doorkeeper;
  readonly voices: readonly Voice[];
  readonly #options: GatewayOptions;
  readonly #crowd: Crowd;
  readonly #halls: Halls;
  readonly #watches: Watches;
  readonly #unhear: () => void;
  #sessions = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.door = new Doorkeeper(options.limits);
    this.#crowd = new Crowd(options.limits);
    this.voices = options.protocols.map((protocol, index) => {
      const isBinary = protocol.carrier.frames === "binary";
      return { protocol, mark: index.toString(36), isBinary, connections: 0 };
    });
    const { outlet, voices } = this;
    const { shards, limits } = options;
    this.#halls = new Halls({
      shards,
      outlet,
      inspect: (hall) => this.#inspect(hall),
      inspectBytes: limits.softBytes,
    });
    this.#watches = new Watches({
      shards,
      outlet,
      voices,
      ask: (on, shard, users) => this.#append(shard, { on, users }).ok,
      answer: (connection, statuses) => this.#input(connection, { on: "statuses", statuses }),
    });
    this.#unhear = options.bus.hear(options.id, {
      frame: (frame) => this.#hear(frame),
      missed: () => {}, // In one process nothing is.
    });
  }

  get connections(): number {
    return this.#crowd.size;
  }

  get identified(): number {
    return this.#crowd.identified;
  }

  get halls(): number {
    return this.#halls.size;
  }

  get watched(): number {
    return this.#watches.size;
  }

  /** A connection that was admitted at the door; its socket follows with `opened`. */
  admit(voice: Voice, address: Address): Connection {
    const session = `${this.#options.id}-${(++this.#sessions).toString(36)}` as SessionId;
    const { allowance } = this.door;
    return new Connection(voice, session, address, allowance, this.#options.clock.now());
  }

  opened(connection: Connection): void {
    this.stats.opened++;
    connection.voice.connections++;
    this.#crowd.enter(connection);
    const { protocol } = connection.voice;
    const [state, outputs] = protocol.open(connection.session, this.#options.clock.now());
    connection.state = state;
    this.#perform(connection, outputs);
  }

  /** A whole message came in. */
  message(connection: Connection, frame: string | Uint8Array): void {
    this.stats.messages++;
    this.stats.messageBytes += frame.length;
    if (this.#options.limits.messagesPerSecondMax > 0 && !this.#isWithinRate(connection)) return;
    const most = this.#options.limits.messageBytesMax;
    const said = isLonger(frame, most)
      ? fail("frame_too_large", { most })
      : connection.voice.protocol.decode(frame);
    if (said.ok) return this.#input(connection, { on: "said", said: said.value });
    const { code, facts } = said;
    this.stats.refuse(code);
    this.#input(connection, { on: "garbled", code, facts });
  }

  /** A bug of ours met this connection: it ends, the house goes on. */
  crashed(connection: Connection, cause: unknown): void {
    const { session } = connection;
    this.#options.log.say("error", "connection_crashed", { session, cause: String(cause) });
    this.stats.refuse("internal");
    this.#end(connection, "internal");
  }

  /** The socket is gone; `isGoodbye` when the peer itself closed it in good order. */
  closed(connection: Connection, isGoodbye: boolean): void {
    if (connection.socket === undefined) return;
    connection.socket = undefined;
    // Whom we closed and told to come back finds the session again; so does who was cut off.
    const { endedBy } = connection;
    const isLeft = endedBy === undefined ? isGoodbye : catalogue[endedBy].retry === "never";
    this.stats.closed++;
    connection.voice.connections--;
    this.#crowd.leave(connection);
    this.door.leave(connection.address);
    this.#halls.leaveAll(connection);
    this.#watches.leaveAll(connection);
    const { session, user } = connection;
    if (user === undefined) return;
    this.#depart({ on: "detach", user, session, how: isLeft ? "left" : "lost" });
  }

  /** About every second: who is too slow to read, who never said a name. */
  sweep(): void {
    const now = this.#options.clock.now();
    this.#watches.sweep(now);
    for (const command of this.#departures.splice(0)) this.#depart(command);
    for (const connection of this.#crowd.strangers) this.#input(connection, { on: "tick" });
    for (const connection of this.#crowd.lagging) this.#look(connection, now);
    // So much was said about users that anybody who watches some may lag.
    if (this.#watches.takeSpread(this.#options.limits.softBytes)) {
      for (const connection of this.#crowd.everybody) this.#look(connection, now);
    }
  }

  /** Says goodbye to everybody; what they said is in the inboxes already. */
  close(): void {
    for (const connection of [...this.#crowd.everybody]) this.#end(connection, "going_away");
    this.#unhear();
  }

  #hear(frame: LedgerFrame<Item>): void {
    const { clock } = this.#options;
    const begun = clock.precise();
    for (const item of frame.items) this.#take(item);
    this.stats.fanOut.observe((clock.precise() - begun) / 1000);
  }

  #take(item: Item): void {
    switch (item.to) {
      case "room":
        return this.#halls.fanOut(item.room, item.events);
      case "watchers":
        return this.#watches.change(item.user, item.status);
      case "gateway":
        return this.#watches.learn(item.statuses);
      case "session": {
        const connection = this.#crowd.find(item.session);
        if (connection !== undefined) this.#tell(connection, item.told);
        return;
      }
      case "digest":
      case "snapshot":
        return; // Not asked for yet.
      case "operator":
        return; // Operators listen for themselves.
    }
  }

  /** Seats first, then words: what comes after this in the room's order is heard. */
  #tell(connection: Connection, told: Told): void {
    if (told.on === "seated" || told.on === "replayed") {
      this.#halls.seat(connection, told.room);
    } else if (told.on === "unseated") this.#halls.unseat(connection, told.room);
    else if (told.on === "refused") this.stats.refuse(told.code);
    this.#input(connection, { on: "told", told });
  }

  #input(connection: Connection, input: Input<unknown>): void {
    const { protocol } = connection.voice;
    const now = this.#options.clock.now();
    const [state, outputs] = protocol.step(connection.state, input, now);
    connection.state = state;
    this.#perform(connection, outputs);
  }

  #perform(connection: Connection, outputs: readonly Output<unknown>[]): void {
    for (const output of outputs) {
      if (connection.socket === undefined) return; // An earlier output closed it.
      if (output.to !== "watch" && output.to !== "status") this.#one(connection, output);
      else if (!this.#ask(connection, output)) return; // What would have followed does not either.
    }
  }

  /** Asks what may be refused at once; tells whether it was not. */
  #ask(connection: Connection, output: Asking): boolean {
    return output.to === "watch"
      ? this.#watch(connection, output)
      : this.#setStatus(connection, output);
  }

  #one(connection: Connection, output: Exclude<Output<unknown>, Asking>): void {
    switch (output.to) {
      case "room": {
        const { command } = output;
        if (command.on === "join") this.door.charge(connection, command.invite.length);
        const appended = this.#append(this.#halls.shardOf(command.room), command);
        if (!appended.ok) this.#refuse(connection, appended, command);
        return;
      }
      case "send":
        return this.#send(connection, connection.voice.protocol.encode(output.reply));
      case "identify":
        return this.#identify(connection, output.attach, output.token);
      case "unwatch":
        return this.#watches.unwatch(connection, output.users);
      case "there":
        return this.#input(connection, {
          on: "there",
          users: this.#crowd.users(this.#options.limits.thereMax),
        });
      case "replay":
        // All of it comes at once, so the reader gets the time that a slow one has to read it.
        connection.patientUntil = this.#options.clock.now() + this.#options.limits.slowMs;
        for (const frame of connection.voice.protocol.broadcast(output.room, output.events)) {
          this.#send(connection, frame);
        }
        return;
      case "close":
        this.stats.refuse(output.why);
        return this.#end(connection, output.why);
    }
  }

  #send(connection: Connection, frame: Frame): void {
    const isTaken = this.outlet.send(connection, frame);
    if (!isTaken) this.#look(connection, this.#options.clock.now());
  }

  #identify(
    connection: Connection,
    attach: Omit<Attach, "on" | "proven">,
    token: string | undefined,
  ): void {
    const { identity } = this.#options;
    const { request } = attach;
    const proceed = (proven: boolean): void => {
      if (connection.socket === undefined) return; // It left while its token was looked at.
      this.#crowd.name(connection, attach.user);
      const shard = shardOf(attach.user, this.#options.shards);
      const appended = this.#append(shard, { ...attach, on: "attach", proven });
      if (!appended.ok) this.#refuse(connection, appended, { request });
    };
    if (token === undefined) {
      if (!identity.isDemanded) return proceed(false);
      const told = { on: "refused", code: "token_missing", facts: {}, request } as const;
      return this.#input(connection, { on: "told", told });
    }
    identity.prove(token, attach.user, (proof) => {
      if (proof.ok) return proceed(true);
      if (connection.socket !== undefined) this.#refuse(connection, proof, { request });
    });
  }

  #watch(connection: Connection, { users, request }: Asking & { to: "watch" }): boolean {
    const most = this.#options.limits.subscriptionsMax;
    if (connection.watched.size + this.#watches.countNew(connection, users) > most) {
      // Not `refused`: while the name is being checked, that would mean the name.
      const code = "subscriptions_limit";
      this.stats.refuse(code);
      this.#input(connection, { on: "garbled", code, facts: { most }, request });
      return false;
    }
    this.#watches.watch(connection, users, this.#options.clock.now());
    return true;
  }

  #setStatus(connection: Connection, output: Asking & { to: "status" }): boolean {
    const { user, away } = output;
    const command = { on: "status", user, session: connection.session, away } as const;
    const appended = this.#append(shardOf(user, this.#options.shards), command);
    if (!appended.ok) this.#refuse(connection, appended, output);
    return appended.ok;
  }

  #append(shard: number, command: Command): Result<void> {
    return this.#options.bus.append(shard, this.#options.id, command);
  }

  /** A session's end must reach its shard: if the inbox is full now, it is told again. */
  #depart(command: Command & { on: "detach" }): void {
    const shard = shardOf(command.user, this.#options.shards);
    if (!this.#append(shard, command).ok) this.#departures.push(command);
  }
  readonly #departures: (Command & { on: "detach" })[] = [];

  #refuse(
    connection: Connection,
    { code, facts }: Extract<Result<void>, { ok: false }>,
    { room, request }: { readonly room?: RoomId; readonly request?: number | undefined },
  ): void {
    this.stats.refuse(code);
    this.#input(connection, { on: "told", told: { on: "refused", code, facts, room, request } });
  }

  #isWithinRate(connection: Connection): boolean {
    const now = this.#options.clock.now();
    const verdict = this.door.judge(connection, now);
    if (verdict === "take") return true;
    this.stats.refuse("rate_exceeded");
    if (now - connection.warnedAt >= WARN_MS || verdict === "close") {
      connection.warnedAt = now;
      const failure = { on: "garbled", code: "rate_exceeded", facts: {} } as const;
      this.#input(connection, failure);
    }
    if (verdict === "close") this.#end(connection, "rate_exceeded");
    return false;
  }

  #inspect(hall: Hall): void {
    const now = this.#options.clock.now();
    for (const connection of hall.seats) this.#look(connection, now);
  }

  #look(connection: Connection, now: number): void {
    if (this.#crowd.isTooSlow(connection, now)) this.#closeSlow(connection);
  }

  #closeSlow(connection: Connection): void {
    this.stats.slowCloses++;
    this.stats.refuse("reader_too_slow");
    const { session, address } = connection;
    this.#options.log.say("info", "reader_too_slow", { session, address: address.name });
    this.#end(connection, "reader_too_slow");
  }

  /** Closes from our side. The socket's own close event tells the rest. */
  #end(connection: Connection, code: Code): void {
    connection.endedBy = code;
    connection.socket?.end(catalogue[code].close, code);
  }
}

/** Who sends too fast is told so, but not in a flood of its own. */
const WARN_MS = 1_000;

/** Only a text that could exceed the bound in UTF-8 pays for the counting of its bytes. */
function isLonger(frame: Frame, most: number): boolean {
  if (frame.length > most) return true;
  return typeof frame === "string" && frame.length * 3 > most && Buffer.byteLength(frame) > most;
}
