import type { GatewayId } from "@roundhouse/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodePassage,
  decodePosts,
  decodeWord,
  encodeBeacon,
  encodeFrame,
  encodePassage,
  packPosts,
} from "./cluster-wire.ts";
import { msgpack } from "./msgpack-codec.ts";

const codec = { ...msgpack, isFarewell: () => false, weightOf: () => 1 };
const gateway = (name: string) => name as GatewayId;
const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
// The codec renames a key "__proto__"; keys here are the house's own, what players name is a value.
const key = fc.string().filter((name) => name !== "__proto__");
const value = fc.oneof(fc.string(), fc.integer(), fc.dictionary(key, fc.string()));

describe("posts", () => {
  it("come back with their authors, the sender's own and others'", () => {
    const said = fc.record({ from: fc.constantFrom("node", "", "operator"), command: value });
    fc.assert(
      fc.property(fc.array(said), (posts) => {
        const given = posts.map(({ from, command }) => ({ from: gateway(from), command }));
        const { bytes, count } = packPosts(codec, given, "node");
        expect(count).toBe(given.length);
        expect(decodePosts(codec, bytes, "node")).toEqual(given);
      }),
    );
  });
});

describe("posts for one batch", () => {
  const posts = ["light", "heavy", "light", "light"].map((command) => {
    return { from: gateway("node"), command };
  });
  const weighing = { ...codec, weightOf: (word: string) => (word === "heavy" ? 10 : 1) };
  const count = (bound: { weight: number; bytes: number }) => {
    return packPosts(weighing, posts, "node", bound).count;
  };

  it("end with the one that passes the weight, or the size", () => {
    expect(count({ weight: 11, bytes: 1_000 })).toBe(2);
    expect(count({ weight: 12, bytes: 1_000 })).toBe(3);
    expect(count({ weight: 100, bytes: 14 })).toBe(2);
    expect(count({ weight: 100, bytes: 1_000 })).toBe(4);
  });

  it("are one at least", () => {
    expect(count({ weight: 1, bytes: 1 })).toBe(1);
  });
});

describe("a frame", () => {
  it("says its number, the one before, and its items", () => {
    fc.assert(
      fc.property(number, number, fc.array(value), (commit, previous, items) => {
        const bytes = encodeFrame({ commit, previous }, items.map(codec.encode));
        const word = decodeWord(bytes);
        expect(word).toMatchObject({ on: "frame", commit, previous });
        if (word?.on !== "frame") throw new Error("no frame");
        expect(codec.decodeAll(word.items)).toEqual(items);
      }),
    );
  });
});

describe("a beacon", () => {
  it("says where each shard stands", () => {
    const beam = fc.record({
      shard: fc.integer({ min: 0, max: 4095 }),
      last: number,
      commit: number,
    });
    fc.assert(
      fc.property(fc.array(beam), (beams) => {
        expect(decodeWord(encodeBeacon(beams))).toEqual({ on: "beacon", beams });
      }),
    );
  });
});

describe("a word of another version", () => {
  it("is nothing, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        if (bytes[0] === 1 || bytes[0] === 2) bytes[0] = 9;
        expect(decodeWord(bytes)).toBeUndefined();
      }),
    );
    expect(decodeWord(Uint8Array.of(1, 2, 3))).toBeUndefined();
  });
});

describe("a passage", () => {
  const ITEMS = ["both", "one", "two", "both again"];
  const both = [gateway("one"), gateway("two")];
  const to = [both, [gateway("one")], [gateway("two")], both];
  const packed = ITEMS.map((item, index) => ({ to: to[index] ?? [], bytes: codec.encode(item) }));
  const tails = [
    [gateway("one"), 7],
    [gateway("two"), 0],
  ] as const;
  const bytes = encodePassage(codec, { at: 1234, tails }, packed);
  const passage = decodePassage<string>(codec, { commit: 9, bytes });

  it("has every item once", () => {
    expect(passage).toMatchObject({ commit: 9, at: 1234, items: ITEMS });
  });

  it("knows what each gateway was told, and after which commit", () => {
    expect(passage.for(gateway("one"))).toEqual({
      previous: 7,
      items: ["both", "one", "both again"],
    });
    expect(passage.for(gateway("two"))).toEqual({
      previous: 0,
      items: ["both", "two", "both again"],
    });
    expect(passage.for(gateway("other"))).toBeUndefined();
  });
});
