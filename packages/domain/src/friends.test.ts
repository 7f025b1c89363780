import type { GatewayId, SessionId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

describe("a friend request", () => {
  it("waits with whoever is asked, who is told of it", () => {
    const village = entered("ana", "ben");
    expect(asks(village, "ana", "ben", "hello")).toBe("done");
    const [request] = village.account("ben").requests ?? [];
    expect(request).toMatchObject({
      from: "ana",
      born: village.account("ana").born,
      text: "hello",
    });
    const at = village.desks[0]?.now;
    expect(village.notices("ben")).toEqual([
      { on: "friendAsked", request: `f${request?.id}`, at, from: "ana", text: "hello" },
    ]);
    expect([village.friends("ana"), village.friends("ben")]).toEqual([[], []]);
  });

  it("is refused to nobody and to oneself", () => {
    const village = entered("ana");
    expect(asks(village, "ana", "nobody")).toBe("account_unknown");
    expect(asks(village, "ana", "ana")).toBe("account_unknown");
  });

  it("to a friend is done, and nobody is told", () => {
    const village = entered("ana", "ben");
    village.befriend("ana", "ben");
    const before = village.notices("ben").length;
    expect(asks(village, "ana", "ben")).toBe("done");
    expect(asks(village, "ben", "ana")).toBe("done");
    expect(village.notices("ben")).toHaveLength(before);
    expect(village.account("ben").requests).toEqual([]);
  });

  it("again takes the place of the first: same number, new text, told again after an hour", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben", "one");
    const [first] = village.account("ben").requests ?? [];
    asks(village, "ana", "ben", "two");
    expect(village.account("ben").requests).toMatchObject([{ id: first?.id, text: "two" }]);
    village.passes(3_599_999);
    asks(village, "ana", "ben", "three");
    expect(village.notices("ben")).toMatchObject([{ text: "one" }]);
    village.passes(1);
    asks(village, "ana", "ben", "four");
    expect(village.notices("ben")).toMatchObject([{ text: "one" }, { text: "four" }]);
  });

  it("again and again drives nothing out of the mailbox", () => {
    const village = entered("ana", "ben", "eve");
    village.befriend("ana", "ben");
    village.logOut("ben");
    village.ask("ana", { on: "whisper", friend: "ben" as UserId, text: "one" });
    for (let n = 0; n < 1_100; n++) expect(asks(village, "eve", "ben")).toBe("done");
    village.logIn("ben", { session: "later" });
    const told = village.notices("later").map(({ on }) => on);
    expect(told).toEqual(["whispered", "friendAsked"]);
  });

  it("of a later life of a name takes the place of the earlier one's, under a new number", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben", "one");
    const [first] = village.account("ben").requests ?? [];
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    village.enter("ana");
    asks(village, "ana", "ben", "two");
    const requests = village.account("ben").requests ?? [];
    expect(requests).toMatchObject([{ born: village.account("ana").born, text: "two" }]);
    expect(requests[0]?.id).not.toBe(first?.id);
  });

  it("is refused when too many wait, but for one that waits already", () => {
    const village = entered("ana", "ben", "carl", "dora");
    asks(village, "ana", "ben");
    asks(village, "carl", "ben");
    expect(asks(village, "dora", "ben")).toBe("requests_limit");
    expect(asks(village, "ana", "ben")).toBe("done");
    expect(village.account("ben").requests).toHaveLength(2);
  });
});

