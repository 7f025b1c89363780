/** A simulated node's way to the backbone; bugs on the node's side of it are planted here. */
import { type Command, weightOf } from "@roundhouse/domain";
import {
  type Append,
  type Appended,
  type Backbone,
  type Codec,
  type Committed,
  type Heard,
  msgpack,
  type NodeId,
  type Shard,
  type ShardCommit,
  type Then,
} from "@roundhouse/ledger";
import { type Dice, Link, type LinkOptions } from "@roundhouse/testkit";
import type { Bug } from "./bugs.ts";

export type NodeLinkOptions = LinkOptions & { readonly bug: Bug | undefined; readonly dice: Dice };

/** Commands of the real domain, as the composition roots encode them. */
export const codec: Codec<Command> = {
  ...msgpack,
  isFarewell: ({ on }) => on === "gatewayGone",
  weightOf,
};
export const FAREWELL: Command = { on: "gatewayGone" };

export class NodeLink extends Link {
  /** Commits are stuck on the way, for longer than it takes to replace their owner. */
  isStuck = false;
  readonly #bug: Bug | undefined;
  readonly #dice: Dice;
  readonly #backbone: Backbone;

  constructor(options: NodeLinkOptions) {
    super(options);
    this.#bug = options.bug;
    this.#dice = options.dice;
    this.#backbone = options.backbone;
  }

  override append(shard: number, batch: Append, then: Then<Appended>): void {
    const isPromised = batch.sender.startsWith("shard:");
    if (this.#bug === "lost_outbox_entry" && isPromised && this.#dice.happens(0.1)) {
      return this.constant("", "", (answer) => {
        then(answer.known ? { known: true, value: { at: "taken" } } : answer);
      });
    }
    super.append(shard, batch, then);
  }

  override open(shard: number, then: Then<Shard>): void {
    if (this.#bug !== "accounts_lost_at_take_over") return super.open(shard, then);
    super.open(shard, (answer) => {
      if (!answer.known) return then(answer);
      const { outbox, ...rest } = answer.value;
      then({ known: true, value: { ...rest, outbox: unsocial(outbox) } });
    });
  }

  override commit(shard: number, commit: ShardCommit, then: Then<Committed>): void {
    if (this.#bug !== "publish_before_commit") return this.#commit(shard, commit, then);
    for (const { to, bytes } of commit.frames) this.#backbone.say(shard, to, bytes);
    this.#commit(shard, { ...commit, frames: [] }, then);
  }

  #commit(shard: number, commit: ShardCommit, then: Then<Committed>): void {
    const { questionLate, questionLateMs } = this.faults;
    if (this.isStuck) Object.assign(this.faults, { questionLate: 1, questionLateMs: STUCK_MS });
    super.commit(shard, commit, then);
    Object.assign(this.faults, { questionLate, questionLateMs });
  }

  override bury(shard: number, node: NodeId, bytes: Uint8Array, then: Then<void>): void {
    const isKept = this.#bug === "presence_kept_after_gateway_death";
    super.bury(shard, node, isKept ? codec.encode([]) : bytes, then);
  }

  override listen(node: NodeId, ear: (heard: Heard) => void): () => void {
    return super.listen(node, this.#bug === "gap_not_repaired" ? gapless(ear) : ear);
  }
}

/** Batches about friends, members and letters are empty: their numbers are needed. */
function unsocial(outbox: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const isSocial = (bytes: Uint8Array): boolean => {
    return SOCIAL.test(JSON.stringify(codec.decodeAll(bytes)));
  };
  return new Map(
    [...outbox].map(([key, bytes]) => [key, isSocial(bytes) ? codec.encode([]) : bytes]),
  );
}

/** Each frame looks as if it followed the one heard before it; beacons are not heard. */
function gapless(ear: (heard: Heard) => void): (heard: Heard) => void {
  const lasts = new Map<number, number>();
  return (heard) => {
    if (heard.on === "interrupted") return;
    if (heard.on !== "said") return ear(heard);
    if (heard.bytes[0] !== FRAME) return;
    const bytes = Uint8Array.from(heard.bytes);
    const view = new DataView(bytes.buffer);
    const commit = view.getFloat64(1);
    const last = lasts.get(heard.shard) ?? 0;
    if (commit <= last) return;
    view.setFloat64(9, last);
    lasts.set(heard.shard, commit);
    ear({ ...heard, bytes });
  };
}

const SOCIAL = /befriended|unfriended|enrolled|notify/;
const FRAME = 1;
const STUCK_MS = 15_000;
