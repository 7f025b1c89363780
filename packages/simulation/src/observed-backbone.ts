/**
 * The model of the backbone with somebody watching: every step that changed something is judged by
 * what stood before it. Bugs of the backbone itself are planted beneath the judge's eyes.
 */
import type { Item } from "@roundhouse/domain";
import type { Millis } from "@roundhouse/kernel";
import {
  type Append,
  type Appended,
  type Codec,
  type Committed,
  decodePassage,
  type EntryId,
  type Epoch,
  type Holder,
  type NodeId,
  type ShardCommit,
  type Then,
} from "@roundhouse/ledger";
import { ModelBackbone, type ModelOptions, type ModelShard } from "@roundhouse/testkit";
import type { Bug } from "./bugs.ts";
import type { Change, Registry } from "./registry.ts";
import { Broken, type Trace } from "./trace.ts";
import type { Truth } from "./truth.ts";

export type ObservedOptions = ModelOptions & {
  readonly codec: Codec<never>;
  readonly truth: Truth;
  readonly registry: Registry;
  readonly trace: Trace;
  readonly bug: Bug | undefined;
  /** How many bytes one owner lets the history of a shard grow to. */
  readonly historyBytesMax: number;
};

export class ObservedBackbone extends ModelBackbone {
  /** Commits that were done, of all shards. */
  commits = 0;
  /** When a commit was last done of which somebody must hear, or another shard. */
  eventfulAt: Millis = Number.NEGATIVE_INFINITY;
  readonly #observed: ObservedOptions;

  constructor(options: ObservedOptions) {
    super(options);
    this.#observed = options;
  }

  override append(shard: number, batch: Append, then: Then<Appended>): void {
    const { bug, trace, codec } = this.#observed;
    const last = this.#model(shard).numbers.get(batch.sender) ?? 0;
    const isNew = bug === "no_duplicate_check" && batch.number <= last;
    const taken = isNew ? { ...batch, number: last + 1 } : batch;
    if (taken.number > last) {
      const { sender, number, bytes } = taken;
      trace.whisper(
        () => `shard ${shard} is sent ${sender} ${number} ${said(codec.decodeAll(bytes))}`,
      );
    }
    super.append(shard, taken, then);
  }

  override commit(shard: number, commit: ShardCommit, then: Then<Committed>): void {
    const model = this.#model(shard);
    const before = {
      ...model.holder,
      position: model.position,
      commits: model.commits,
      records: changesOf(model, commit, this.#observed.codec),
    };
    super.commit(shard, this.#mangled(model, commit), then);
    if (model.commits === before.commits && model.position === before.position) return;
    this.#judge(model, commit, before);
  }

  override assign(
    shard: number,
    change: { readonly epoch: Epoch; readonly next: NodeId | "" },
    then: Then<{ readonly isDone: boolean; readonly holder: Holder }>,
  ): void {
    const model = this.#model(shard);
    const { epoch } = model;
    const isStale = change.epoch < epoch && this.#observed.bug === "stale_epoch_accepted";
    super.assign(shard, isStale ? { ...change, epoch } : change, then);
    if (model.epoch === epoch) return;
    this.#observed.trace.note(`shard ${shard} is ${change.next || "nobody's"} in ${model.epoch}`);
    if (change.epoch === epoch) return;
    throw new Broken(
      "fence",
      `shard ${shard} changed hands by epoch ${change.epoch}, not ${epoch}`,
    );
  }

  #mangled(model: ModelShard, commit: ShardCommit): ShardCommit {
    const { owner, epoch, position, commits } = model;
    switch (this.#observed.bug) {
      case "no_fence":
        return owner === "" ? commit : { ...commit, owner, epoch };
      case "no_position_check":
        return {
          ...commit,
          from: position,
          before: commits,
          commit: Math.max(commits + 1, commit.commit),
        };
      case "stale_epoch_accepted":
        return commit.epoch < epoch ? { ...commit, epoch } : commit;
      default:
        return commit;
    }
  }

  #judge(model: ModelShard, commit: ShardCommit, before: Before): void {
    const { trace, truth, registry, codec, clock, historyBytesMax } = this.#observed;
    const { shard } = model;
    this.commits++;
    const name = `shard ${shard} commit ${commit.commit} of ${commit.owner}`;
    trace.note(`${name} to ${commit.to}`);
    if (commit.owner !== before.owner || commit.epoch !== before.epoch) {
      throw new Broken("fence", `${name} in epoch ${commit.epoch}, owner is ${before.owner}`);
    }
    if (commit.from !== before.position || isBefore(commit.to, before.position)) {
      throw new Broken("position", `${name} leads from ${commit.from}, not ${before.position}`);
    }
    if (commit.before !== before.commits || commit.commit <= before.commits) {
      throw new Broken("position", `${name} follows commit ${before.commits}`);
    }
    const items = itemsOf(commit, codec);
    if (isEventful(commit, items)) this.eventfulAt = clock.now();
    for (const item of items) trace.whisper(() => `  says ${said(item)}`);
    for (const [key, { after }] of before.records) trace.whisper(() => `  ${key} ${said(after)}`);
    truth.commit(items);
    registry.commit(items, before.records);
    const sizes = model.passages.map((passage) => passage.bytes.length);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes > historyBytesMax * 1.5 + HISTORY_SLACK * Math.max(0, ...sizes)) {
      throw new Broken("bounded", `shard ${shard} keeps a history of ${bytes} bytes`);
    }
  }

  #model(shard: number): ModelShard {
    const model = this.shards[shard];
    if (model === undefined) throw new RangeError(`there is no shard ${shard}`);
    return model;
  }
}

const said = (value: unknown): string => JSON.stringify(value);

type Before = Holder & {
  readonly position: EntryId;
  readonly commits: number;
  readonly records: ReadonlyMap<string, Change>;
};

/** Digests go round all the time, and say nothing new. */
function isEventful({ outbox }: ShardCommit, items: readonly Item[]): boolean {
  const isSending = [...outbox.values()].some((bytes) => bytes !== undefined);
  return isSending || items.some(({ to }) => to !== "digest");
}

function itemsOf({ commit, history }: ShardCommit, codec: Codec<never>): readonly Item[] {
  return history === undefined ? [] : decodePassage<Item>(codec, { commit, bytes: history }).items;
}

/** What a commit does to records, as it finds them. */
function changesOf(
  { kept }: ModelShard,
  commit: ShardCommit,
  codec: Codec<never>,
): ReadonlyMap<string, Change> {
  const decode = (bytes: Uint8Array | undefined): unknown => bytes && codec.decode(bytes);
  const changes = new Map<string, Change>();
  for (const [key, after] of commit.kept) {
    changes.set(key, { before: decode(kept.get(key)), after: decode(after) });
  }
  return changes;
}

function isBefore(one: EntryId, other: EntryId): boolean {
  const [time = 0, count = 0] = one.split("-").map(Number);
  const [otherTime = 0, otherCount = 0] = other.split("-").map(Number);
  return time === otherTime ? count < otherCount : time < otherTime;
}

/** A new owner knows how much there is, and takes it to be of equal commits. */
const HISTORY_SLACK = 3;
