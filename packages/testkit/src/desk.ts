/** One shard alone, without gateway or ledger: commands in, effects out. */
import {
  admit,
  type Command,
  decide,
  type Effects,
  type Item,
  type LiveEntries,
  liveChanges,
  missing,
  needsPast,
  openScene,
  openShard,
  type PastItem,
  type Place,
  type Rules,
  remember,
  restore,
  type ShardState,
  type Stored,
  tidy,
  wanted,
} from "@roundhouse/domain";
import type { GatewayId, Millis } from "@roundhouse/kernel";
import type { Post } from "@roundhouse/ledger";
import { rules } from "./numbers.ts";
import { START } from "./virtual-time.ts";

export class Desk {
  readonly state: ShardState;
  /** What the commits so far made durable. */
  readonly records = new Map<string, Stored>();
  /** What the commits so far left to a next owner. */
  readonly live = new Map<string, unknown>();
  /** What the commits so far said, and when. */
  readonly past: PastItem[] = [];
  now: Millis = START;
  /** Whether the store has no room. */
  isFull = false;
  readonly #rules: Partial<Rules>;

  constructor(options: Partial<Rules> = {}, place: Place = { shard: 0, shards: 1 }) {
    this.#rules = options;
    this.state = openShard({ ...rules, ...options }, place);
  }

  /** One batch from one gateway, appended now; the outbox is not carried on. */
  batch(commands: readonly Command[], from = "gate0"): Effects {
    const at = this.now;
    return this.run(commands.map((command) => ({ from: from as GatewayId, at, command })));
  }

  /** One batch as the ledger hands it over. */
  run(posts: readonly Post<Command>[]): Effects {
    const { state } = this;
    const scene = openScene(state, { keepsLive: true, isFull: () => this.isFull });
    for (const { command } of posts) this.#lookUp(command);
    if (posts.some(({ command }) => needsPast(state, command))) remember(state, this.past);
    for (const { command, from, at } of posts) {
      scene.gateway = from;
      scene.now = at;
      decide(state, command, scene);
    }
    tidy(state, scene);
    put(this.records, scene.effects.records);
    put(this.live, liveChanges(state, scene.changed));
    const at = posts.at(-1)?.at ?? this.now;
    for (const { item } of scene.effects.items) this.past.push({ at, item });
    return scene.effects;
  }

  #lookUp(command: Command): void {
    for (;;) {
      const keys = missing(this.state, command);
      if (keys.length === 0) break;
      admit(this.state, keys, this.records);
    }
    const search = wanted(this.state, command);
    if (search === undefined) return;
    const found = [...this.records].filter(([key]) => key.startsWith(search.prefix)).sort();
    this.state.found.set(search.prefix, new Map(found.slice(0, search.limit)));
  }

  /** Another owner of the same shard, as it begins: with what this one left, in pages. */
  next(pages: readonly LiveEntries[] = [this.live]): Desk {
    const next = new Desk(this.#rules, this.state.place);
    next.now = this.now;
    next.isFull = this.isFull;
    for (const page of pages) restore(next.state, page);
    put(next.records, this.records);
    put(next.live, this.live);
    next.past.push(...this.past);
    return next;
  }

  /** One command and everything that follows from it, this shard being the only one. */
  settle(command: Command, from = "gate0"): readonly Effects[] {
    const all: Effects[] = [];
    let batch: readonly Command[] = [command];
    for (let author = from; batch.length > 0; author = "") {
      const effects = this.batch(batch, author);
      all.push(effects);
      batch = effects.outbox.map((sent) => sent.command);
    }
    return all;
  }

  /** The items of one command and everything that follows from it, in order. */
  tell(command: Command, from = "gate0"): readonly Item[] {
    return this.settle(command, from).flatMap(({ items }) => items.map(({ item }) => item));
  }
}

function put<Key, Value>(kept: Map<Key, Value>, changes: ReadonlyMap<Key, Value | undefined>) {
  for (const [key, value] of changes) {
    if (value === undefined) kept.delete(key);
    else kept.set(key, value);
  }
}
