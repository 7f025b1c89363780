/**
 * What a gateway takes for true of one shard: as the shard told it, and as it did itself. When the
 * shard answers with digests, the gateway compares them with what it knew at that place of the order.
 */
import type { Digests } from "@roundhouse/domain";
import { Digest, isSameDigest } from "@roundhouse/kernel";

type Kind = keyof Digests;
type Facts = { readonly [Of in Kind]: Set<string> };
/** An answer that is waited for, and what the gateway gave up by itself since it asked. */
type Asked = {
  readonly number: number;
  readonly watches: ReadonlySet<string>;
  readonly since: Facts;
};

export class Mirror {
  readonly #facts = noFacts();
  readonly #asked: Asked[] = [];
  /** How many questions there were so far. */
  questions = 0;

  told(kind: Kind, fact: string): void {
    this.#facts[kind].add(fact);
  }

  toldNoMore(kind: Kind, fact: string): void {
    this.#facts[kind].delete(fact);
    for (const { since } of this.#asked) since[kind].delete(fact);
  }

  /** The gateway gave something up when it had asked so often: now, or before it was told of it. */
  gaveUp(kind: Kind, fact: string, questions = this.questions): void {
    if (!this.#facts[kind].delete(fact)) return;
    for (const { number, since } of this.#asked) if (number <= questions) since[kind].add(fact);
  }

  ask(): number {
    const number = ++this.questions;
    this.#asked.push({ number, watches: new Set(this.#facts.watches), since: noFacts() });
    return number;
  }

  /** The oldest question is answered: what differs. */
  compare(answer: Digests): readonly string[] {
    const asked = this.#asked.shift();
    if (asked === undefined) throw new Error("nobody asked");
    const { sessions, seats } = this.#facts;
    const expected: Facts = {
      sessions: new Set([...sessions, ...asked.since.sessions]),
      seats: new Set([...seats, ...asked.since.seats]),
      watches: new Set(asked.watches),
    };
    return KINDS.flatMap((kind) => {
      const isSame = isSameDigest(digestOf(expected[kind]), answer[kind]);
      return isSame ? [] : [`${kind}: ${[...expected[kind]].join(", ")} is not ${answer[kind]}`];
    });
  }
}

function digestOf(facts: Iterable<string>) {
  const digest = new Digest();
  for (const fact of facts) digest.add(fact);
  return digest.value;
}

const KINDS = ["sessions", "seats", "watches"] as const;
const noFacts = (): Facts => ({ sessions: new Set(), seats: new Set(), watches: new Set() });
