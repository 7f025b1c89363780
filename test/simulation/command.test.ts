import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

describe("npm run sim", { timeout: 120_000 }, () => {
  it("says that every invariant held, and ends well", () => {
    const { status, stdout } = sim("--seeds", "3", "--steps", "50");
    expect(stdout).toMatch(/^3 seeds from 1, 50 steps each, .*\nEvery invariant held\.\n$/);
    expect(status).toBe(0);
  });

  it("shows the seed that finds a planted bug, what broke, the last events, and how to see it again", () => {
    const { status, stdout } = sim("--bug", "publish_before_commit");
    const [, seed, invariant] = /\nSeed (\d+) broke (\w+): /.exec(stdout) ?? [];
    expect(stdout).toContain(
      `npm run sim -- --seed ${seed} --steps 300 --bug publish_before_commit`,
    );
    expect(stdout).toContain(`broken: ${invariant}: `);
    expect(stdout).toMatch(/\npublish_before_commit was found\.\n$/);
    expect(status).toBe(0);
  });

  it("ends badly when a bug is not found", () => {
    const { status, stdout } = sim("--bug", "no_fence", "--seed", "1", "--steps", "1");
    expect(stdout).toBe("no_fence was not found in 1 seeds.\n");
    expect(status).toBe(1);
  });

  it("names the bugs that can be planted", () => {
    const { status, stdout } = sim("--bug", "list");
    expect(stdout).toContain("  resume_without_fencing\n");
    expect(status).toBe(0);
  });

  it.each([["--seeds", "many"], ["--bug", "nothing"], ["--speed"]])("refuses %s %s", (...args) => {
    expect(sim(...args).status).toBe(2);
  });
});

function sim(...args: readonly string[]) {
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

const script = join(import.meta.dirname, "..", "..", "scripts", "sim.mjs");
