/** The simulation is worth something only if it finds what it is for: bugs, planted by name. */
import { bugs, type Outcome, simulate } from "@roundhouse/simulation";
import { describe, expect, it } from "vitest";

describe("a planted bug is found, and it is the bug that is found", () => {
  it.each(bugs)("%s", { timeout: 120_000 }, (bug) => {
    const found = firstBroken((seed) => simulate({ seed, steps: STEPS, bug }));
    expect(found?.broken).toBeDefined();
    const sound = simulate({ seed: found?.seed ?? 0, steps: STEPS });
    expect(sound.broken).toBeUndefined();
    const again = simulate({ seed: found?.seed ?? 0, steps: STEPS, bug });
    expect([again.hash, again.broken]).toEqual([found?.hash, found?.broken]);
  });
});

function firstBroken(run: (seed: number) => Outcome): Outcome | undefined {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const outcome = run(seed);
    if (outcome.broken !== undefined) return outcome;
  }
  return undefined;
}

const SEEDS_MAX = 500;
const STEPS = 300;
