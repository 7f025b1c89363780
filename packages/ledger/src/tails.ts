/**
 * The frames of one shard: for each gateway its items, and the number of the frame before, so that a
 * hole shows. Those numbers go into the notes of the same commit: they outlive the owner.
 */
import type { GatewayId, Millis } from "@roundhouse/kernel";
import type { NodeId, ShardCommit } from "./backbone.ts";
import { encodeFrame, encodePassage, type Packed, type Tail } from "./cluster-wire.ts";
import type { Codec } from "./codec.ts";

type Written = Pick<ShardCommit, "history" | "frames">;

type Speech<Item> = {
  readonly commit: number;
  readonly at: Millis;
  readonly items: readonly { readonly to: readonly GatewayId[]; readonly item: Item }[];
  readonly notes: Map<string, string | undefined>;
};

export class Tails {
  /** By gateway, the commit of its last frame; those of the commit on its way apart. */
  readonly #lasts = new Map<GatewayId, number>();
  #next: { readonly commit: number; readonly gateways: Iterable<GatewayId> } | undefined;
  readonly #forgotten: GatewayId[] = [];
  /** Who is gone for good, and since when: what is still said to it later is said to nobody. */
  readonly #gone = new Map<GatewayId, Millis>();

  /** As of the last commit. */
  get lasts(): ReadonlyMap<GatewayId, number> {
    return this.#lasts;
  }

  restore(notes: ReadonlyMap<string, string>): void {
    for (const [key, value] of notes) {
      if (key.startsWith(NOTE)) this.#lasts.set(nameIn(key, NOTE), Number(value));
      else if (key.startsWith(GONE)) this.#gone.set(nameIn(key, GONE), Number(value));
    }
  }

  /** It is gone for good: with the next commit nothing is kept for it any more. */
  forget(gateway: GatewayId): void {
    this.#forgotten.push(gateway);
  }

  /** The frames of a commit, and what history keeps of it. */
  write<Item>(codec: Codec<never>, { commit, at, items, notes }: Speech<Item>): Written {
    if (this.#forgotten.length > 0) this.#bury(at, notes);
    const packed: Packed[] = [];
    const byGateway = new Map<GatewayId, Uint8Array[]>();
    for (const { to, item } of items) {
      const bytes = codec.encode(item);
      packed.push({ to, bytes });
      for (const gateway of to) {
        const parts = byGateway.get(gateway);
        if (parts === undefined) byGateway.set(gateway, [bytes]);
        else parts.push(bytes);
      }
    }
    for (const gateway of this.#gone.keys()) byGateway.delete(gateway);
    this.#next = { commit, gateways: byGateway.keys() };
    if (packed.length === 0) return SILENCE; // What nobody hears is past all the same.
    const tails: Tail[] = [];
    const frames: { to: NodeId; bytes: Uint8Array }[] = [];
    for (const [gateway, parts] of byGateway) {
      const previous = this.#lasts.get(gateway) ?? 0;
      tails.push([gateway, previous]);
      notes.set(`${NOTE}${gateway}`, String(commit));
      const to = gateway as string as NodeId;
      frames.push({ to, bytes: encodeFrame({ commit, previous }, parts) });
    }
    return { history: encodePassage(codec, { at, tails }, packed), frames };
  }

  #bury(at: Millis, notes: Map<string, string | undefined>): void {
    for (const [gateway, since] of this.#gone) {
      if (at - since < GONE_MS) continue;
      this.#gone.delete(gateway);
      notes.set(`${GONE}${gateway}`, undefined);
    }
    for (const gateway of this.#forgotten) {
      this.#gone.set(gateway, at);
      notes.set(`${NOTE}${gateway}`, undefined);
      notes.set(`${GONE}${gateway}`, String(at));
    }
  }

  /** The commit is done. */
  done(): void {
    for (const gateway of this.#forgotten.splice(0)) this.#lasts.delete(gateway);
    if (this.#next === undefined) return;
    for (const gateway of this.#next.gateways) this.#lasts.set(gateway, this.#next.commit);
    this.#next = undefined;
  }
}

const nameIn = (key: string, kind: string): GatewayId => key.slice(kind.length) as GatewayId;

const NOTE = "to:";
const GONE = "gone:";
/** After so long nobody has anything more to say to the dead. */
const GONE_MS: Millis = 3_600_000;
const SILENCE: Written = { history: undefined, frames: [] };
