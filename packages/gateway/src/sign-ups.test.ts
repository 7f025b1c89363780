import { describe, expect, it } from "vitest";
import { SignUps } from "./sign-ups.ts";

const taken = (signUps: SignUps, times: number, now = 0): readonly boolean[] =>
  Array.from({ length: times }, () => signUps.take("a", now));

describe("sign-ups from one address", () => {
  it("are so many in the minute that begins with the first, and as many in the next", () => {
    const signUps = new SignUps({ signUpsPerMinuteMax: 2 });
    expect(taken(signUps, 1, 5)).toEqual([true]);
    expect(taken(signUps, 2, 60_004)).toEqual([true, false]);
    expect(signUps.take("b", 60_004)).toBe(true);
    expect(taken(signUps, 3, 60_005)).toEqual([true, true, false]);
  });

  it("are as many as they like without a limit, and nothing is kept of them", () => {
    const signUps = new SignUps({ signUpsPerMinuteMax: 0 });
    expect(taken(signUps, 100)).not.toContain(false);
    expect(signUps.size).toBe(0);
  });

  it("are forgotten after their minute, those of others are not", () => {
    const signUps = new SignUps({ signUpsPerMinuteMax: 1 });
    signUps.take("a", 0);
    signUps.take("b", 1);
    signUps.sweep(59_999);
    expect(signUps.size).toBe(2);
    signUps.sweep(60_000);
    expect(signUps.size).toBe(1);
    expect([signUps.take("b", 60_000), signUps.take("a", 60_000)]).toEqual([false, true]);
  });

  it("are counted for ten thousand addresses, of which the oldest is forgotten first", () => {
    const signUps = new SignUps({ signUpsPerMinuteMax: 1 });
    for (let n = 0; n < 10_000; n++) signUps.take(`${n}`, n);
    expect([signUps.size, signUps.take("0", 10_000)]).toEqual([10_000, false]);
    signUps.take("one more", 10_000);
    expect(signUps.size).toBe(10_000);
    expect([signUps.take("1", 10_000), signUps.take("0", 10_000)]).toEqual([false, true]);
  });
});
