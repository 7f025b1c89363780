/**
 * A gateway without a protocol: residents say their commands here, and hear what their sessions are
 * told. Frames that are lost for good end it, and whoever was here comes back by another one.
 */
import type { Command, Item, Told } from "@roundhouse/domain";
import { type SessionId, shardOf, type UserId } from "@roundhouse/kernel";
import type { Card } from "@roundhouse/ledger";
import { type Life, Machine, openLife, type World } from "./node.ts";

/** Whoever is here. */
export type Guest = {
  readonly user: UserId;
  readonly hears: (session: SessionId, told: Told) => void;
  /** The connection broke. */
  readonly isCut: (session: SessionId) => void;
};

export class Reception {
  readonly machine: Machine;
  readonly life: Life;
  readonly #guests = new Map<SessionId, Guest>();
  #sessions = 0;

  constructor(name: string, world: World) {
    this.machine = new Machine(name, world);
    this.life = openLife(this.machine, this.#card);
    const { bus, gateway, membership } = this.life;
    bus.hear(gateway, {
      frame: ({ items }) => this.#hear(items),
      missed: () => this.kill(),
    });
    membership.watch({ buried: () => this.kill() });
    membership.beat();
  }

  get isOver(): boolean {
    return this.machine.process.isDead;
  }

  /** Whether somebody may try it. */
  get isOpen(): boolean {
    return this.machine.process.isRunning && this.life.membership.census !== undefined;
  }

  /** Who is connected here, by session. */
  get guests(): ReadonlyMap<SessionId, Guest> {
    return this.#guests;
  }

  enter(guest: Guest): SessionId {
    const session = `${this.life.node}-${++this.#sessions}` as SessionId;
    this.#guests.set(session, guest);
    this.machine.world.registry.users.set(session, guest.user);
    return session;
  }

  /** Tells whether it was accepted. */
  says(subject: string, command: Command): boolean {
    const { world, process } = this.machine;
    if (!process.isRunning) return false;
    const shard = shardOf(subject, world.mood.shards);
    return this.life.bus.append(shard, this.life.gateway, command).ok;
  }

  /** The connection is gone: the user's shard hears of it as soon as it takes anything. */
  leaves({ session, how, got }: Omit<Ending, "user">): void {
    const guest = this.#guests.get(session);
    this.#guests.delete(session);
    if (guest !== undefined) this.#detach({ user: guest.user, session, how, got });
  }

  kill(): void {
    this.machine.kill();
    const { time, mood } = this.machine.world;
    for (const [session, guest] of this.#guests) {
      time.later(() => guest.isCut(session), mood.wireMs);
    }
    this.#guests.clear();
  }

  #detach({ user, session, how, got }: Ending): void {
    const { process } = this.machine;
    if (this.says(user, { on: "detach", user, session, how, got }) || process.isDead) return;
    process.later(() => this.#detach({ user, session, how, got }), AGAIN_MS);
  }

  /** What is told in one frame arrives together, later. */
  #hear(items: readonly Item[]): void {
    const { time, mood } = this.machine.world;
    for (const item of items) {
      if (item.to !== "session") continue;
      const { session, told } = item;
      const guest = this.#guests.get(session);
      if (guest !== undefined) time.later(() => guest.hears(session, told), mood.wireMs);
    }
  }

  readonly #card = (): Omit<Card, "isLeaving"> => {
    return { name: this.machine.name, role: "gateway", address: "", connections: 0 };
  };
}

type Ending = {
  readonly user: UserId;
  readonly session: SessionId;
  readonly how: "left" | "lost";
  /** Notices before this number were heard; nobody knows of one that is lost. */
  readonly got: number | undefined;
};

const AGAIN_MS = 100;
