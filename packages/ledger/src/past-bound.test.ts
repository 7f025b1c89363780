import { describe, expect, it } from "vitest";
import { PastBound } from "./past-bound.ts";

describe("the bound of a history", () => {
  it("lets the oldest commits go once there are too many bytes", () => {
    const past = new PastBound(100);
    for (const commit of [5, 6, 7]) past.add(commit, 40);
    expect(past.from).toBe(6);
    past.add(9, 90);
    expect(past.from).toBe(9);
  });

  it("keeps everything while it fits", () => {
    const past = new PastBound(100);
    past.add(5, 50);
    past.add(6, 50);
    expect(past.from).toBe(0);
  });

  it("always keeps the last commit, however large", () => {
    const past = new PastBound(100);
    past.add(5, 1_000);
    expect(past.from).toBe(0);
    past.add(6, 1_000);
    expect(past.from).toBe(6);
  });

  it("counts what owners before left, as they noted it", () => {
    const before = new PastBound(100);
    for (let commit = 1; commit <= 50; commit++) before.add(commit, 10);
    const past = new PastBound(100);
    past.restore(before.note, 50);
    expect([past.from, past.note]).toEqual([before.from, before.note]);
    for (let commit = 51; commit <= 55; commit++) past.add(commit, 10);
    expect(past.from).toBe(46);
    for (let commit = 56; commit <= 70; commit++) past.add(commit, 10);
    expect(past.from).toBe(61);
  });

  it("takes what was left to lie between its first commit and its last, whatever their numbers", () => {
    const before = new PastBound(100);
    for (let commit = 1_001; commit <= 1_010; commit++) before.add(commit, 10);
    const past = new PastBound(100);
    past.restore(before.note, 1_010);
    past.add(2_000, 50);
    expect(past.from).toBe(1_006);
  });

  it("stays within it over any number of owners that write little", () => {
    let note = "";
    for (let commit = 1; commit <= 100; commit++) {
      const past = new PastBound(100);
      past.restore(note, commit - 1);
      past.add(commit, 40);
      ({ note } = past);
    }
    const [from, bytes] = note.split(" ").map(Number);
    expect(from).toBeGreaterThanOrEqual(98);
    expect(bytes).toBeLessThanOrEqual(100);
  });

  it("begins with nothing where nothing was noted", () => {
    const past = new PastBound(100);
    past.restore("", 50);
    expect(past.note).toBe("0 0");
  });

  it("does the same after a hundred thousand commits", () => {
    const past = new PastBound(100);
    for (let commit = 1; commit <= 100_000; commit++) past.add(commit, 10);
    expect(past.from).toBe(100_000 - 9);
  });
});
