import { json, type RoughDeed, RoughHouse } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

function deed<It extends RoughDeed>(
  weight: number,
  fields: { [Name in keyof It]: fc.Arbitrary<It[Name]> },
) {
  return { weight, arbitrary: fc.record(fields) };
}

const small = fc.nat(7);
const usual = [
  deed(3, { on: fc.constant("enter"), name: small, gate: small, secret: fc.boolean() }),
  deed(3, { on: fc.constant("return"), who: small, gate: small }),
  deed(9, { on: fc.constantFrom("join", "join", "act"), who: small, room: fc.nat(2) }),
  deed(3, { on: fc.constantFrom("watch", "unwatch"), who: small, name: small }),
  deed(2, { on: fc.constantFrom("go", "drop"), who: small }),
  deed(20, { on: fc.constant("arrive"), gate: small, lane: fc.nat(30), count: fc.nat(9) }),
  deed(4, { on: fc.constant("pass"), ms: fc.nat(5000) }),
];
const leaving = deed(3, { on: fc.constant("leave"), who: small, room: fc.nat(2) });
const full = deed(2, { on: fc.constant("fill"), gate: small, isFull: fc.boolean() });
const run = (...deeds: readonly fc.WeightedArbitrary<RoughDeed>[]): fc.Arbitrary<RoughDeed[]> => {
  return fc.array(fc.oneof(...deeds), { minLength: 100, maxLength: 300 });
};

describe("digests", () => {
  it("never differ without a fault, whatever is on its way when they are asked for", () => {
    fc.assert(
      fc.property(run(...usual, leaving, full), (deeds) => {
        const house = new RoughHouse({ speaks: json });
        for (const it of BEFORE) house.do(it);
        house.slows();
        for (const it of deeds) house.do(it);
        house.settle();
        expect(house.digests).toBeGreaterThan(0);
        expect(house.repairs).toEqual({ digest: 0, missed: 0 });
      }),
      { numRuns: 300 },
    );
  });
});

/** Somebody sits in rooms at every gateway before anything takes its time. */
const BEFORE: readonly RoughDeed[] = [0, 1, 2].flatMap((number) => [
  { on: "enter", name: number, gate: number, secret: true },
  { on: "join", who: number, room: 0 },
  { on: "join", who: number, room: number },
]);
