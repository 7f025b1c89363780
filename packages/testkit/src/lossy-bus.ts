/** A bus that a test may make lose frames for good, as one does whose history was cut off. */
import type { Command, Item } from "@roundhouse/domain";
import type { GatewayId, Result } from "@roundhouse/kernel";
import { fail } from "@roundhouse/kernel";
import type { Bus, Frame, Listener } from "@roundhouse/ledger";

type Wire = Bus<Command, Item>;
type Hearer = { readonly gateway: GatewayId; readonly listener: Listener<Item> };

export class LossyBus implements Wire {
  /** Whether a frame gets lost. */
  loses: (frame: Frame<Item>, gateway: GatewayId) => boolean = () => false;
  /** Whether a command is refused; `inbox_full`. */
  refuses: (command: Command, shard: number) => boolean = () => false;
  readonly #wire: Wire;
  readonly #hearers = new Set<Hearer>();
  /** Lost, and nobody has been told yet. */
  readonly #lost = new Map<Hearer, Set<number>>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  append(shard: number, from: GatewayId, command: Command): Result<void> {
    if (this.refuses(command, shard)) return fail("inbox_full");
    return this.#wire.append(shard, from, command);
  }

  hear(gateway: GatewayId, listener: Listener<Item>): () => void {
    const hearer = { gateway, listener };
    this.#hearers.add(hearer);
    const unhear = this.#wire.hear(gateway, {
      frame: (frame) => this.#frame(hearer, frame),
      missed: (shard) => listener.missed(shard),
    });
    return () => {
      this.#hearers.delete(hearer);
      unhear();
    };
  }

  /** What the shards tell of this gets lost, and nobody will ever notice: a bug does such things. */
  hide(happens: () => void): void {
    const { loses } = this;
    this.loses = () => true;
    happens();
    this.loses = loses;
    this.#lost.clear();
  }

  /** The next frame, or the beacon, would show the hole: now. */
  notices(): void {
    for (const hearer of this.#hearers) {
      for (const shard of this.#lost.get(hearer) ?? []) this.#tell(hearer, shard);
    }
  }

  #frame(hearer: Hearer, frame: Frame<Item>): void {
    if (this.loses(frame, hearer.gateway)) {
      const lost = this.#lost.get(hearer) ?? new Set();
      this.#lost.set(hearer, lost.add(frame.shard));
      return;
    }
    this.#tell(hearer, frame.shard);
    hearer.listener.frame(frame);
  }

  #tell(hearer: Hearer, shard: number): void {
    if (this.#lost.get(hearer)?.delete(shard)) hearer.listener.missed(shard);
  }
}
