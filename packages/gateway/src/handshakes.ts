/** TLS handshakes under way: so many at a time, and no address keeps the others out. */
import type { Address } from "./connection.ts";

type Handshake = { readonly address: Address; cut(): void };

export class Handshakes {
  readonly #most: number;
  /** By the name of the connection, the oldest first. */
  readonly #underWay = new Map<string, Handshake>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Whether one more of this address may begin. When there are too many, the oldest one of the address
   * that holds most is cut for one that holds less.
   */
  makeRoom(address: Address): boolean {
    if (this.#underWay.size < this.#most) return true;
    const held = this.#held();
    let least = (held.get(address) ?? 0) + 1;
    let greedy: Address | undefined;
    for (const [holder, count] of held) {
      if (count > least) [greedy, least] = [holder, count];
    }
    for (const handshake of greedy === undefined ? [] : this.#underWay.values()) {
      if (handshake.address !== greedy) continue;
      handshake.cut();
      return true;
    }
    return false;
  }

  begin(name: string, handshake: Handshake): void {
    this.#underWay.set(name, handshake);
  }

  /** Whose it was; undefined if it was cut or is over already. `only`: not another one of that name. */
  end(name: string, only = this.#underWay.get(name)): Address | undefined {
    if (only === undefined || this.#underWay.get(name) !== only) return undefined;
    this.#underWay.delete(name);
    return only.address;
  }

  #held(): ReadonlyMap<Address, number> {
    const held = new Map<Address, number>();
    for (const { address } of this.#underWay.values()) {
      held.set(address, (held.get(address) ?? 0) + 1);
    }
    return held;
  }
}
