/**
 * A bus on which everything takes as long as the test says: commands of one gateway to one shard stay
 * in order, so do frames of one shard to one gateway, and nothing else does.
 */
import type { Command, Item } from "@roundhouse/domain";
import { type GatewayId, ok, type Result } from "@roundhouse/kernel";
import type { Bus, Listener } from "@roundhouse/ledger";

type Wire = Bus<Command, Item>;

export class SlowBus implements Wire {
  /** While it is unset everything passes at once. */
  isHolding = true;
  readonly #wire: Wire;
  /** What is on its way, by what it must not overtake. */
  readonly #lanes = new Map<string, (() => void)[]>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  append(shard: number, from: GatewayId, command: Command): Result<void> {
    this.#send(`${from} ${shard}`, () => this.#wire.append(shard, from, command));
    return ok(undefined);
  }

  hear(gateway: GatewayId, listener: Listener<Item>): () => void {
    return this.#wire.hear(gateway, {
      frame: (frame) => this.#send(`${frame.shard} ${gateway}`, () => listener.frame(frame)),
      missed: (shard) => this.#send(`${shard} ${gateway}`, () => listener.missed(shard)),
    });
  }

  /** So many things arrive, of whichever lane the number says. */
  arrive(lane: number, count: number): void {
    const lanes = [...this.#lanes.keys()].sort();
    const chosen = lanes[lane % Math.max(1, lanes.length)];
    if (chosen === undefined) return;
    const waiting = this.#lanes.get(chosen) ?? [];
    for (const arrives of waiting.splice(0, count)) arrives();
    if (waiting.length === 0) this.#lanes.delete(chosen);
  }

  /** Everything arrives. */
  flush(): void {
    while (this.#lanes.size > 0) this.arrive(0, Number.POSITIVE_INFINITY);
  }

  #send(lane: string, arrives: () => void): void {
    const waiting = this.#lanes.get(lane);
    if (waiting !== undefined) waiting.push(arrives);
    else if (this.isHolding) this.#lanes.set(lane, [arrives]);
    else arrives();
  }
}
