/**
 * The whole house where everything takes its time on the way, frames may get lost for good and inboxes
 * be full, and a crowd of players who do what a property test draws and notice what goes wrong.
 */
import type { Rules } from "@roundhouse/domain";
import type { Millis } from "@roundhouse/kernel";
import { LossyBus } from "./lossy-bus.ts";
import type { Player } from "./player.ts";
import { type Scene, scene } from "./scene.ts";
import { SlowBus } from "./slow-bus.ts";
import type { Heard, Tongue } from "./tongue.ts";
import { seconds } from "./virtual-time.ts";

/** What one of those who are connected does. */
type Doing =
  | { readonly on: "join" | "leave" | "act"; readonly who: number; readonly room: number }
  | { readonly on: "watch" | "unwatch"; readonly who: number; readonly name: number }
  | { readonly on: "go" | "drop"; readonly who: number };

/** What happens between a gateway and the shards. */
type Happening =
  | { readonly on: "arrive"; readonly gate: number; readonly lane: number; readonly count: number }
  /** The next frames to a gateway get lost. */
  | { readonly on: "lose"; readonly gate: number; readonly frames: number }
  /** It finds out what was lost. */
  | { readonly on: "notice"; readonly gate: number }
  /** Its commands are refused from now on, or no longer. */
  | { readonly on: "fill"; readonly gate: number; readonly isFull: boolean };

export type RoughDeed =
  | Doing
  | Happening
  | { readonly on: "enter"; readonly name: number; readonly gate: number; readonly secret: boolean }
  | { readonly on: "return"; readonly who: number; readonly gate: number }
  | { readonly on: "pass"; readonly ms: Millis };

/** Somebody, over all connections. */
type Guest = {
  player: Player;
  gate: number;
  /** Whether the newest connection was given the session: before, none asks for it elsewhere. */
  isAnswered: boolean;
  readonly secret: string | undefined;
  /** Where it asked for a seat, or was told that it has one. */
  readonly rooms: Set<string>;
  /** The last number that was heard in each room, from where on nothing may be missing. */
  readonly last: Map<string, number>;
};

type Wire = { readonly slow: SlowBus; readonly lossy: LossyBus; lost: number };

type RoughOptions = {
  readonly speaks: Tongue;
  readonly rules?: Partial<Rules>;
};

export class RoughHouse {
  readonly lobby: Scene;
  /** What somebody noticed, in sentences. */
  readonly wrongs: string[] = [];
  readonly #speaks: Tongue;
  readonly #wires: Wire[] = [];
  /** Stays in every room: one that is empty ends, and its numbers with it. */
  readonly #keeper: Guest;
  readonly #guests: Guest[] = [];

  constructor({ speaks, rules = {} }: RoughOptions) {
    this.#speaks = speaks;
    this.lobby = scene({
      gateways: GATES,
      shards: 3,
      rules,
      wire: (ledger) => {
        const slow = new SlowBus(ledger);
        slow.isHolding = false;
        const lossy = new LossyBus(slow);
        const wire: Wire = { slow, lossy, lost: 0 };
        lossy.loses = () => wire.lost-- > 0;
        this.#wires.push(wire);
        return lossy;
      },
    });
    this.#keeper = this.#open("keeper", 0, undefined);
    this.#keeper.player.identifies();
    for (let room = 0; room < ROOMS; room++) this.#keeper.player.joins(`room${room}`);
  }

  do(deed: RoughDeed): void {
    switch (deed.on) {
      case "enter":
        return this.#enter(deed);
      case "return":
        return this.#return(deed);
      case "arrive":
      case "lose":
      case "notice":
      case "fill":
        this.#happens(deed, pick(this.#wires, deed.gate));
        return this.lobby.settle();
      case "pass":
        return this.lobby.passes(deed.ms);
      case "join":
      case "leave":
      case "act":
      case "watch":
      case "unwatch":
      case "go":
      case "drop":
        return this.#does(deed);
    }
  }