describe("the answer to a friend request", () => {
  it("approved: both are friends, and who asked is told", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    const id = requestAt(village, "ben");
    expect(village.ask("ben", { on: "answerFriend", id, how: "approve" })).toBe("done");
    expect(village.told.get("ben")?.at(-1)).toMatchObject({ on: "done", friend: "ana" });
    expect([village.friends("ana"), village.friends("ben")]).toEqual([["ben"], ["ana"]]);
    expect(village.account("ben").requests).toEqual([]);
    const approved = { on: "approved", request: `f${id}`, by: { user: "ben" } };
    expect(village.notices("ana")).toEqual([approved]);
    expect(village.notices("ben")).toHaveLength(1); // The request itself.
  });

  it("rejected: who asked is told, and they are no friends", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    const id = requestAt(village, "ben");
    expect(village.ask("ben", { on: "answerFriend", id, how: "reject" })).toBe("done");
    expect(village.notices("ana")).toEqual([
      { on: "rejected", request: `f${id}`, by: { user: "ben" } },
    ]);
    expect([village.friends("ana"), village.account("ben").requests]).toEqual([[], []]);
  });

  it("ignored: nobody is told", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    const id = requestAt(village, "ben");
    expect(village.ask("ben", { on: "answerFriend", id, how: "ignore" })).toBe("done");
    expect([village.notices("ana"), village.account("ben").requests]).toEqual([[], []]);
  });

  it("is refused when no such request waits here", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    const id = requestAt(village, "ben");
    expect(village.ask("ana", { on: "answerFriend", id, how: "approve" })).toBe("request_unknown");
    village.ask("ben", { on: "answerFriend", id, how: "ignore" });
    expect(village.ask("ben", { on: "answerFriend", id, how: "approve" })).toBe("request_unknown");
  });

  it("is refused to whoever has as many friends as may be; the request waits on", () => {
    const village = entered("ana", "ben", "carl", "dora");
    village.befriend("ana", "ben");
    village.befriend("carl", "ben");
    asks(village, "dora", "ben");
    const approve = { on: "answerFriend", id: requestAt(village, "ben"), how: "approve" } as const;
    expect(village.ask("ben", approve)).toBe("friends_limit");
    expect(asks(village, "ben", "dora")).toBe("friends_limit");
    village.ask("ben", { on: "removeFriend", friend: id("ana") });
    expect(village.ask("ben", approve)).toBe("done");
    expect(village.friends("dora")).toEqual(["ben"]);
  });

  it("is given back by who asked and has as many friends as may be by now", () => {
    const village = entered("ana", "ben", "carl", "dora");
    for (const friend of ["ben", "carl", "dora"]) asks(village, "ana", friend);
    const answers = ["ben", "carl", "dora"].map((friend) => approves(village, friend));
    expect(answers).toEqual(["done", "done", "friends_limit"]);
    expect([village.friends("ana"), village.friends("dora")]).toEqual([["ben", "carl"], []]);
    // It is told by the answer, and is no end of a friendship.
    expect(village.notices("dora").map(({ on }) => on)).toEqual(["friendAsked"]);
  });

  it("befriends nobody who came after whoever asked", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    village.enter("ana");
    expect(approves(village, "ben")).toBe("request_unknown");
    expect([village.friends("ana"), village.friends("ben")]).toEqual([[], []]);
    expect(village.notices("ana")).toEqual([]);
    expect(village.notices("ben").map(({ on }) => on)).toEqual(["friendAsked"]);
  });

  it("is unknown when the account of whoever asked is gone", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    expect(approves(village, "ben")).toBe("request_unknown");
    expect(approves(village, "ben")).toBe("request_unknown");
    expect(village.notices("ben").map(({ on }) => on)).toEqual(["friendAsked"]);
  });

  it("that comes to nothing is taken back from a session that began before that was known", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    const approve = { on: "answerFriend", id: requestAt(village, "ben"), how: "approve" } as const;
    const request = village.put("ben", approve);
    village.work(village.desks.indexOf(village.deskOf("ben")));
    village.deskOf("ana").batch([{ on: "deleteAccount", user: id("ana"), session: undefined }]);
    const session = "second" as SessionId;
    const proof = { proven: true, resume: undefined, takesNotices: true } as const;
    const attach = { on: "attach", user: id("ben"), session, means: "idme", ...proof } as const;
    const [attached] = village.deskOf("ben").batch([attach]).items;
    expect(attached?.item).toMatchObject({ told: { account: { friends: ["ana"] } } });
    village.settle();
    expect(village.told.get("ben")?.at(-1)).toMatchObject({ code: "request_unknown", request });
    expect(village.notices("ben").map(({ on }) => on)).toEqual(["friendAsked"]);
    expect(village.notices("second")).toEqual([{ on: "unfriended", user: "ana", why: "removed" }]);
  });

  it("that comes to nothing ends a friendship that only it seemed to hold, for whoever approved, too", () => {
    const village = entered("ana", "ben");
    asks(village, "ben", "ana");
    asks(village, "ana", "ben");
    approves(village, "ana");
    expect(village.friends("ben")).toEqual(["ana"]);
    const approve = { on: "answerFriend", id: requestAt(village, "ben"), how: "approve" } as const;
    village.put("ana", { on: "deleteAccount", turn: 1 });
    const request = village.put("ben", approve);
    village.work(village.desks.indexOf(village.deskOf("ben"))); // She ends before it comes to her.
    village.settle();
    expect(village.told.get("ben")?.filter(({ on }) => on === "refused")).toEqual([
      expect.objectContaining({ code: "request_unknown", request }),
    ]);
    expect(village.friends("ben")).toEqual([]);
    const ends = village.notices("ben").filter(({ on }) => on === "unfriended");
    expect(ends).toEqual([{ on: "unfriended", user: "ana", why: "deleted" }]);
  });

  it("that comes to nothing, and crossed a friendship that came and went: whoever approved hears its end", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    asks(village, "ben", "ana");
    village.put("ben", { on: "answerFriend", id: requestAt(village, "ben"), how: "approve" });
    village.put("ana", { on: "answerFriend", id: requestAt(village, "ana"), how: "approve" });
    village.put("ana", { on: "deleteAccount", turn: 1 });
    village.work(village.desks.indexOf(village.deskOf("ana")));
    village.settle();
    expect(village.friends("ben")).toEqual([]);
    const heard = village
      .notices("ben")
      .filter(({ on }) => on === "unfriended" || on === "approved");
    expect(heard.map(({ on }) => on)).toEqual(["approved", "unfriended"]);
  });

  it("that comes to nothing takes no other bond with it", () => {
    const village = entered("ana", "ben", "carl");
    asks(village, "ben", "ana");
    asks(village, "ana", "ben");
    const approve = { on: "answerFriend", how: "approve" } as const;
    village.put("ben", { ...approve, id: requestAt(village, "ben") });
    village.work(village.desks.indexOf(village.deskOf("ben")));
    const [mine] = village.account("ben").friends ?? [];
    const to = { user: id("ben"), by: id("ana"), bond: 99_999 };
    const asker = { session: undefined, gateway: "gate0" as GatewayId };
    village.append({ on: "bonded", ...to, asker, refusal: { code: "request_unknown" } });
    village.settle();
    expect(village.account("ben").friends).toEqual([mine]);
    expect(village.friends("ana")).toEqual(["ben"]);
  });

  it("makes friends known to whoever approved, unless that is over before the answer", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    expect(approves(village, "ben")).toBe("done");
    expect(village.told.get("ben")?.at(-1)).toMatchObject({ on: "done", friend: "ana" });
    asks(village, "ben", "ana");
    village.ask("ben", { on: "removeFriend", friend: id("ana") });
    asks(village, "ana", "ben");
    const answer = { on: "answerFriend", id: requestAt(village, "ben"), how: "approve" } as const;
    const [approval, removal] = [
      village.put("ben", answer),
      village.put("ben", { on: "removeFriend", friend: id("ana") }),
    ];
    village.settle();
    const told = village.told.get("ben")?.slice(-2);
    expect(told).toEqual([
      { on: "done", request: removal },
      { on: "done", request: approval },
    ]);
  });

  it("rejects nobody who came after whoever asked", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    village.enter("ana");
    village.ask("ben", { on: "answerFriend", id: requestAt(village, "ben"), how: "reject" });
    expect(village.notices("ana")).toEqual([]);
  });
});

