/** One shard alone, without gateway or ledger: commands in, effects out. */
import {
  admit,
  type Command,
  decide,
  type Effects,
  type Item,
  missing,
  openScene,
  openShard,
  type Rules,
  type ShardState,
  tidy,
  type UserRecord,
} from "@roundhouse/domain";
import type { GatewayId, Millis, UserId } from "@roundhouse/kernel";
import type { Post } from "@roundhouse/ledger";
import { rules } from "./numbers.ts";
import { START } from "./virtual-time.ts";

export class Desk {
  readonly state: ShardState;
  /** What the commits so far made durable. */
  readonly records = new Map<UserId, UserRecord>();
  now: Millis = START;

  constructor(options: Partial<Rules> = {}) {
    this.state = openShard({ ...rules, ...options });
  }

  /** One batch from one gateway, appended now; the outbox is not carried on. */
  batch(commands: readonly Command[], from = "gate0"): Effects {
    const at = this.now;
    return this.run(commands.map((command) => ({ from: from as GatewayId, at, command })));
  }

  /** One batch as the ledger hands it over. */
  run(posts: readonly Post<Command>[]): Effects {
    const { state } = this;
    const scene = openScene(state);
    for (const { command } of posts) {
      for (const user of missing(state, command)) admit(state, user, this.records.get(user));
    }
    for (const { command, from, at } of posts) {
      scene.gateway = from;
      scene.now = at;
      decide(state, command, scene);
    }
    tidy(state, scene);
    for (const [user, record] of scene.effects.records) {
      if (record === undefined) this.records.delete(user);
      else this.records.set(user, record);
    }
    return scene.effects;
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
