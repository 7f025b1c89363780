import { describe, expect, it } from "vitest";
import { ATTEMPT_WINDOW_MS, ATTEMPTS_MAX, Attempts, PAIRS_MAX } from "./attempts.ts";

describe("wrong passwords", () => {
  it("are five within a minute; the sixth may not be tried", () => {
    const attempts = new Attempts();
    const tries = [0, 1, 2, 3, 4, 5, 6].map((at) => attempts.take(ANA, HOME, at));
    expect(tries).toEqual([true, true, true, true, true, false, false]);
  });

  it("are forgotten one by one, a minute after each was made", () => {
    const attempts = new Attempts();
    for (const at of [0, 10, 20, 30, 40]) attempts.take(ANA, HOME, at);
    expect(attempts.take(ANA, HOME, ATTEMPT_WINDOW_MS - 1)).toBe(false);
    expect(attempts.take(ANA, HOME, ATTEMPT_WINDOW_MS)).toBe(true);
    expect(attempts.take(ANA, HOME, ATTEMPT_WINDOW_MS + 9)).toBe(false);
    expect(attempts.take(ANA, HOME, ATTEMPT_WINDOW_MS + 10)).toBe(true);
  });

  it("do not count when they were not made: who goes on trying waits no longer for that", () => {
    const attempts = new Attempts();
    for (let at = 0; at < ATTEMPT_WINDOW_MS; at += 1000) attempts.take(ANA, HOME, at);
    expect(attempts.take(ANA, HOME, ATTEMPT_WINDOW_MS)).toBe(true);
  });

  it("are counted for each name and each address apart", () => {
    const attempts = new Attempts();
    for (let at = 0; at <= ATTEMPTS_MAX; at++) attempts.take(ANA, HOME, at);
    expect(attempts.take(ANA, "10.0.0.2", 6)).toBe(true);
    expect(attempts.take("room/ana", HOME, 6)).toBe(true);
    expect(attempts.take(ANA, HOME, 6)).toBe(false);
  });

  it("are forgotten by the right one, for its name and address alone", () => {
    const attempts = new Attempts();
    for (const address of [HOME, "10.0.0.2"]) {
      for (let at = 0; at < ATTEMPTS_MAX; at++) attempts.take(ANA, address, at);
    }
    attempts.clear(ANA, HOME);
    expect(attempts.take(ANA, HOME, 6)).toBe(true);
    expect(attempts.take(ANA, "10.0.0.2", 6)).toBe(false);
  });

  it("take no memory when a minute has passed", () => {
    const attempts = new Attempts();
    for (let name = 0; name < 100; name++) attempts.take(`account/${name}`, HOME, name);
    attempts.take(ANA, HOME, ATTEMPT_WINDOW_MS + 100);
    expect(attempts.size).toBe(1);
  });

  it("take a bounded memory, whoever tries how many names: the oldest are forgotten", () => {
    const attempts = new Attempts();
    for (let at = 0; at < ATTEMPTS_MAX; at++) attempts.take(ANA, HOME, at);
    for (let name = 0; name < PAIRS_MAX - 1; name++) attempts.take(`account/${name}`, HOME, 10);
    expect(attempts.take(ANA, HOME, 10)).toBe(false);
    for (let name = 0; name < 100; name++) attempts.take(`room/${name}`, HOME, 10);
    expect(attempts.size).toBe(PAIRS_MAX);
    expect(attempts.take(ANA, HOME, 10)).toBe(true);
  });
});

const ANA = "account/ana";
const HOME = "10.0.0.1";