describe("two who asked each other", () => {
  it("are friends until one removes the other, however often it was approved", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    asks(village, "ben", "ana");
    approves(village, "ana");
    approves(village, "ben");
    expect(village.account("ana").friends?.[0]?.bonds).toHaveLength(2);
    village.ask("ana", { on: "removeFriend", friend: id("ben") });
    expect([village.friends("ana"), village.friends("ben")]).toEqual([[], []]);
  });

  it("stay friends when one is approved while the other is removed: both know the same", () => {
    const village = entered("ana", "ben");
    asks(village, "ana", "ben");
    asks(village, "ben", "ana");
    approves(village, "ana");
    village.put("ben", { on: "removeFriend", friend: id("ana") });
    village.put("ben", { on: "answerFriend", id: requestAt(village, "ben"), how: "approve" });
    village.settle();
    expect([village.friends("ana"), village.friends("ben")]).toEqual([["ben"], ["ana"]]);
    const bonds = (user: string) => village.account(user).friends?.[0]?.bonds;
    expect(bonds("ana")).toEqual(bonds("ben"));
  });
});

describe("removing a friend", () => {
  it("ends it for both, and the other is told", () => {
    const village = entered("ana", "ben");
    village.befriend("ana", "ben");
    expect(village.ask("ana", { on: "removeFriend", friend: id("ben") })).toBe("done");
    expect([village.friends("ana"), village.friends("ben")]).toEqual([[], []]);
    const told = { on: "unfriended", user: "ana", why: "removed" };
    expect(village.notices("ben").at(-1)).toEqual(told);
    expect(village.notices("ana").at(-1)).not.toMatchObject({ on: "unfriended" });
  });

  it("is refused for who is none, and for who is nobody", () => {
    const village = entered("ana", "ben");
    const removes = (friend: string) => {
      return village.ask("ana", { on: "removeFriend", friend: id(friend) });
    };
    expect([removes("ben"), removes("nobody"), removes("ana")]).toEqual([
      "not_a_friend",
      "account_unknown",
      "not_a_friend",
    ]);
  });
});

