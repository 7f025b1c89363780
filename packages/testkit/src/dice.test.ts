import { describe, expect, it } from "vitest";
import { Dice } from "./dice.ts";

const throws = (dice: Dice): readonly number[] => Array.from({ length: 50 }, () => dice.bits32());

describe("dice", () => {
  it("throw the same for the same seed, and something else for another", () => {
    expect(throws(new Dice(7))).toEqual(throws(new Dice(7)));
    expect(throws(new Dice(7))).not.toEqual(throws(new Dice(8)));
    expect(throws(new Dice(7))).not.toEqual(throws(new Dice(7 + 2 ** 32)));
  });

  it("throw every number within the bounds about as often", () => {
    const dice = new Dice(1);
    const thrown = Array.from({ length: 4000 }, () => dice.below(4));
    for (const number of [0, 1, 2, 3]) {
      const count = thrown.filter((it) => it === number).length;
      expect(Math.abs(count - 1000)).toBeLessThan(150);
    }
    const ends = new Set(Array.from({ length: 200 }, () => dice.between(3, 5)));
    expect([...ends].sort()).toEqual([3, 4, 5]);
  });

  it("make likely things happen often, and impossible ones never", () => {
    const dice = new Dice(1);
    let often = 0;
    for (let times = 0; times < 1000; times++) {
      if (dice.happens(0.9)) often++;
      expect(dice.happens(0)).toBe(false);
      expect(dice.happens(1)).toBe(true);
    }
    expect(Math.abs(often - 900)).toBeLessThan(60);
  });

  it("are not disturbed by dice that were made of them", () => {
    const [alone, shared] = [new Dice(3), new Dice(3)];
    alone.fork();
    throws(shared.fork());
    expect(throws(shared)).toEqual(throws(alone));
  });

  it("name incarnations with sixteen digits", () => {
    expect(new Dice(5).bits64()).toMatch(/^[0-9a-f]{16}$/);
  });
});
