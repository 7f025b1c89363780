import type { UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Ben comes and goes, goes on after what he was told or is lost before, while Ana writes. */
const DEEDS = [
  "write",
  "write",
  "logIn",
  "heed",
  "get",
  "fetch",
  "leave",
  "lose",
  "succeed",
  "restart",
] as const;

describe("private messages to somebody who comes and goes", () => {
  it("are told in order, each of them, again until it was surely got and never after that", () => {
    const deeds = fc.array(fc.constantFrom(...DEEDS), {
      minLength: 10,
      maxLength: 60,
      size: "max",
    });
    const live = (life: readonly (typeof DEEDS)[number][]): void => {
      const post = new PostOffice();
      for (const deed of life) post.do(deed);
      for (const deed of ["logIn", "heed", "lose", "logIn"] as const) post.do(deed);
      expect(post.heard.at(-1)).toEqual([]);
      expect(post.neverHeard).toEqual([]);
    };
    fc.assert(fc.property(deeds, live), { numRuns: 200, seed: 20_261_121, endOnFailure: true });
  });

  it("are told once more only in a session that began before they were got", () => {
    const post = new PostOffice();
    for (const deed of ["write", "logIn", "lose", "logIn", "heed", "lose", "logIn"] as const) {
      post.do(deed);
    }
    expect(post.heard).toEqual([[1], [1], []]);
  });
});

/** What Ben should hear is kept beside what he hears, and compared at each log-in. */
class PostOffice {
  readonly #village = new Village();
  /** Not surely got: told at the next log-in, in this order. */
  #expected: number[] = [];
  /** Those of them that waited when he came. */
  #waited: readonly number[] = [];
  readonly heard: number[][] = [];
  #session: string | undefined;
  #count = 0;

  constructor() {
    this.#village.enter("ana", "ben");
    this.#village.befriend("ana", "ben");
    this.#village.logOut("ben");
  }

  get neverHeard(): readonly number[] {
    const heard = new Set(this.heard.flat());
    const written = Array.from({ length: this.#count }, (_, index) => index + 1);
    return written.filter((word) => !heard.has(word));
  }

  do(deed: (typeof DEEDS)[number]): void {
    const village = this.#village;
    switch (deed) {
      case "write":
        return this.#write();
      case "logIn":
        return this.#logIn();
      case "heed":
      case "fetch":
        return this.#goOn(deed);
      case "get":
        if (this.#session === undefined) return;
        this.#expected = [];
        return village.hasGot("ben", this.#session);
      case "leave":
        return this.#leave("left");
      case "lose":
        return this.#leave("lost");
      case "succeed":
        return village.succeed(0);
      case "restart":
        village.restart();
        this.#session = undefined;
        village.logIn("ana");
    }
  }

  #write(): void {
    const text = `${++this.#count}`;
    this.#village.ask("ana", { on: "whisper", friend: "ben" as UserId, text });
    this.#expected.push(this.#count);
    if (this.#session === undefined) return;
    expect(this.#words(this.#session).at(-1)).toBe(this.#count);
    this.heard.at(-1)?.push(this.#count);
  }

  #logIn(): void {
    const session = `ben/${this.heard.length}`;
    this.#village.logIn("ben", { session });
    const words = this.#words(session);
    expect(words).toEqual(this.#expected);
    this.heard.push(words);
    this.#waited = [...words];
    this.#session = session;
  }

  #goOn(how: "heed" | "fetch"): void {
    if (this.#session === undefined) return;
    this.#village.ask("ben", { on: how === "heed" ? "heed" : "mail" }, this.#session);
    this.#expected = this.#expected.filter((word) => !this.#waited.includes(word));
    this.#waited = [];
  }

  #leave(how: "left" | "lost"): void {
    if (this.#session === undefined) return;
    this.#village.logOut("ben", how, this.#session);
    if (how === "left") this.#expected = [];
    this.#session = undefined;
  }

  #words(session: string): number[] {
    const notices = this.#village.notices(session);
    return notices.flatMap((it) => (it.on === "whispered" ? [Number(it.text)] : []));
  }
}
