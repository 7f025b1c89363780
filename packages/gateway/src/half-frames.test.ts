import { beforeEach, describe, expect, it } from "vitest";
import { HalfFrames } from "./half-frames.ts";

const MEGABYTE = 1_024 * 1_024;
let halves: HalfFrames<string>;
beforeEach(() => {
  halves = new HalfFrames();
});

describe("messages that do not end", () => {
  it("are late after thirty seconds, counted from their first byte", () => {
    halves.grow("ana", 10, 1_000);
    halves.grow("ana", 10, 20_000);
    halves.grow("ben", 10, 20_000);
    expect(halves.late(30_999)).toEqual([]);
    expect(halves.late(31_000)).toEqual(["ana"]);
    halves.end("ana");
    halves.grow("ana", 10, 31_000);
    expect(halves.late(50_000)).toEqual(["ben"]);
  });

  it("hold sixty-four megabytes together; then only small ones find room", () => {
    for (let n = 0; n < 64; n++) expect(halves.grow(`peer ${n}`, MEGABYTE, 0)).toBe(true);
    expect(halves.grow("large", 70_000, 0)).toBe(false);
    expect(halves.grow("small", 60_000, 0)).toBe(true);
    expect(halves.grow("peer 1", 1, 0)).toBe(false);
    halves.end("peer 1");
    halves.end("large");
    expect(halves.grow("peer 2", 1, 0)).toBe(true);
  });

  it("hold nothing when they have ended", () => {
    halves.grow("ana", 10, 0);
    halves.end("ana");
    halves.end("ana");
    expect(halves.bytes).toBe(0);
  });
});
