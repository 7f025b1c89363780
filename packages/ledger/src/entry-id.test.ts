import { describe, expect, it } from "vitest";
import type { EntryId } from "./backbone.ts";
import { isAfter, timeOf } from "./entry-id.ts";

const id = (text: string) => text as EntryId;

describe("the place of an entry", () => {
  it("is compared by time, then by count, as numbers", () => {
    expect(isAfter(id("10-0"), id("9-5"))).toBe(true);
    expect(isAfter(id("10-10"), id("10-9"))).toBe(true);
    expect(isAfter(id("10-9"), id("10-9"))).toBe(false);
    expect(isAfter(id("0-1"), id("0-0"))).toBe(true);
    expect(isAfter(id("9-5"), id("10-0"))).toBe(false);
  });

  it("says when the inbox took it", () => {
    expect(timeOf(id("1763726400123-7"))).toBe(1_763_726_400_123);
  });
});
