/**
 * Shards that hand messages on to each other, each along its path, and keep books: what they began,
 * what they sent to whom and got from whom, and what ended with them. Whatever is cut when, the books
 * must agree in the end.
 */
import type { GatewayId } from "@roundhouse/kernel";
import type { Commit, Ledger, Post } from "./ledger.ts";

export type Message = {
  readonly name: string;
  /** The shards that it still has to visit, this one first. */
  readonly path: readonly number[];
  /** Who sent it, as the how manieth to here; nobody, if it begins here. */
  readonly from?: number;
  readonly number?: number;
};

type RelayLedger = Ledger<Message, string, unknown>;

/** Makes shards owners that hand on; told names are those that were begun and will end. */
export function relay(ledger: RelayLedger, shards: number): void {
  for (let shard = 0; shard < shards; shard++) {
    const take = (posts: readonly Post<Message>[]): void => {
      const books = new Books(ledger, shard);
      for (const { command } of posts) books.enter(command);
      ledger.commit(shard, books.commit, () => {});
    };
    ledger.own(shard, { restore: () => {}, take });
  }
}

/** What one batch does to a shard's books. */
class Books {
  readonly #ledger: RelayLedger;
  readonly #shard: number;
  readonly #records = new Map<string, unknown>();
  readonly #outbox: Commit<Message, string, unknown>["outbox"][number][] = [];
  readonly #items: Commit<Message, string, unknown>["items"][number][] = [];

  constructor(ledger: RelayLedger, shard: number) {
    this.#ledger = ledger;
    this.#shard = shard;
  }

  get commit(): Commit<Message, string, unknown> {
    const { items, outbox, records } = {
      items: this.#items,
      outbox: this.#outbox,
      records: this.#records,
    };
    return { items, outbox, records, live: new Map() };
  }

  enter({ name, path, from, number }: Message): void {
    if (name === NOISE) return;
    if (from === undefined) {
      if (this.#count(`began/${name}`) > 1) throw new Error(`${name} begins twice`);
      this.#items.push({ to: [TELLER], item: name });
    } else {
      const got = this.#count(`got/${from}`);
      if (got !== number) throw new Error(`${number} from ${from} came as ${got}`);
    }
    const [, next] = path;
    if (next === undefined) this.#count(`ended/${name}`);
    else this.#send(next, { name, path: path.slice(1) });
  }

  #send(to: number, message: Message): void {
    const number = this.#count(`sent/${to}`);
    const noise: Message = { name: NOISE, path: [to] };
    this.#outbox.push({ shard: to, command: noise, lasts: false });
    this.#outbox.push({
      shard: to,
      command: { ...message, from: this.#shard, number },
      lasts: true,
    });
  }

  /** One more of those. */
  #count(key: string): number {
    let count = (this.#records.get(key) as number | undefined) ?? 0;
    if (count === 0) {
      this.#ledger.load(this.#shard, [key], (found) => {
        count = (found.get(key) as number | undefined) ?? 0;
      });
    }
    this.#records.set(key, count + 1);
    return count + 1;
  }
}

/** Begins what was not begun: in what a process before this one had done it may have been. */
export function begin(ledger: RelayLedger, messages: readonly Message[]): void {
  for (const message of messages) {
    const [first = 0] = message.path;
    const key = `began/${message.name}`;
    ledger.load(first, [key], (found) => {
      if (!found.has(key)) ledger.append(first, TELLER, message);
    });
  }
}

/** The books when everything began and ended, once each: they follow from the messages alone. */
export function booksOf(messages: readonly Message[]): ReadonlyMap<string, number> {
  const books = new Map<string, number>();
  const count = (shard: number, key: string): void => {
    books.set(`${shard}/${key}`, (books.get(`${shard}/${key}`) ?? 0) + 1);
  };
  for (const { name, path } of messages) {
    count(path[0] ?? 0, `began/${name}`);
    count(path.at(-1) ?? 0, `ended/${name}`);
    for (const [at, shard] of path.entries()) {
      const next = path[at + 1];
      if (next === undefined) continue;
      count(shard, `sent/${next}`);
      count(next, `got/${shard}`);
    }
  }
  return books;
}

/** Hears the names of what was begun. */
export const TELLER = "teller" as GatewayId;
/** What need not last must not disturb what does. */
const NOISE = "noise";
