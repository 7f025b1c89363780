import { describe, expect, it } from "vitest";
import { addressOf, parseAddress, somebodyElse } from "./address.ts";

describe("the page's address", () => {
  it.each([
    { search: "", address: { name: "", room: "", friends: [] } },
    { search: "?name=ana&room=CStrike", address: { name: "ana", room: "CStrike", friends: [] } },
    {
      search: "?name=1%3A5&friend=ben&friend=cleo",
      address: { name: "1:5", room: "", friends: ["ben", "cleo"] },
    },
  ])("tells who we are: $search", ({ search, address }) => {
    expect(parseAddress(search)).toEqual(address);
  });

  it("survives the way there and back", () => {
    const address = { name: "Ána & co", room: "a=b", friends: ["ben", "c:1,2"] };
    expect(parseAddress(addressOf(address).slice(1))).toEqual(address);
    expect(addressOf({ name: "", room: "", friends: [] })).toBe("/");
  });

  it("offers a second name that nobody has", () => {
    expect(somebodyElse("ana", ["ben"])).toBe("cleo");
    expect(somebodyElse("zoe", [])).toBe("ana");
  });
});
