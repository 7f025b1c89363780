/** Who listens for which gateway in the embedded ledger. */
import type { GatewayId } from "@roundhouse/kernel";
import type { Commit, Listener } from "./ledger.ts";

export class Listeners<Item> {
  readonly #listeners = new Map<GatewayId, readonly Listener<Item>[]>();

  add(gateway: GatewayId, listener: Listener<Item>): () => void {
    this.#listeners.set(gateway, [...this.#of(gateway), listener]);
    return () => {
      const others = this.#of(gateway).filter((it) => it !== listener);
      if (others.length > 0) this.#listeners.set(gateway, others);
      else this.#listeners.delete(gateway);
    };
  }

  /** One frame per gateway. Here there is one gateway, and an operator who listens beside it. */
  deliver(shard: number, addressed: Commit<unknown, Item, unknown>["items"]): void {
    for (const [gateway, listeners] of this.#listeners) {
      const items: Item[] = [];
      for (const { to, item } of addressed) if (to.includes(gateway)) items.push(item);
      if (items.length === 0) continue;
      for (const listener of listeners) listener.frame({ shard, items });
    }
  }

  #of(gateway: GatewayId): readonly Listener<Item>[] {
    return this.#listeners.get(gateway) ?? [];
  }
}
