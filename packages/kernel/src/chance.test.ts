import { describe, expect, it } from "vitest";
import { systemChance } from "./chance.ts";
import { systemClock } from "./clock.ts";

describe("the system's own chance and clock", () => {
  it("give 64 bits as 16 hexadecimal digits, leading zeros included", () => {
    const drawn = Array.from({ length: 200 }, () => systemChance.bits64());
    for (const bits of drawn) expect(bits).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it("give durations that never run backwards", () => {
    const first = systemClock.precise();
    expect(systemClock.precise()).toBeGreaterThanOrEqual(first);
  });
});
