import type { Digests } from "@roundhouse/domain";
import { Digest, type DigestValue } from "@roundhouse/kernel";
import { beforeEach, describe, expect, it } from "vitest";
import { Mirror } from "./mirror.ts";

let mirror: Mirror;
beforeEach(() => {
  mirror = new Mirror();
});

const digestOf = (...texts: readonly string[]): DigestValue => {
  const digest = new Digest();
  for (const text of texts) digest.add(text);
  return digest.value;
};
const NONE = digestOf();
const theirs = (of: Partial<Digests>): Digests => {
  return { sessions: NONE, seats: NONE, watches: NONE, ...of };
};

describe("the comparison", () => {
  it("finds nothing where both know the same", () => {
    mirror.sessions.add("s1");
    mirror.seats.add("s1 den");
    mirror.watches.add("ana");
    mirror.ask(1, 0);
    const same = theirs({
      sessions: digestOf("s1"),
      seats: digestOf("s1 den"),
      watches: digestOf("ana"),
    });
    expect(mirror.compare(1, same)).toEqual([]);
  });

  it("names the sets that differ, also those that count as many", () => {
    mirror.sessions.add("s1");
    mirror.seats.add("s1 den");
    mirror.ask(1, 0);
    const other = theirs({ sessions: digestOf("s2"), seats: digestOf("s1 den", "s1 loft") });
    expect(mirror.compare(1, other)).toEqual([
      { set: "sessions", ours: 1, theirs: 1 },
      { set: "seats", ours: 1, theirs: 2 },
    ]);
  });

  it("is made once, and with the answer to the question that is open", () => {
    mirror.ask(1, 0);
    mirror.forget();
    expect(mirror.compare(1, theirs({}))).toBeUndefined();
    mirror.ask(2, 7);
    expect(mirror.askedAt).toBe(7);
    expect(mirror.compare(1, theirs({}))).toBeUndefined();
    expect(mirror.compare(2, theirs({}))).toEqual([]);
    expect(mirror.compare(2, theirs({}))).toBeUndefined();
    expect(mirror.askedAt).toBeUndefined();
  });
});

describe("what we took away ourselves", () => {
  it("before we asked, the shard does not count any more", () => {
    mirror.sessions.add("s1");
    mirror.sessions.withdraw("s1", true);
    mirror.ask(1, 0);
    expect(mirror.compare(1, theirs({}))).toEqual([]);
  });

  it("after we asked, the shard counts in this answer, and not in the next", () => {
    mirror.sessions.add("s1");
    mirror.ask(1, 0);
    mirror.sessions.withdraw("s1", true);
    expect(mirror.compare(1, theirs({ sessions: digestOf("s1") }))).toEqual([]);
    mirror.ask(2, 0);
    expect(mirror.compare(2, theirs({}))).toEqual([]);
  });

  it("after we asked may be told of until the answer comes", () => {
    mirror.ask(1, 0);
    mirror.sessions.withdraw("s1", false);
    expect(mirror.sessions.correct("s1", true)).toBe(true);
    expect(mirror.compare(1, theirs({ sessions: digestOf("s1") }))).toEqual([]);
    mirror.sessions.add("s2");
    mirror.ask(2, 0);
    mirror.sessions.withdraw("s2", true);
    mirror.sessions.correct("s2", false);
    expect(mirror.compare(2, theirs({}))).toEqual([]);
  });

  it("before we asked may be told of as well, which changes nothing", () => {
    mirror.seats.add("s1 den");
    mirror.seats.withdraw("s1 den", true);
    mirror.ask(1, 0);
    expect(mirror.seats.correct("s1 den", true)).toBe(true);
    expect(mirror.compare(1, theirs({}))).toEqual([]);
    // Every older word was heard before the answer: what comes now is news.
    expect(mirror.seats.correct("s1 den", true)).toBe(false);
  });

  it("stays known when a question is given up", () => {
    mirror.ask(1, 0);
    mirror.seats.withdraw("s1 den", false);
    mirror.forget();
    expect(mirror.seats.correct("s1 den", true)).toBe(true);
  });
});

it("What is watched is compared as it was when we asked: only we change it", () => {
  mirror.watches.add("ana");
  mirror.ask(1, 0);
  mirror.watches.add("ben");
  expect(mirror.compare(1, theirs({ watches: digestOf("ana") }))).toEqual([]);
  mirror.ask(2, 0);
  expect(mirror.compare(2, theirs({ watches: digestOf("ana", "ben") }))).toEqual([]);
});
