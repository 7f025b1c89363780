import { describe, expect, it } from "vitest";
import { type Doubt, judge } from "./silence.ts";
import type { SocketSeen } from "./socket-table.ts";

const SILENCE_MS = 40_000;
/** Bytes, retransmits, probes. */
type Seen = readonly [number, number, number];

/** Looked at every three seconds from `from` on, one for each. Answers when it is found to have vanished. */
function watched(seen: readonly Seen[], { aliveAt = 0, sentAt = 0, from = 3_000 } = {}) {
  let doubt: Doubt | undefined;
  let alive = aliveAt;
  for (const [index, [unacknowledged, retransmits, probes]] of seen.entries()) {
    const look: SocketSeen = { unacknowledged, retransmits, probes };
    const at = from + index * 3_000;
    const finding = judge({ at, seen: look, before: doubt, aliveAt: alive, sentAt }, SILENCE_MS);
    if (finding.is === "vanished") return { vanishedAt: at };
    alive = finding.aliveAt;
    doubt = finding.is === "doubtful" ? finding.doubt : undefined;
  }
  return { aliveAt: alive };
}

const deaf = (looks: number, probes = 0): readonly Seen[] => {
  return Array.from({ length: looks }, (_, index) => [9, 3 + Math.floor(index / 4), probes]);
};

describe("a peer that was sent something", () => {
  it("and acknowledges nothing has vanished when its silence is over", () => {
    expect(watched(deaf(40))).toEqual({ vanishedAt: 42_000 });
  });

  it("and was silent before that is asked for eight seconds, no less", () => {
    const long = { aliveAt: -100_000, sentAt: 0 };
    expect(watched(deaf(40), long)).toEqual({ vanishedAt: 12_000 });
    expect(watched(deaf(3), long)).toEqual({ aliveAt: -100_000 });
  });

  it("and answered no keep-alive before that was asked by those already", () => {
    const asked = { aliveAt: -37_000, sentAt: 0 };
    expect(watched(deaf(40, 7), asked)).toEqual({ vanishedAt: 6_000 });
  });

  it("and acknowledges everything lived when it was sent the last of it", () => {
    expect(watched([[0, 0, 0]], { aliveAt: -100_000, sentAt: 2_000 })).toEqual({ aliveAt: 2_000 });
    // Also if it has said something since.
    expect(watched([[0, 0, 0]], { aliveAt: 2_500, sentAt: 2_000 })).toEqual({ aliveAt: 2_500 });
  });

  it("and does not read, but says so, stays for ever", () => {
    const full = Array.from({ length: 1_000 }, (): Seen => [4_000_000, 0, 0]);
    expect(watched(full)).toEqual({ aliveAt: 2_997_000 });
  });

  it("and did not read, and then vanished, is found by what it does not answer", () => {
    const gone = Array.from({ length: 40 }, (_, index): Seen => [4_000_000, 0, 1 + index]);
    expect(watched([[4_000_000, 0, 0], ...gone])).toEqual({ vanishedAt: 42_000 });
  });

  it.each([
    { what: "less is unacknowledged", answer: [8, 5, 0] },
    { what: "what is sent again begins anew", answer: [900, 1, 0] },
    { what: "nothing is sent again", answer: [900, 0, 0] },
  ] satisfies { what: string; answer: Seen }[])("lived at the look before when $what", (given) => {
    const bad: readonly Seen[] = [...deaf(5), given.answer];
    expect(watched([...bad, [900, 6, 0]])).toEqual({ aliveAt: 15_000 });
    // Of a connection that loses much, a long time is made of many short ones.
    const lossy = Array.from({ length: 30 }, () => bad).flat();
    expect(watched(lossy)).toMatchObject({ aliveAt: expect.any(Number) });
  });

  it("a moment ago is no sign of life yet", () => {
    const long = { aliveAt: -100_000 };
    expect(watched([[9, 0, 0]], long)).toEqual({ aliveAt: -100_000 });
    expect(watched([[9, 0, 0], ...deaf(10)], long)).toEqual({ vanishedAt: 15_000 });
  });
});
