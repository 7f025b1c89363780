import { describe, expect, it } from "vitest";
import { type Code, catalogue, fail, ok, sentence } from "./faults.ts";

const entries = Object.entries(catalogue) as [Code, (typeof catalogue)[Code]][];

describe("the catalogue of failures", () => {
  it.each(entries)("%s says in a sentence what to do", (_code, { say }) => {
    expect(say).toMatch(/^[A-Z].*\.$/);
    expect(say.length).toBeLessThanOrEqual(100);
  });

  it.each(entries)("%s closes with a code that a server may send", (code, { close }) => {
    const isOurs = close >= 4000 && close <= 4999;
    expect(isOurs || OF_THE_STANDARD.has(close), `${code} closes with ${close}`).toBe(true);
  });

  it.each(entries)("%s is a whole name and short enough for a close frame", (code) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(code.length).toBeLessThanOrEqual(CLOSE_REASON_BYTES_MAX);
  });

  it("says for each whether to try again, and where", () => {
    const retries = new Set(entries.map(([, { retry }]) => retry));
    expect(retries).toEqual(new Set(["never", "later", "elsewhere"]));
  });

  it("never says two things with one sentence", () => {
    const said = entries.map(([, { say }]) => say);
    expect(new Set(said).size).toBe(said.length);
  });
});

describe("a failure", () => {
  it("is a value with its facts", () => {
    expect(fail("room_full", { most: 2 })).toEqual({
      ok: false,
      code: "room_full",
      facts: { most: 2 },
    });
    expect(fail("room_full").facts).toEqual({});
    expect(ok(7)).toEqual({ ok: true, value: 7 });
  });

  it("reads as its sentence with the facts behind it", () => {
    expect(sentence("room_full")).toBe("Every seat is taken; try another channel.");
    expect(sentence("room_full", { most: 2, room: "pit" })).toBe(
      "Every seat is taken; try another channel. (most 2, room pit)",
    );
  });
});

/** Policy violation, internal error, service restart. */
const OF_THE_STANDARD = new Set([1008, 1011, 1012]);
const CLOSE_REASON_BYTES_MAX = 123;
