import { type RoughDeed, RoughHouse, type Tongue } from "@roundhouse/testkit";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";

const packr = new Packr({ useRecords: false, mapsAsObjects: true });
/** Version 2, because it tells of every number in a room's order. */
const msgpack: Tongue = {
  subprotocol: "turntable.v2",
  write: (command, data) => packr.pack([command, data]),
  read: (frame) => {
    const [command, data] = packr.unpack(frame as Uint8Array);
    return { command, data };
  },
};

function deed<It extends RoughDeed>(
  weight: number,
  fields: { [Name in keyof It]: fc.Arbitrary<It[Name]> },
) {
  return { weight, arbitrary: fc.record(fields) };
}

const small = fc.nat(7);
const deeds = fc.oneof(
  deed(2, { on: fc.constant("enter"), name: small, gate: small, secret: fc.boolean() }),
  deed(3, { on: fc.constant("return"), who: small, gate: small }),
  deed(9, { on: fc.constantFrom("join", "act", "act"), who: small, room: fc.nat(1) }),
  deed(2, { on: fc.constantFrom("watch", "unwatch"), who: small, name: small }),
  deed(2, { on: fc.constantFrom("go", "drop"), who: small }),
  deed(20, { on: fc.constant("arrive"), gate: small, lane: fc.nat(30), count: fc.nat(9) }),
  deed(3, { on: fc.constant("lose"), gate: small, frames: fc.integer({ min: 1, max: 3 }) }),
  deed(1, { on: fc.constant("notice"), gate: small }),
  deed(2, { on: fc.constant("fill"), gate: small, isFull: fc.boolean() }),
  deed(4, { on: fc.constant("pass"), ms: fc.nat(5000) }),
);

describe("frames that are lost for good", () => {
  it("leave no hole that nobody is told of, nobody deaf, and nothing for digests to find", () => {
    fc.assert(
      fc.property(
        fc.array(deeds, { minLength: 100, maxLength: 300 }),
        fc.constantFrom(2, 256),
        (all, historyEventsMax) => {
          const house = new RoughHouse({ speaks: msgpack, rules: { historyEventsMax } });
          for (const it of BEFORE) house.do(it);
          house.slows();
          for (const it of all) house.do(it);
          house.settle();
          expect(house.wrongs).toEqual([]);
          expect(house.deaf()).toEqual([]);
          expect(house.wrongs).toEqual([]);
          expect(house.repairs.digest).toBe(0);
          expect(house.lobby.gateways.map(({ staleHalls }) => staleHalls)).toEqual([0, 0, 0]);
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);
});

/** Somebody sits in rooms at every gateway before anything takes its time. */
const BEFORE: readonly RoughDeed[] = [0, 1, 2].flatMap((number) => [
  { on: "enter", name: number, gate: number, secret: true },
  { on: "join", who: number, room: 0 },
  { on: "join", who: number, room: number },
]);
