import { expect, it } from "vitest";
import { WrongAttempts } from "./wrong-attempts.ts";

const counted = (times: number, everyMs: number): WrongAttempts => {
  const attempts = new WrongAttempts();
  for (let n = 0; n < times; n++) attempts.count("a", n * everyMs);
  return attempts;
};

it("Thirty within a minute are too many, wherever that minute begins", () => {
  expect(counted(29, 0).isExceeded("a", 0)).toBe(false);
  expect(counted(30, 0).isExceeded("a", 59_999)).toBe(true);
  expect(counted(30, 0).isExceeded("a", 60_000)).toBe(false);
  expect(counted(100, 3_000).isExceeded("a", 99 * 3_000)).toBe(false);
  expect(counted(100, 1_900).isExceeded("a", 99 * 1_900)).toBe(true);
  expect(counted(30, 0).isExceeded("b", 0)).toBe(false);
});

it("Addresses are forgotten: after a minute, and when there are too many the one that was wrong first", () => {
  const attempts = new WrongAttempts();
  for (let n = 0; n < 10_001; n++) attempts.count(`address ${n}`, n);
  expect(attempts.size).toBe(10_000);
  attempts.count("address 1", 10_001);
  attempts.sweep(70_000);
  expect(attempts.size).toBe(1); // Address 1 was wrong again a moment later.
  attempts.sweep(70_001);
  expect(attempts.size).toBe(0);
});
