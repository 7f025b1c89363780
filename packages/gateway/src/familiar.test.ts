import type { UserId } from "@roundhouse/kernel";
import { expect, it } from "vitest";
import { Familiar } from "./familiar.ts";

const [ana, ben] = ["ana", "ben"] as UserId[] as [UserId, UserId];

it("A user is familiar at the addresses where it was right, nowhere else", () => {
  const familiar = new Familiar();
  familiar.add("a", ana);
  expect([familiar.has("a", ana), familiar.has("a", ben), familiar.has("b", ana)]).toEqual([
    true,
    false,
    false,
  ]);
});

it("So many pairs are kept: the one that was right longest ago is forgotten first", () => {
  const familiar = new Familiar();
  familiar.add("a", ana);
  familiar.add("a", ben);
  for (let n = 0; n < 65_534; n++) familiar.add(`${n}`, ana);
  familiar.add("a", ana);
  expect(familiar.size).toBe(65_536);
  familiar.add("one more", ana);
  expect(familiar.size).toBe(65_536);
  expect([familiar.has("a", ana), familiar.has("a", ben)]).toEqual([true, false]);
});
