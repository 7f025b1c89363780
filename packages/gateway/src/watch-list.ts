/** Whom the shards were asked to tell of: asked again what a full inbox did not take. */
import type { Digest, UserId } from "@roundhouse/kernel";
import type { Watched } from "./connection.ts";

export type WatchListOptions = {
  /** Asks a shard to tell of users from now on, or to stop; tells whether its inbox took that. */
  readonly ask: (on: "watch" | "unwatch", shard: number, users: readonly UserId[]) => boolean;
  /** What a shard must know that we watch. */
  readonly mirror: (shard: number) => Digest;
};

export class WatchList {
  readonly #options: WatchListOptions;
  readonly #unasked = new Set<Watched>();
  /** Nobody watches them any more, and the shard that tells of them does not know yet. */
  readonly #unreleased = new Map<UserId, number>();

  constructor(options: WatchListOptions) {
    this.#options = options;
  }

  /** Somebody is watched again: tells whether the shard was never told that nobody did. */
  resume(user: UserId): boolean {
    return this.#unreleased.delete(user);
  }

  /** One command for each shard. */
  begin(watched: readonly Watched[]): void {
    for (const [shard, group] of grouped(watched, (it) => it.shard)) {
      const users = group.map(({ user }) => user);
      const isTaken = this.#options.ask("watch", shard, users);
      for (const it of group) {
        if (!isTaken) this.#unasked.add(it);
        else this.#asked(it);
      }
    }
  }

  end(watched: readonly Watched[]): void {
    for (const it of watched) this.#unasked.delete(it);
    const asked = watched.filter(({ isAsked }) => isAsked);
    this.#release(asked.map(({ user, shard }) => [user, shard]));
  }

  retry(): void {
    this.begin([...this.#unasked]);
    this.#release([...this.#unreleased]);
  }

  /** The shard's inbox took the whole list of those that we watch: it holds them and no others. */
  listed(shard: number, watched: readonly Watched[]): void {
    for (const [user, home] of this.#unreleased) if (home === shard) this.#unreleased.delete(user);
    this.#options.mirror(shard).clear();
    for (const it of watched) {
      it.isAsked = false; // Counted anew.
      this.#asked(it);
    }
  }

  clear(): void {
    this.#unasked.clear();
    this.#unreleased.clear();
  }

  #asked(watched: Watched): void {
    this.#unasked.delete(watched);
    if (watched.isAsked) return;
    watched.isAsked = true;
    this.#options.mirror(watched.shard).add(watched.user);
  }

  #release(ended: readonly (readonly [UserId, number])[]): void {
    for (const [shard, group] of grouped(ended, ([, home]) => home)) {
      const users = group.map(([user]) => user);
      const isTaken = this.#options.ask("unwatch", shard, users);
      for (const user of users) {
        if (isTaken) this.#released(user, shard);
        else this.#unreleased.set(user, shard);
      }
    }
  }

  #released(user: UserId, shard: number): void {
    this.#unreleased.delete(user);
    this.#options.mirror(shard).remove(user);
  }
}

function grouped<Value>(
  values: readonly Value[],
  homeOf: (value: Value) => number,
): ReadonlyMap<number, readonly Value[]> {
  const groups = new Map<number, Value[]>();
  for (const value of values) {
    const home = homeOf(value);
    const group = groups.get(home);
    if (group === undefined) groups.set(home, [value]);
    else group.push(value);
  }
  return groups;
}
