/**
 * What one shard must know of this gateway, in digests: what it told us, less what we took away
 * ourselves before we last asked it (README, "What a digest is compared with").
 */
import type { Digests } from "@roundhouse/domain";
import { Digest, type DigestValue, isSameDigest, type Millis } from "@roundhouse/kernel";

/** Sessions, or seats: the shard adds and removes and tells us so, and we take away on our own. */
class ToldSet {
  readonly #digest = new Digest();
  /** While a question is open: what we took away since, and whether the shard's answer counts it. */
  #since: Map<string, boolean> | undefined;
  /** What we took away before; until an answer came, older words about it may still arrive. */
  #before = new Set<string>();

  get value(): DigestValue {
    return this.#digest.value;
  }

  /** Told: it is there. It was not so far. */
  add(key: string): void {
    this.#digest.add(key);
  }

  /** Told: it is no more. It was there so far. */
  remove(key: string): void {
    this.#digest.remove(key);
  }

  /** We take it away: the shard is being told. */
  withdraw(key: string, wasThere: boolean): void {
    if (this.#since !== undefined) {
      this.#since.set(key, wasThere);
      return;
    }
    if (wasThere) this.#digest.remove(key);
    if (this.#before.size >= BEFORE_MAX) this.#before.clear();
    this.#before.add(key);
  }

  /** Told of one that is not here. Answers whether that is because we took it away. */
  correct(key: string, isThere: boolean): boolean {
    const wasThere = this.#since?.get(key);
    if (wasThere === undefined) return this.#before.has(key);
    if (isThere !== wasThere) {
      if (isThere) this.#digest.add(key);
      else this.#digest.remove(key);
      this.#since?.set(key, isThere);
    }
    return true;
  }

  /** From here on what we take away comes after the question. */
  ask(): void {
    this.#since = new Map();
  }

  /** The question is over: what we took away since counts now. An answer was the last older word. */
  settle(isAnswered: boolean): void {
    const since = this.#since;
    if (since === undefined) return;
    this.#since = undefined;
    if (isAnswered) this.#before = new Set();
    for (const [key, isThere] of since) this.withdraw(key, isThere);
  }

  /** Whatever it held is told anew. */
  clear(): void {
    this.settle(false);
    this.#digest.clear();
  }
}

type Question = {
  readonly round: number;
  readonly at: Millis;
  /** Only our own commands change what we watch: as it was when we asked, it is in the answer. */
  readonly watches: DigestValue;
};

export class Mirror {
  readonly sessions = new ToldSet();
  readonly seats = new ToldSet();
  readonly watches = new Digest();
  #question: Question | undefined;

  /** When the open question was asked. */
  get askedAt(): Millis | undefined {
    return this.#question?.at;
  }

  ask(round: number, at: Millis): void {
    this.#question = { round, at, watches: this.watches.value };
    this.sessions.ask();
    this.seats.ask();
  }

  /** Compares; undefined if this answers no open question. */
  compare(round: number, theirs: Digests): readonly Difference[] | undefined {
    if (this.#question?.round !== round) return undefined;
    const ours: Digests = {
      sessions: this.sessions.value,
      seats: this.seats.value,
      watches: this.#question.watches,
    };
    this.#close(true);
    return SETS.filter((set) => !isSameDigest(ours[set], theirs[set])).map((set) => {
      return { set, ours: ours[set][0], theirs: theirs[set][0] };
    });
  }

  /** The answer is not wanted any more. */
  forget(): void {
    this.#close(false);
  }

  #close(isAnswered: boolean): void {
    this.#question = undefined;
    this.sessions.settle(isAnswered);
    this.seats.settle(isAnswered);
  }
}

/** A set that both sides see differently, and how many each counts: perhaps as many, but others. */
export type Difference = {
  readonly set: keyof Digests;
  readonly ours: number;
  readonly theirs: number;
};

/** A shard that is silent for so long is in trouble: nobody counts on exactness then. */
const BEFORE_MAX = 100_000;
const SETS = ["sessions", "seats", "watches"] as const;