describe("a private message", () => {
  it("reaches a friend on all devices that take notices, and its sender knows its number", () => {
    const village = entered("ana", "ben");
    village.befriend("ana", "ben");
    village.logIn("ben", { session: "page", means: "idme" });
    village.logIn("ben", { session: "old", means: "idme", takesNotices: false });
    expect(whispers(village, "ana", "ben", "hello")).toBe("sent");
    const sent = village.told.get("ana")?.at(-1);
    const at = village.desks[0]?.now;
    const number = sent?.on === "sent" ? sent.id : undefined;
    expect(sent).toMatchObject({ on: "sent", at });
    const heard = { on: "whispered", id: number, at, from: "ana", text: "hello" };
    expect(village.notices("ben").at(-1)).toEqual(heard);
    expect(village.notices("page")).toEqual([heard]);
    expect(village.notices("old")).toEqual([]);
  });

  it("is refused for who is no friend, and for who is nobody", () => {
    const village = entered("ana", "ben");
    expect(whispers(village, "ana", "ben")).toBe("not_a_friend");
    expect(whispers(village, "ana", "nobody")).toBe("account_unknown");
  });

  it("on its way does not reach whoever has the name of a friend that was deleted", () => {
    const village = new Village({}, 2);
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    expect(village.deskOf("ana")).not.toBe(village.deskOf("ben"));
    village.put("ana", { on: "whisper", friend: id("ben"), text: "for your eyes only" });
    village.work(village.desks.indexOf(village.deskOf("ana")));
    village.deskOf("ben").batch([{ on: "deleteAccount", user: id("ben"), session: undefined }]);
    const signUp = { on: "signUp", hash: "h", nickname: "Ben", session: undefined } as const;
    village.deskOf("ben").batch([{ ...signUp, user: id("ben") }]);
    village.settle();
    village.logIn("ben", { session: "another" });
    expect(village.notices("another")).toEqual([]);
  });
});

function entered(...users: readonly string[]): Village {
  const village = new Village({ friendsMax: 2, requestsMax: 2 }, 3);
  village.enter(...users);
  return village;
}

function approves(village: Village, user: string): string {
  return village.ask(user, { on: "answerFriend", id: requestAt(village, user), how: "approve" });
}

const asks = (village: Village, user: string, friend: string, text = ""): string => {
  return village.ask(user, { on: "askFriend", friend: id(friend), text });
};
const whispers = (village: Village, user: string, friend: string, text = "hello"): string => {
  return village.ask(user, { on: "whisper", friend: id(friend), text });
};
const requestAt = (village: Village, user: string) => village.account(user).requests?.[0]?.id ?? 0;
const id = (name: string): UserId => name as UserId;
