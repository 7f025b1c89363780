/** The way to the shards' inboxes, under the name that this gateway has in its present life. */
import type { Command } from "@roundhouse/domain";
import type { GatewayId, Result } from "@roundhouse/kernel";
import type { Bus } from "@roundhouse/ledger";

export type ShardBus = Pick<Bus<Command, never>, "append">;

/** That somebody went: a shard must come to know of it, also one whose inbox is full now. */
export type Departure = Extract<Command, { on: "detach" | "part" }>;

export class Inboxes {
  #id: GatewayId;
  #bus: ShardBus;
  /** What a full inbox did not take, by shard, oldest first. */
  readonly #owed = new Map<number, Departure[]>();

  constructor(id: GatewayId, bus: ShardBus) {
    this.#id = id;
    this.#bus = bus;
  }

  get id(): GatewayId {
    return this.#id;
  }

  /** Departures that no inbox has taken yet. */
  get owed(): number {
    let owed = 0;
    for (const waiting of this.#owed.values()) owed += waiting.length;
    return owed;
  }

  owes(shard: number): boolean {
    return this.#owed.has(shard);
  }

  append(shard: number, command: Command): Result<void> {
    return this.#bus.append(shard, this.#id, command);
  }

  depart(shard: number, departure: Departure): void {
    const owed = this.#owed.get(shard);
    if (owed !== undefined) owed.push(departure);
    else if (!this.append(shard, departure).ok) this.#owed.set(shard, [departure]);
  }

  /** Departures that were refused are told again. */
  retry(): void {
    for (const [shard, waiting] of this.#owed) {
      const refused = waiting.findIndex((departure) => !this.append(shard, departure).ok);
      if (refused < 0) this.#owed.delete(shard);
      else waiting.splice(0, refused);
    }
  }

  /** A new life: nobody waits for what the former one owed, its shards were told that it is over. */
  rebind(id: GatewayId, bus: ShardBus): void {
    this.#id = id;
    this.#bus = bus;
    this.#owed.clear();
  }
}
