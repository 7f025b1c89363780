/**
 * Presence against the truth. A crowd knows what each of its own is, since it did it: came, sat down,
 * left. What others are told of them must become that, soon, once, and never be the contrary for long.
 */

export type Status = "offline" | "online" | "busy" | "away";

/** What everybody of a crowd is, and since when, in ms of any one clock. */
export class Truth {
  readonly #facts = new Map<string, Fact>();

  /** From now on it is so: said before it is asked of the server, for it can only become true later. */
  is(user: string, status: Status, now: number): void {
    if (this.#facts.get(user)?.status === status) return;
    this.#facts.set(user, { status, since: now });
  }

  of(user: string): Fact {
    return this.#facts.get(user) ?? NOBODY;
  }
}

export type Fact = { readonly status: Status; readonly since: number };
/** Who never came is offline, and has always been. */
const NOBODY: Fact = { status: "offline", since: Number.NEGATIVE_INFINITY };

export type Judged =
  | { readonly is: "first" | "passing" | "wrong" | "twice" }
  | { readonly is: "true"; readonly lateMs: number };

/** What one connection believes of those whom it watches. */
export class Belief {
  readonly #believed = new Map<string, string>();
  readonly #watched = new Set<string>();
  readonly #toleranceMs: number;

  constructor(toleranceMs: number) {
    this.#toleranceMs = toleranceMs;
  }

  watch(users: readonly string[]): void {
    for (const user of users) this.#watched.add(user);
  }

  /** A new connection is told everything anew. */
  forget(): void {
    this.#believed.clear();
  }

  told(user: string, status: string, { truth, now }: Told): Judged {
    const before = this.#believed.get(user);
    this.#believed.set(user, status);
    const fact = truth.of(user);
    // It may tell of what was so a moment ago, and no longer than that.
    if (fact.status !== status && now - fact.since > this.#toleranceMs) return { is: "wrong" };
    if (before === undefined) return { is: "first" };
    if (before === status) return { is: "twice" };
    return fact.status === status ? { is: "true", lateMs: now - fact.since } : { is: "passing" };
  }

  /** Whom it takes for something else than they are, by now, in words. */
  mistakes(truth: Truth): readonly string[] {
    return [...this.#watched].flatMap((user) => {
      const [believed, { status }] = [this.#believed.get(user), truth.of(user)];
      return believed === status ? [] : [`${user} is ${believed ?? "unheard of"}, not ${status}`];
    });
  }

  get watched(): number {
    return this.#watched.size;
  }
}

type Told = { readonly truth: Truth; readonly now: number };
