import { describe, expect, it } from "vitest";
import { endingOf, retryDelayMs } from "./backoff.ts";

describe("the next attempt", () => {
  it("waits twice as long each time, up to a quarter of a minute", () => {
    expect([0, 1, 2, 3, 4, 5, 99].map((attempt) => retryDelayMs(attempt, 1))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
  });

  it("is spread over half of that by chance", () => {
    expect(retryDelayMs(3, 0)).toBe(2_000);
    expect(retryDelayMs(3, 0.5)).toBe(3_000);
  });
});

describe("the end of a connection", () => {
  it.each([
    { code: 4401, retry: false, says: "not proven" },
    { code: 4409, retry: false, says: "somewhere else" },
    { code: 4429, retry: true, says: "too fast" },
    { code: 1006, retry: true, says: "reached" },
    { code: 4999, retry: true, says: "4999" },
  ])("with $code is told in words", ({ code, retry, says }) => {
    expect(endingOf(code, "").retry).toBe(retry);
    expect(endingOf(code, "").why).toContain(says);
  });

  it("carries the server's own reason", () => {
    expect(endingOf(4401, "token_expired").why).toBe(
      "the name was not proven (4401): token_expired",
    );
  });
});
