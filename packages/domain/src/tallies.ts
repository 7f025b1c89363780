/**
 * What the shard knows of each gateway, as digests, kept up to date change by change: whoever asks
 * for them waits for no loop over all users. What counts when is said at `Digests` in item.ts.
 */
import { Digest, type GatewayId } from "@roundhouse/kernel";
import type { Digests } from "./item.ts";

type Tally = { readonly [Kind in keyof Digests]: Digest };

export class Tallies {
  readonly #tallies = new Map<GatewayId, Tally>();

  /** The fact was not counted yet. */
  add(kind: keyof Digests, gateway: GatewayId, fact: string): void {
    const known = this.#tallies.get(gateway);
    const tally = known ?? openTally();
    if (known === undefined) this.#tallies.set(gateway, tally);
    tally[kind].add(fact);
  }

  /** The fact was counted. */
  remove(kind: keyof Digests, gateway: GatewayId, fact: string): void {
    const tally = this.#tallies.get(gateway);
    if (tally === undefined) return;
    tally[kind].remove(fact);
    if (isEmpty(tally)) this.#tallies.delete(gateway); // Gateways come and go.
  }

  of(gateway: GatewayId): Digests {
    const { sessions, seats, watches } = this.#tallies.get(gateway) ?? openTally();
    return { sessions: sessions.value, seats: seats.value, watches: watches.value };
  }

  /** The gateway is gone, and with it everything that was known of it. */
  drop(gateway: GatewayId): void {
    this.#tallies.delete(gateway);
  }

  get size(): number {
    return this.#tallies.size;
  }
}

const openTally = (): Tally => {
  return { sessions: new Digest(), seats: new Digest(), watches: new Digest() };
};

const isEmpty = ({ sessions, seats, watches }: Tally): boolean => {
  return sessions.value[0] === 0 && seats.value[0] === 0 && watches.value[0] === 0;
};
