import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digest, isSameDigest } from "./digest.ts";

const digestOf = (texts: readonly string[]) => {
  const digest = new Digest();
  for (const text of texts) digest.add(text);
  return digest;
};

describe("a digest", () => {
  it("is the same for the same set in any order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (texts) => {
        expect(digestOf(texts.toReversed()).value).toEqual(digestOf(texts).value);
      }),
    );
  });

  it("differs when one text more is there, or another one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2 }), ([first = "", ...rest]) => {
        const some = digestOf(rest.slice(1)).value;
        expect(isSameDigest(digestOf([first, ...rest.slice(1)]).value, some)).toBe(false);
        expect(isSameDigest(digestOf(rest).value, digestOf([first, ...rest.slice(1)]).value)).toBe(
          false,
        );
      }),
    );
  });

  it("forgets what is removed", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), ([first = "", ...rest]) => {
        const digest = digestOf([first, ...rest]);
        digest.remove(first);
        expect(digest.value).toEqual(digestOf(rest).value);
      }),
    );
  });

  it("of nothing is nothing", () => {
    const digest = digestOf(["a", "b"]);
    digest.clear();
    expect(digest.value).toEqual([0, 0, 0]);
  });

  it("tells a million likely texts apart", () => {
    const seen = new Set<string>();
    for (let index = 0; index < 1_000_000; index++) {
      seen.add(digestOf([`0123456789abcdef-${index.toString(36)}`]).value.join());
    }
    expect(seen.size).toBe(1_000_000);
  });
});
