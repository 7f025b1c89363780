/** What the model keeps for all shards together: leases, the coordinator, the dead, wishes. */
import type { Millis } from "@roundhouse/kernel";
import {
  type Card,
  type Census,
  LEASE_MS,
  type Member,
  type NodeId,
  type Renewed,
  SILENCE_MS,
} from "@roundhouse/ledger";

export class ModelCluster {
  readonly members = new Map<NodeId, Member>();
  readonly dead = new Set<NodeId>();
  readonly drained = new Set<string>();
  readonly wishes = new Map<number, NodeId>();
  readonly #forgotten = new Set<NodeId>();
  readonly #constants = new Map<string, string>();
  #coordinator: NodeId | "" = "";
  /** When anybody renewed last. */
  #pulse: Millis | undefined;
  #graceUntil: Millis = 0;

  renew(node: NodeId, card: Card, now: Millis): Renewed {
    if (this.dead.has(node) || this.#forgotten.has(node)) return { at: "buried" };
    const silence = now - (this.#pulse ?? now);
    if (silence > SILENCE_MS) this.#graceUntil = now + LEASE_MS;
    this.#pulse = now;
    this.members.set(node, { ...card, node, until: now + LEASE_MS });
    // The coordinator's lease is its own: it holds as long as that does.
    if (this.#coordinator !== "" && this.#isEnded(this.#coordinator, now)) this.#coordinator = "";
    const wants = card.role === "shard" && !card.isLeaving;
    if (this.#coordinator === "" && wants) this.#coordinator = node;
    if (this.#coordinator === node && !wants) this.#coordinator = "";
    return { at: "renewed", census: this.#census(now) };
  }

  leave(node: NodeId): void {
    this.members.delete(node);
    if (this.#coordinator === node) this.#coordinator = "";
  }

  declareDead(node: NodeId, now: Millis): boolean {
    if (this.dead.has(node) || this.#forgotten.has(node)) return true;
    if (!this.#isEnded(node, now)) return false;
    this.leave(node);
    this.dead.add(node);
    return true;
  }

  forget(node: NodeId): void {
    if (this.dead.delete(node)) this.#forgotten.add(node);
  }

  wish(wishes: ReadonlyMap<number, NodeId | undefined>): void {
    for (const [shard, node] of wishes) {
      if (node === undefined) this.wishes.delete(shard);
      else this.wishes.set(shard, node);
    }
  }

  drain(name: string, isDrained: boolean): void {
    if (isDrained) this.drained.add(name);
    else this.drained.delete(name);
  }

  constant(name: string, value: string): string {
    const known = this.#constants.get(name) ?? value;
    this.#constants.set(name, known);
    return known;
  }

  /** Who never renewed has no lease. */
  #isEnded(node: NodeId, now: Millis): boolean {
    const until = this.members.get(node)?.until ?? 0;
    return now >= Math.max(until, this.#graceUntil);
  }

  #census(now: Millis): Census {
    return {
      now,
      coordinator: this.#coordinator,
      members: [...this.members.values()],
      graceUntil: this.#graceUntil,
      drained: [...this.drained],
      wishes: new Map(this.wishes),
      dead: [...this.dead],
    };
  }
}
