/** The first seeds; CI runs two thousand (`npm run sim -- --seeds 2000`). */
import { type Outcome, simulate } from "@roundhouse/simulation";
import { describe, expect, it } from "vitest";

describe("the simulated cluster", () => {
  it("keeps every invariant", { timeout: 120_000 }, () => {
    const outcomes = Array.from({ length: SEEDS }, (_, at) =>
      simulate({ seed: at + 1, steps: STEPS }),
    );
    const broken = outcomes.filter((outcome) => outcome.broken !== undefined);
    expect(broken.map(({ seed, broken: it }) => ({ seed, ...it }))).toEqual([]);
    // And something was there to keep them.
    const sum = (of: (outcome: Outcome) => number): number => {
      return outcomes.reduce((all, outcome) => all + of(outcome), 0);
    };
    expect(sum(({ counts }) => counts.accepted)).toBeGreaterThan(SEEDS * 5);
    expect(sum(({ counts }) => counts.commits)).toBeGreaterThan(SEEDS * 50);
    expect(sum(({ counts }) => counts.repairs)).toBeGreaterThan(0);
    expect(sum(({ counts }) => counts.letters)).toBeGreaterThan(SEEDS);
    expect(sum(({ counts }) => counts.kept)).toBeGreaterThan(SEEDS);
  });

  it("does the same again from the same seed, to the last event", () => {
    for (const seed of [11, 12, 13]) {
      const [first, second] = [simulate({ seed, steps: STEPS }), simulate({ seed, steps: STEPS })];
      expect(second).toEqual(first);
    }
  });

  it("does something else from another seed", () => {
    const hashes = [1, 2, 3].map((seed) => simulate({ seed, steps: 20 }).hash);
    expect(new Set(hashes).size).toBe(3);
  });

  it("can be read: who looks closer sees more of the same", () => {
    const [plain, verbose] = [false, true].map((isVerbose) => {
      return simulate({ seed: 3, steps: 100, isVerbose });
    });
    expect(verbose?.hash).toBe(plain?.hash);
    expect(verbose?.last.length).toBeGreaterThan(plain?.last.length ?? 0);
  });
});

const SEEDS = 150;
const STEPS = 300;
