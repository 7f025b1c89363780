import { describe, expect, it } from "vitest";
import {
  difference,
  emptyRoster,
  hear,
  unheard,
  watched,
  withFriend,
  withoutFriend,
} from "./roster.ts";

describe("the roster", () => {
  const roster = {
    ...withFriend(withFriend(emptyRoster, "ben"), "ben"),
    mates: new Set(["cleo", "ben"]),
  };

  it("watches oneself, friends and mates, each once", () => {
    expect([...watched("ana", roster)]).toEqual(["ana", "ben", "cleo"]);
  });

  it("asks only for what is new and lets go only of what nobody needs", () => {
    const before = watched("ana", roster);
    const after = watched("ana", {
      ...withoutFriend(withFriend(roster, "dov"), "ben"),
      mates: new Set(),
    });
    expect(difference(before, after)).toEqual({ subscribe: ["dov"], unsubscribe: ["ben", "cleo"] });
  });

  it("keeps the last word about each", () => {
    const told = hear(hear(roster, new Map([["ben", "online"]])), new Map([["ben", "busy"]]));
    expect(told.statuses.get("ben")).toBe("busy");
    expect(unheard(told).statuses.size).toBe(0);
    expect(unheard(told).friends.has("ben")).toBe(true);
  });
});
