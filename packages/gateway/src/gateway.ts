/** A gateway node: connections in, commands to the shards, frames back out to the connections. */
import type { Item } from "@roundhouse/domain";
import { catalogue, type Failure, fail, type GatewayId } from "@roundhouse/kernel";
import type { Frame as LedgerFrame } from "@roundhouse/ledger";
import type { Frame } from "@roundhouse/protocol";
import { type Address, Connection, disown, type Voice } from "./connection.ts";
import { type DrainOptions, leave } from "./leaving.ts";
import { Doorkeeper } from "./limits.ts";
import type { GatewayBus, GatewayOptions } from "./options.ts";
import { Outlet } from "./outlet.ts";
import { assemble, type Parts } from "./parts.ts";
import { GatewayStats } from "./stats.ts";
import { Tellings } from "./tellings.ts";

export class Gateway {
  readonly stats = new GatewayStats();
  readonly outlet = new Outlet(this.stats);
  readonly door: Doorkeeper;
  readonly voices: readonly Voice[];
  readonly #options: GatewayOptions;
  readonly #parts: Parts;
  /** When each shard was last heard. */
  readonly #heardAt: Float64Array;
  #unhear: () => void;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.door = new Doorkeeper(options.limits);
    this.voices = options.protocols.map((protocol, index) => {
      const isBinary = protocol.carrier.frames === "binary";
      return { protocol, mark: index.toString(36), isBinary, connections: 0 };
    });
    const { door, voices, outlet, stats } = this;
    this.#parts = assemble({ options, door, voices, outlet, stats });
    this.#heardAt = new Float64Array(options.shards).fill(options.clock.precise());
    this.#unhear = this.#listen(options.bus);
  }

  get id(): GatewayId {
    return this.#parts.inboxes.id;
  }

  get connections(): number {
    return this.#parts.crowd.size;
  }

  get identified(): number {
    return this.#parts.crowd.identified;
  }

  get halls(): number {
    return this.#parts.halls.size;
  }

  /** Rooms that hear nothing until their shard has said what was lost. */
  get staleHalls(): number {
    return this.#parts.halls.stale;
  }

  get watched(): number {
    return this.#parts.watches.size;
  }

  /** Departures that no inbox has taken yet. */
  get owed(): number {
    return this.#parts.inboxes.owed;
  }

  /** What was said and waits for its turn, in bytes. */
  get heldBytes(): number {
    return this.#parts.dialogue.heldBytes;
  }

  /** For each shard, how long it has not been heard; asking for digests makes each speak. */
  silences(): readonly number[] {
    const now = this.#options.clock.precise();
    return Array.from(this.#heardAt, (heardAt) => now - heardAt);
  }

  /** A connection that was admitted at the door; its socket follows with `opened`. */
  admit(voice: Voice, address: Address): Connection {
    const session = this.#parts.renewal.nextSession();
    const { allowance } = this.door;
    return new Connection(voice, session, address, allowance, this.#options.clock.now());
  }

  opened(connection: Connection): void {
    this.stats.opened++;
    connection.voice.connections++;
    this.#parts.crowd.enter(connection);
    this.#parts.dialogue.open(connection);
  }

  /** A whole message came in. */
  message(connection: Connection, frame: string | Uint8Array): void {
    const { dialogue, patience } = this.#parts;
    const { messageBytesMax, messagesPerSecondMax } = this.#options.limits;
    // A stream's framing has a bound of its own, or it could not be told where the next one begins.
    const isStream = connection.voice.protocol.carrier.over === "stream";
    const most = isStream ? Number.POSITIVE_INFINITY : messageBytesMax;
    connection.tellings?.heard(this.#options.clock.now());
    this.#parts.roll.heard(connection);
    this.stats.messages++;
    this.stats.messageBytes += frame.length;
    if (messagesPerSecondMax > 0 && !patience.isWithinRate(connection, frame)) return;
    this.door.weigh(connection, frame);
    const said = isLonger(frame, most)
      ? fail("frame_too_large", { most })
      : connection.voice.protocol.decode(frame);
    if (said.ok) return dialogue.hear(connection, said.value);
    const { code, facts } = said;
    this.stats.refuse(code);
    dialogue.input(connection, { on: "garbled", code, facts });
  }

  /** What a peer sends makes no sense from here on: it is told so, and ends. */
  spoiled(connection: Connection, { code, facts }: Failure): void {
    this.stats.refuse(code);
    this.#parts.dialogue.input(connection, { on: "garbled", code, facts });
    this.#parts.patience.end(connection, code);
  }

  /** A bug of ours met this connection: it ends, the house goes on. */
  crashed(connection: Connection, cause: unknown): void {
    this.#parts.patience.crashed(connection, cause);
  }

  /** Whether an answer to it takes a while. */
  isBusy(connection: Connection): boolean {
    return this.#parts.errands.has(connection);
  }

  /** The peer has said its last word: what it is told from now on, it may not hear. */
  ending(connection: Connection): void {
    connection.tellings ??= new Tellings();
    connection.tellings.end();
    this.#parts.roll.ending(connection);
  }

  /** The socket is gone; `isGoodbye` when the peer itself closed it in good order. */
  closed(connection: Connection, isGoodbye: boolean): void {
    if (connection.socket === undefined) return;
    const { catchUps, crowd, dialogue, errands, roll, watches } = this.#parts;
    connection.socket = undefined;
    dialogue.leave(connection);
    // Whom we closed and told to come back finds the session again; so does who was cut off.
    const { endedBy } = connection;
    const isLeft = endedBy === undefined ? isGoodbye : catalogue[endedBy].retry === "never";
    this.stats.closed++;
    connection.voice.connections--;
    crowd.leave(connection);
    this.door.leave(connection.address);
    catchUps.leave(connection.session);
    errands.leave(connection);
    watches.leaveAll(connection);
    roll.depart(connection, isLeft ? "left" : "lost");
  }

  /** About every second: who is too slow to read, who never said a name, what is to be compared. */
  sweep(): void {
    const { catchUps, crowd, dialogue, inboxes, patience, repairs, watches } = this.#parts;
    const now = this.#options.clock.now();
    inboxes.retry();
    catchUps.retry();
    for (const part of [watches, this.#parts.errands, this.#parts.surveys]) part.sweep(now);
    for (const connection of crowd.strangers) dialogue.push(connection, { on: "tick" });
    for (const connection of crowd.lagging) patience.look(connection, now);
    // So much was said about users that anybody who watches some may lag.
    if (watches.takeSpread(this.#options.limits.softBytes)) {
      for (const connection of crowd.everybody) patience.look(connection, now);
    }
    repairs.sweep(now);
  }

  /**
   * Lets nobody in any more and asks everybody to move, at a pace; `then` when all have gone and the
   * inboxes know. Who closes the sockets' port, flushes the bus and ends the lease is somebody else.
   */
  drain(options: DrainOptions, then: () => void): void {
    const { crowd, inboxes, patience } = this.#parts;
    this.door.shut();
    const ask = (count: number): void => {
      for (const connection of crowd.first(count)) patience.end(connection, "going_away");
    };
    const flush = (): boolean => {
      inboxes.retry();
      return inboxes.owed === 0;
    };
    leave({ left: () => crowd.size, ask, flush, done: then }, options);
  }

  /**
   * The cluster declared this gateway dead: its sessions lost their connections, so these are told to
   * come back, and what follows happens under another name.
   */
  reborn(id: GatewayId, bus: GatewayBus): void {
    const { catchUps, crowd, errands, halls, inboxes, patience, repairs } = this.#parts;
    const { roll, surveys, watches } = this.#parts;
    this.#unhear();
    this.stats.rebirths++;
    inboxes.rebind(id, bus);
    const parts = [catchUps, errands, halls, repairs, roll, surveys, watches];
    for (const part of parts) part.clear();
    this.#unhear = this.#listen(bus);
    for (const connection of [...crowd.everybody]) {
      disown(connection);
      patience.end(connection, "going_away");
    }
  }

  /** Says goodbye to everybody at once; what they said is in the inboxes already. */
  close(): void {
    const { crowd, patience } = this.#parts;
    for (const connection of [...crowd.everybody]) patience.end(connection, "going_away");
    this.#unhear();
  }

  #listen(bus: GatewayBus): () => void {
    const { repairs } = this.#parts;
    return bus.hear(this.id, {
      frame: (frame) => this.#hear(frame),
      missed: (shard) => repairs.missed(shard),
    });
  }

  #hear({ items, shard }: LedgerFrame<Item>): void {
    const { clock } = this.#options;
    const begun = clock.precise();
    this.#heardAt[shard] = begun;
    for (const item of items) this.#take(item, shard);
    this.stats.fanOut.observe((clock.precise() - begun) / 1000);
  }

  #take(item: Item, shard: number): void {
    const { catchUps, crowd, halls, repairs, roll, surveys, tell, watches } = this.#parts;
    switch (item.to) {
      case "room":
        return halls.fanOut(item.room, item.events);
      case "watchers":
        return watches.change(item.user, item.status);
      case "gateway":
        return watches.learn(item.statuses);
      case "about": {
        const { to: _to, ...about } = item;
        return watches.describe({ on: "about", ...about });
      }
      case "survey":
        return surveys.take(item.request, item.survey);
      case "session": {
        const connection = crowd.find(item.session);
        if (catchUps.isRepeated(item.session, item.told)) return;
        if (connection !== undefined) tell(connection, item.told);
        else roll.toldOfAbsent(shard, item.session, item.told);
        return;
      }
      case "digest":
        return repairs.compare(shard, item.round, item);
      case "snapshot":
        return repairs.restore(shard, item);
      case "operator":
        return; // Operators listen for themselves.
    }
  }
}

/** Only a text that could exceed the bound in UTF-8 pays for the counting of its bytes. */
function isLonger(frame: Frame, most: number): boolean {
  if (frame.length > most) return true;
  return typeof frame === "string" && frame.length * 3 > most && Buffer.byteLength(frame) > most;
}
