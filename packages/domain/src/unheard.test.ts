// Words that were said while the word that a member's connection is gone was still on its way.
import type { RoomId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { beforeEach, expect, it } from "vitest";
import type { Notice } from "./notice.ts";

let village: Village;

beforeEach(() => {
  village = new Village();
  village.enter("ana", "ben");
  village.befriend("ana", "ben");
  village.ask("ana", {
    ...{ on: "create", room: "pit" as RoomId, title: "", access: "public", description: "" },
    ...{ hash: undefined, born: village.account("ana").born },
  } as never);
  village.ask("ben", {
    ...{ on: "enter", room: "pit" as RoomId, password: undefined },
    ...{ born: village.account("ben").born },
  } as never);
  village.logOut("ben");
  village.logIn("ben", { session: "old", gateway: "gate1" });
  village.passes(30_000);
});

const say = (text: string) => {
  const { born } = village.account("ana");
  village.ask("ana", { on: "say", room: "pit" as RoomId, text, born } as never);
};
const textOf = (notice: Notice) => ("text" in notice ? notice.text : notice.on);
const texts = (session: string) => village.notices(session).map(textOf);

it("are kept for it, and those that it heard are not", () => {
  say("one");
  const room = "pit" as RoomId;
  const { seq = 0 } = village.deskOf("pit").state.rooms.get(room) ?? {};
  say("two");
  village.append({ on: "part", room, session: "old" as never, after: seq }, "gate1");
  village.logOut("ben", "left", "old");
  say("three");
  village.logIn("ben", { session: "new" });
  expect(texts("new")).toEqual(["two", "three"]);
});

it("are kept by a next owner of the room too", () => {
  say("one");
  village.succeed(0);
  village.append({ on: "part", room: "pit" as RoomId, session: "old" as never, after: 0 }, "gate1");
  village.logOut("ben", "left", "old");
  village.logIn("ben", { session: "new" });
  expect(texts("new")).toEqual(["one"]);
});

it("are kept when its gateway dies, from as long before as that may take to be known", () => {
  say("long ago");
  village.passes(20_000);
  say("one");
  village.passes(5_000);
  say("two");
  village.gatewayGone("gate1");
  say("three");
  village.logIn("ben", { session: "new" });
  expect(texts("new")).toEqual(["one", "two", "three"]);
});

it("are kept though another seat of the member came behind them, but not what that one heard", () => {
  say("one");
  village.logIn("ben", { session: "page", means: "idme", gateway: "gate0" });
  const born = village.account("ben").born;
  village.ask("ben", { on: "join", room: "pit" as RoomId, invite: [], born } as never, "page");
  say("two");
  village.gatewayGone("gate1");
  village.settle();
  expect(texts("page")).toEqual(["one"]);
});

it("are not kept again when the gateway dies to which it came behind them", () => {
  village.logOut("ben", "left", "old");
  say("one");
  village.logIn("ben", { session: "new", gateway: "gate1" });
  village.hasGot("ben", "new");
  say("two");
  village.gatewayGone("gate1");
  village.logIn("ben", { session: "later" });
  expect(texts("later")).toEqual(["two"]);
});

it("are not kept where another seat of the member hears them", () => {
  village.logIn("ben", { session: "page", means: "idme", gateway: "gate0" });
  const born = village.account("ben").born;
  village.ask("ben", { on: "join", room: "pit" as RoomId, invite: [], born } as never, "page");
  say("one");
  village.append({ on: "part", room: "pit" as RoomId, session: "old" as never, after: 0 }, "gate1");
  village.settle();
  village.logOut("ben", "left", "old");
  village.logOut("ben", "left", "page");
  village.logIn("ben", { session: "new" });
  expect(texts("new")).toEqual([]);
});
