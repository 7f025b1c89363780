import type { SessionId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { isTooSlow } from "./backlog.ts";
import { Connection, type Voice } from "./connection.ts";
import { Crowd } from "./crowd.ts";

const LIMITS = { softBytes: 100, hardBytes: 1_000, slowMs: 5_000 };
const START = 1_000_000;

const reader = (): { readonly connection: Connection; waits(bytes: number): void } => {
  const address = { name: "", connections: 1, allowance: 0, at: 0 };
  const connection = new Connection({} as Voice, "s" as SessionId, address, 0, 0);
  let waiting = 0;
  const socket = { getBufferedAmount: () => waiting };
  connection.socket = socket as unknown as NonNullable<Connection["socket"]>;
  return {
    connection,
    waits: (bytes) => {
      waiting = bytes;
    },
  };
};

describe("a reader that was sent a replay", () => {
  it("may have more than the hard bound waiting for as long as a slow one may lag", () => {
    const { connection, waits } = reader();
    connection.patientUntil = START + LIMITS.slowMs;
    waits(50_000);
    expect(isTooSlow(connection, LIMITS, START)).toBe(false);
    expect(isTooSlow(connection, LIMITS, START + LIMITS.slowMs - 1)).toBe(false);
    expect(isTooSlow(connection, LIMITS, START + LIMITS.slowMs)).toBe(true);
  });
});

describe("a reader is too slow", () => {
  it.each([
    { what: "nothing waits", looks: [[0, 0]], verdict: false },
    {
      what: "the soft bound waits, for hours",
      looks: [
        [100, 0],
        [100, 9e6],
      ],
      verdict: false,
    },
    { what: "more waits, only just", looks: [[101, 0]], verdict: false },
    {
      what: "more waits, not long enough",
      looks: [
        [101, 0],
        [101, 4_999],
      ],
      verdict: false,
    },
    {
      what: "more waits, long enough",
      looks: [
        [101, 0],
        [101, 5_000],
      ],
      verdict: true,
    },
    {
      what: "it caught up in between",
      looks: [
        [101, 0],
        [100, 2_500],
        [101, 5_000],
        [101, 9_999],
      ],
      verdict: false,
    },
    { what: "the hard bound waits", looks: [[1_000, 0]], verdict: false },
    { what: "more than the hard bound waits", looks: [[1_001, 0]], verdict: true },
  ])("$what: $verdict", ({ looks, verdict }) => {
    const { connection, waits } = reader();
    const verdicts = looks.map(([bytes = 0, ms = 0]) => {
      waits(bytes);
      return isTooSlow(connection, LIMITS, START + ms);
    });
    expect(verdicts.at(-1)).toBe(verdict);
    expect(verdicts.slice(0, -1)).not.toContain(true);
  });

  it("has gone already: false", () => {
    const { connection } = reader();
    connection.socket = undefined;
    expect(isTooSlow(connection, LIMITS, START)).toBe(false);
  });
});

describe("the crowd", () => {
  it("remembers who lags until it does no longer, or is gone", () => {
    const crowd = new Crowd(LIMITS);
    const { connection, waits } = reader();
    crowd.enter(connection);
    expect(crowd.isTooSlow(connection, START)).toBe(false);
    expect([...crowd.lagging]).toEqual([]);
    waits(500);
    crowd.isTooSlow(connection, START);
    expect([...crowd.lagging]).toEqual([connection]);
    waits(0);
    crowd.isTooSlow(connection, START);
    expect([...crowd.lagging]).toEqual([]);
    waits(500);
    crowd.isTooSlow(connection, START);
    crowd.leave(connection);
    expect([...crowd.lagging]).toEqual([]);
    expect(crowd.size).toBe(0);
  });
});
