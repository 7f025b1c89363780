/** One shard's part of the model: inbox, holder, maps and history, and what each step does to them. */

import type { Millis } from "@roundhouse/kernel";
import type {
  Append,
  Appended,
  Changes,
  Committed,
  Entry,
  EntryId,
  Epoch,
  Heard,
  Holder,
  NodeId,
  Passage,
  Shard,
  ShardCommit,
} from "@roundhouse/ledger";

/** What a step publishes: to whose ear, and what. */
export type Publish = (to: NodeId, heard: Heard) => void;

export class ModelShard {
  readonly shard: number;
  owner: NodeId | "" = "";
  epoch: Epoch = 0;
  position: EntryId = FIRST;
  commits = 0;
  readonly notes = new Map<string, string>();
  readonly live = new Map<string, Uint8Array>();
  readonly kept = new Map<string, Uint8Array>();
  readonly outbox = new Map<string, Uint8Array>();
  /** What the inbox holds: what was appended after the position. */
  readonly entries: Entry[] = [];
  readonly passages: Passage[] = [];
  /** The last number of each sender's batches. */
  readonly numbers = new Map<string, number>();
  readonly buried = new Set<string>();
  #tail: EntryId = FIRST;
  #tailAt: Millis = 0;
  #tailCount = 0;
  readonly #publish: Publish;

  constructor(shard: number, publish: Publish) {
    this.shard = shard;
    this.#publish = publish;
  }

  get holder(): Holder {
    return { owner: this.owner, epoch: this.epoch };
  }

  append({ sender, number, bytes, most }: Append, now: Millis): Appended {
    if (this.buried.has(sender)) return { at: "buried" };
    const last = this.numbers.get(sender) ?? 0;
    if (number <= last) return { at: "taken" };
    if (number > last + 1) return { at: "gap", last };
    if (most > 0 && this.entries.length >= most) return { at: "full" };
    this.numbers.set(sender, number);
    this.#add(sender, bytes, now);
    return { at: "taken" };
  }

  read(after: EntryId, most: number): readonly Entry[] {
    let first = 0;
    while (first < this.entries.length && !isAfter(this.entries[first]?.id ?? FIRST, after))
      first++;
    return this.entries.slice(first, first + most);
  }

  commit(commit: ShardCommit): Committed {
    const isOwner = commit.owner === this.owner && commit.epoch === this.epoch;
    const isRepeated = commit.to === this.position && commit.commit === this.commits;
    if (isOwner && isRepeated) return { at: "done" };
    const before = commit.before ?? commit.commit - 1;
    const isNext = commit.from === this.position && before === this.commits;
    if (!isOwner || !isNext) return { at: "fenced", holder: this.holder };
    this.#apply(commit);
    for (const { to, bytes } of commit.frames) {
      this.#publish(to, { on: "said", shard: this.shard, bytes });
    }
    return { at: "done" };
  }

  open(): Shard {
    const { holder, position, commits: commit } = this;
    return {
      ...holder,
      position,
      commit,
      notes: new Map(this.notes),
      outbox: new Map(this.outbox),
    };
  }

  count(): number {
    return [...this.kept.keys()].filter((key) => LISTED.test(key)).length;
  }

  /** By the bytes of the keys, as a server without any idea of letters has them. */
  find(prefix: string, most: number): ReadonlyMap<string, Uint8Array> {
    const found: (readonly [Buffer, string, Uint8Array])[] = [];
    for (const [key, value] of this.kept) {
      const isListed = LISTED.test(key);
      if (isListed && key.startsWith(prefix)) found.push([Buffer.from(key), key, value]);
    }
    found.sort(([one], [other]) => Buffer.compare(one, other));
    return new Map(found.slice(0, most).map(([, key, value]) => [key, value]));
  }

  history(from: number, most: number): readonly Passage[] {
    const first = this.passages.findIndex(({ commit }) => commit >= from);
    return first < 0 ? [] : this.passages.slice(first, first + most);
  }

  assign(epoch: Epoch, next: NodeId | ""): { readonly isDone: boolean; readonly holder: Holder } {
    if (epoch !== this.epoch) return { isDone: false, holder: this.holder };
    this.owner = next;
    this.epoch++;
    const granted = { on: "granted", shard: this.shard, epoch: this.epoch } as const;
    if (next !== "") this.#publish(next, granted);
    return { isDone: true, holder: this.holder };
  }

  bury(node: NodeId, bytes: Uint8Array, now: Millis): void {
    if (this.buried.has(node)) return;
    this.buried.add(node);
    this.#add(node, bytes, now);
  }

  #add(sender: string, bytes: Uint8Array, now: Millis): void {
    // Time that goes back does not take the inbox along: an id is always greater than the last.
    this.#tailCount = now > this.#tailAt ? 0 : this.#tailCount + 1;
    this.#tailAt = Math.max(now, this.#tailAt);
    const id = `${this.#tailAt}-${this.#tailCount}` as EntryId;
    const entry: Entry = { id, previous: this.#tail, sender, bytes };
    this.#tail = id;
    this.entries.push(entry);
    if (this.owner !== "") this.#publish(this.owner, { on: "entry", shard: this.shard, entry });
  }

  #apply({ to, commit, notes, live, kept, outbox, history, historyFrom }: ShardCommit): void {
    this.position = to;
    this.commits = commit;
    change(this.notes, notes);
    change<Uint8Array>(this.live, live satisfies Changes);
    change<Uint8Array>(this.kept, kept satisfies Changes);
    change<Uint8Array>(this.outbox, outbox satisfies Changes);
    if (history !== undefined) this.passages.push({ commit, bytes: history });
    while ((this.passages[0]?.commit ?? historyFrom) < historyFrom) this.passages.shift();
    while (this.entries[0] !== undefined && !isAfter(this.entries[0].id, to)) this.entries.shift();
  }
}

function change<Value>(map: Map<string, Value>, by: ReadonlyMap<string, Value | undefined>): void {
  for (const [key, value] of by) {
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
}

function isAfter(one: EntryId, other: EntryId): boolean {
  const [time = 0, count = 0] = one.split("-").map(Number);
  const [otherTime = 0, otherCount = 0] = other.split("-").map(Number);
  return time === otherTime ? count > otherCount : time > otherTime;
}

const FIRST = "0-0" as EntryId;

/** Keys that can be found. */
const LISTED = /^(?:account|room|user)\//;