  /** From now on everything takes its time. */
  slows(): void {
    for (const { slow } of this.#wires) slow.isHolding = true;
  }

  /** Nothing is slow or lost any more, and all gateways have asked all shards. */
  settle(): void {
    for (const wire of this.#wires) {
      const { lossy, slow } = wire;
      wire.lost = 0;
      lossy.refuses = () => false;
      lossy.notices();
      slow.isHolding = false;
      slow.flush();
    }
    this.lobby.passes(seconds(25));
    this.#listen();
  }

  /** How often gateways and shards had to be brought to agree, by cause. */
  get repairs() {
    const all = this.lobby.gateways.map(({ stats }) => stats.repairs);
    const sum = (counts: readonly number[]): number =>
      counts.reduce((one, other) => one + other, 0);
    return {
      digest: sum(all.map(({ digest }) => digest.begun)),
      missed: sum(all.map(({ missed }) => missed.begun)),
    };
  }

  get digests(): number {
    return this.lobby.gateways.reduce((sum, { stats }) => sum + stats.digests, 0);
  }

  /**
   * Everybody says something in every room where they hear something; tells who did not hear the last
   * of it. Only if nobody ever left a room.
   */
  deaf(): readonly string[] {
    const { lobby } = this;
    const here = [this.#keeper, ...this.#guests].filter(({ player }) => player.isConnected);
    for (const { player, last } of here) for (const room of last.keys()) player.acts(room, "last");
    this.#listen();
    const seqs = new Map(lobby.rooms().map(({ id, seq }) => [String(id), seq]));
    return here.flatMap(({ player, last }) => {
      const deaf = [...last].filter(([room, seq]) => seq !== seqs.get(room));
      return deaf.map(
        ([room, seq]) => `${player.name} heard ${seq} of ${seqs.get(room)} in ${room}`,
      );
    });
  }

  #enter({ name, gate, secret }: RoughDeed & { on: "enter" }): void {
    const resume = secret ? `the secret of guest ${this.#guests.length}` : undefined;
    const guest = this.#open(`user${name}`, gate, resume);
    this.#guests.push(guest);
    guest.player.identifies(resume === undefined ? {} : { resume });
  }

  #open(name: string, gate: number, secret: string | undefined): Guest {
    const player = this.#connect(name, gate);
    return { player, gate, isAnswered: false, secret, rooms: new Set(), last: new Map() };
  }

  /** Comes back, perhaps while the former connection is open still. */
  #return({ who, gate }: RoughDeed & { on: "return" }): void {
    const guest = pick(
      this.#guests.filter(({ secret }) => secret !== undefined),
      who,
    );
    if (guest?.secret === undefined) return;
    this.#listen();
    if (guest.isAnswered) guest.gate = gate;
    guest.isAnswered = false;
    guest.player = this.#connect(guest.player.name, guest.gate);
    guest.player.identifies({ resume: guest.secret, seen: Object.fromEntries(guest.last) });
  }

  #connect(name: string, gate: number): Player {
    return this.lobby.connect(name, { at: gate % GATES, speaks: this.#speaks });
  }

  #happens(deed: Happening, wire: Wire | undefined): void {
    if (wire === undefined) return;
    switch (deed.on) {
      case "arrive":
        return wire.slow.arrive(deed.lane, deed.count);
      case "lose":
        wire.lost = deed.frames;
        return;
      case "notice":
        return wire.lossy.notices();
      case "fill":
        wire.lossy.refuses = () => deed.isFull;
        return;
    }
  }

  #does(doing: Doing): void {
    const here = this.#guests.filter((guest) => guest.player.isConnected);
    const guest = pick(here, doing.who);
    if (guest === undefined) return;
    const { player, rooms } = guest;
    const room = "room" in doing ? `room${doing.room % ROOMS}` : "";
    switch (doing.on) {
      case "join":
        rooms.add(room);
        return player.joins(room);
      case "leave":
        return player.leaves(room);
      case "act":
        return rooms.has(room) ? player.acts(room, 1) : undefined;
      case "watch":
        return player.watches(`user${doing.name}`);
      case "unwatch":
        return player.says("unsubscribe", [`user${doing.name}`]);
      case "go":
        return player.goes();
      case "drop":
        return player.drops();
    }
  }

  #listen(): void {
    for (const guest of [this.#keeper, ...this.#guests]) {
      for (const heard of guest.player.heard()) this.#note(guest, heard);
    }
  }

  #note(guest: Guest, { command, data }: Heard): void {
    const { player, last, rooms } = guest;
    const { channel, channels, code, lost, seq, actions } = (data ?? {}) as Fields;
    const room = channel ?? "";
    if (command === "resumed") {
      guest.isAnswered = true;
      for (const it of channels ?? []) rooms.add(it);
      for (const it of [...last.keys()]) if (!channels?.includes(it)) last.delete(it);
    } else if (command === "error" && code === "not_a_member") {
      last.clear(); // It knows that a seat is gone, and begins anew.
    } else if (command === "gap") {
      const before = last.get(room);
      if (before !== undefined) last.set(room, before + (lost ?? 0));
    } else if (seq !== undefined && NUMBERED.has(command)) {
      const before = last.get(room);
      if (before !== undefined && seq !== before + 1) {
        this.wrongs.push(`${player.name} heard ${seq} after ${before} in ${room}`);
      }
      last.set(room, seq + Math.max(1, actions?.length ?? 1) - 1);
    }
  }
}

/** What the frames that matter here may hold. */
type Fields = {
  readonly channel?: string;
  readonly channels?: readonly string[];
  readonly code?: string;
  readonly lost?: number;
  readonly seq?: number;
  readonly actions?: readonly unknown[];
};

const pick = <Value>(values: readonly Value[], index: number): Value | undefined => {
  return values[index % Math.max(1, values.length)];
};

const GATES = 3;
const ROOMS = 3;
const NUMBERED: ReadonlySet<string> = new Set(["game", "joined", "left"]);
