import type { Notice, RoomEvent } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { loggedIn, NOW, names } from "./client.contract.ts";

const time = 1_795_262_400;
const ana = "ana" as UserId;
const ben = "ben" as UserId;
const pit = "pit" as RoomId;
const said = { on: "said", seq: 1, id: 65, at: NOW, text: "hi" } as const;

describe("what happens in a room is pushed to whoever sits there", () => {
  it.each<{ event: RoomEvent; fields: object }>([
    {
      event: { ...said, from: ben },
      fields: {
        method: "NEW_ROOM_MESSAGE",
        message_id: 65,
        time,
        sender_id: "ben",
        room_id: "pit",
        message: "hi",
      },
    },
    {
      event: { on: "enrolled", seq: 1, user: ben },
      fields: { method: "USER_ENTER_ROOM", user_id: "ben", room_id: "pit" },
    },
    {
      event: { on: "expelled", seq: 1, user: ben, why: "left" },
      fields: { method: "USER_LEAVE_ROOM", user_id: "ben", room_id: "pit" },
    },
    {
      event: { on: "expelled", seq: 1, user: ben, why: "removed", by: "cat" as UserId },
      fields: { method: "USER_LEAVE_ROOM", user_id: "ben", room_id: "pit" },
    },
    {
      event: { on: "expelled", seq: 1, user: ben, why: "deleted" },
      fields: { method: "USER_DELETED", user_id: "ben" },
    },
    {
      event: { on: "titled", seq: 1, by: ben, title: "The pit" },
      fields: { method: "ROOM_NICKNAME_CHANGED", room_id: "pit", room_nickname: "The pit" },
    },
    {
      event: { on: "titled", seq: 1, by: ben, description: "" },
      fields: { method: "ROOM_DESCRIPTION_CHANGED", room_id: "pit", room_description: "" },
    },
    {
      event: { on: "joined", seq: 1, user: "1:12345" as UserId },
      fields: { method: "USER_ENTER_ROOM", user_id: "1:12345", room_id: "pit" },
    },
    {
      event: { on: "left", seq: 1, user: "1:12345" as UserId },
      fields: { method: "USER_LEAVE_ROOM", user_id: "1:12345", room_id: "pit" },
    },
  ])("$fields.method", ({ event, fields }) => {
    const client = loggedIn({ rooms: { pit: ["ben", "cat"] } });
    client.happens("pit", event);
    expect(client.hears()).toEqual([{ push_id: 1, ...fields }]);
  });

  it("a new name and a new description at once are two pushes", () => {
    const client = loggedIn({ rooms: { pit: ["ben"] } });
    client.happens("pit", { on: "titled", seq: 1, by: ben, title: "A\nB", description: "C" });
    expect(client.hears()).toEqual([
      { push_id: 1, method: "ROOM_NICKNAME_CHANGED", room_id: "pit", room_nickname: "A\nB" },
      { push_id: 2, method: "ROOM_DESCRIPTION_CHANGED", room_id: "pit", room_description: "C" },
    ]);
  });

  it("whoever did it is not told", () => {
    const client = loggedIn({ rooms: { pit: ["ben"] } });
    client.happens(
      "pit",
      { ...said, from: ana },
      { on: "enrolled", seq: 2, user: ana },
      { on: "enrolled", seq: 3, user: "cat" as UserId, by: ana },
      { on: "expelled", seq: 4, user: ben, why: "removed", by: ana },
      { on: "titled", seq: 5, by: ana, title: "The pit" },
      { on: "expelled", seq: 6, user: ana, why: "left" },
      { on: "joined", seq: 7, user: ana },
      { on: "left", seq: 8, user: ana },
    );
    expect(client.hears()).toEqual([]);
    expect(client.asksShort()).toEqual(["watch cat", "unwatch ben"]);
  });

  it("that members come and go is told as presence, and a game not at all", () => {
    const client = loggedIn({ rooms: { pit: ["ben"] } });
    client.happens(
      "pit",
      { on: "joined", seq: 1, user: ben, member: true },
      { on: "left", seq: 2, user: ben, member: true },
      { on: "game", seq: 3, from: ben, actions: [{ at: NOW, fields: '"data":1' }], extra: "" },
    );
    expect(client.hears()).toEqual([]);
  });

  it("what was missed and is told again is pushed", () => {
    const client = loggedIn({ rooms: { pit: ["ben"] } });
    const events = [
      { ...said, from: ben },
      { ...said, from: ana },
    ];
    client.told({ on: "replayed", room: pit, seq: 2, events, lost: 0 });
    expect(client.hears()).toMatchObject([{ method: "NEW_ROOM_MESSAGE", sender_id: "ben" }]);
  });
});

describe("what a user is told personally", () => {
  it.each<{ notice: Notice; fields: object }>([
    {
      notice: { on: "whispered", id: 65, at: NOW, from: ben, text: "psst" },
      fields: {
        method: "NEW_PRIVATE_MESSAGE",
        message_id: 65,
        time,
        sender_id: "ben",
        message: "psst",
      },
    },
    {
      notice: { on: "words", id: 65, at: NOW, from: ben, room: pit, text: "hi" },
      fields: {
        method: "NEW_ROOM_MESSAGE",
        message_id: 65,
        time,
        sender_id: "ben",
        room_id: "pit",
        message: "hi",
      },
    },
    {
      notice: { on: "friendAsked", request: "f7", at: NOW, from: ben, text: "it is me" },
      fields: {
        method: "NEW_FRIEND_REQUEST",
        request_id: "f7",
        time,
        user_id: "ben",
        verification_message: "it is me",
      },
    },
    {
      notice: { on: "entryAsked", request: "r7.pit", at: NOW, from: ben, room: pit },
      fields: {
        method: "ENTER_ROOM_REQUEST",
        request_id: "r7.pit",
        time,
        user_id: "ben",
        room_id: "pit",
      },
    },
    {
      notice: { on: "approved", request: "f7", by: { user: ben } },
      fields: { method: "REQUEST_APPROVED", request_id: "f7", user_id: "ben" },
    },
    {
      notice: { on: "approved", request: "r7.pit", by: { room: pit } },
      fields: { method: "REQUEST_APPROVED", request_id: "r7.pit", room_id: "pit" },
    },
    {
      notice: { on: "rejected", request: "f7", by: { user: ben } },
      fields: { method: "REQUEST_REJECTED", request_id: "f7", user_id: "ben" },
    },
    {
      notice: { on: "rejected", request: "r7.pit", by: { room: pit } },
      fields: { method: "REQUEST_REJECTED", request_id: "r7.pit", room_id: "pit" },
    },
    {
      notice: { on: "unfriended", user: ben, why: "removed" },
      fields: { method: "FRIEND_REMOVED", user_id: "ben" },
    },
    {
      notice: { on: "unfriended", user: ben, why: "deleted" },
      fields: { method: "USER_DELETED", user_id: "ben" },
    },
    {
      notice: { on: "deleted", user: ben },
      fields: { method: "USER_DELETED", user_id: "ben" },
    },
    {
      notice: { on: "expelled", room: pit },
      fields: { method: "USER_LEAVE_ROOM", user_id: "ana", room_id: "pit" },
    },
    {
      notice: { on: "appointed", room: pit },
      fields: { method: "APPOINTED_AS_ADMIN", room_id: "pit" },
    },
    {
      notice: { on: "deposed", room: pit },
      fields: { method: "REMOVED_AS_ADMIN", room_id: "pit" },
    },
    {
      notice: { on: "roomRemoved", room: pit },
      fields: { method: "ROOM_REMOVED", room_id: "pit" },
    },
  ])("$fields.method, when it happens and when it was kept", ({ notice, fields }) => {
    const client = loggedIn({ friends: ["ben"], rooms: { pit: ["ben"] } });
    client.noticed(notice);
    expect(client.hears()).toEqual([{ push_id: 1, ...fields }]);
    const later = loggedIn({ kept: [notice] });
    expect(later.hears()).toEqual([
      { resp_id: 1, err: 900 },
      { push_id: 1, ...fields },
    ]);
  });

  it("what was kept comes in its order, right behind the answer to the log-in", () => {
    const kept: readonly Notice[] = [
      { on: "friendAsked", request: "f7", at: NOW, from: ben, text: "" },
      { on: "words", id: 1, at: NOW, from: ben, room: pit, text: "hi" },
      { on: "roomRemoved", room: pit },
    ];
    const client = loggedIn({ kept });
    expect(client.hears().map(({ err, push_id, method }) => err ?? `${push_id} ${method}`)).toEqual(
      [900, "1 NEW_FRIEND_REQUEST", "2 NEW_ROOM_MESSAGE", "3 ROOM_REMOVED"],
    );
  });
});

describe("presence of friends and room-mates", () => {
  it("one push for each real change, also of who is both", () => {
    const client = loggedIn({ friends: ["ben"], rooms: { pit: ["ben"], hall: ["ben"] } });
    client.changes("ben", "offline", "online");
    expect(client.hears()).toEqual([{ push_id: 1, method: "USER_ONLINE", user_id: "ben" }]);
    client.changes("ben", "online", "busy");
    client.changes("ben", "busy", "away");
    client.changes("ben", "away", "online");
    expect(client.hears()).toEqual([]);
    client.changes("ben", "away", "offline");
    expect(client.hears()).toEqual([{ push_id: 2, method: "USER_OFFLINE", user_id: "ben" }]);
  });

  it("how things are when a watch begins is no change", () => {
    const client = loggedIn({ friends: ["ben"] });
    client.input({ on: "statuses", statuses: [[ben, "online"]] });
    expect(client.hears()).toEqual([]);
  });

  it("of strangers is not told", () => {
    const client = loggedIn({ friends: ["ben"] });
    client.changes("cat", "offline", "online");
    client.input({ on: "about", user: "cat" as UserId, nickname: "Cat" });
    expect(client.hears()).toEqual([]);
  });

  it("their new names and descriptions are told", () => {
    const client = loggedIn({ friends: ["ben"] });
    client.input({ on: "about", user: ben, nickname: "Benjamin", description: "" });
    expect(client.hears()).toEqual([
      { push_id: 1, method: "USER_NICKNAME_CHANGED", user_id: "ben", user_nickname: "Benjamin" },
      { push_id: 2, method: "USER_DESCRIPTION_CHANGED", user_id: "ben", user_description: "" },
    ]);
  });
});

describe("who is watched, and why", () => {
  it("everybody else in the rooms where it sits down", () => {
    const client = loggedIn();
    client.told({ on: "seated", room: pit, seq: 1, mates: names(["ana", "ben", "cat"]) });
    expect(client.asksShort()).toEqual(["watch ben cat"]);
    client.told({ on: "seated", room: "hall" as RoomId, seq: 1, mates: names(["ben", "dan"]) });
    expect(client.asksShort()).toEqual(["watch dan"]);
  });

  it("until the last reason is gone", () => {
    const client = loggedIn({ friends: ["ben"], rooms: { pit: ["ben"], hall: ["ben"] } });
    client.told({ on: "unseated", room: pit });
    client.noticed({ on: "unfriended", user: ben, why: "removed" });
    expect(client.asks()).toEqual([]);
    client.happens("hall", { on: "expelled", seq: 1, user: ben, why: "left" });
    expect(client.asksShort()).toEqual(["unwatch ben"]);
    client.changes("ben", "online", "offline");
    expect(client.hearsShort()).toEqual(["FRIEND_REMOVED", "USER_LEAVE_ROOM"]);
  });

  it("new members, new friends on either side, and no longer who is removed", () => {
    const client = loggedIn({ rooms: { pit: [] } });
    client.happens("pit", { on: "enrolled", seq: 1, user: ben });
    client.noticed({ on: "approved", request: "f1", by: { user: "cat" as UserId } });
    expect(client.asksShort()).toEqual(["watch ben", "watch cat"]);
    client.says("APPROVE_REQUEST", { request_id: "f2" });
    client.answered({ on: "done", friend: "dan" as UserId });
    client.says("REMOVE_FRIEND", { subject_user_id: "cat" });
    client.answered({ on: "done" });
    expect(client.asksShort()).toEqual([
      "answerFriend",
      "watch dan",
      "removeFriend",
      "unwatch cat",
    ]);
    client.noticed({ on: "roomRemoved", room: pit });
    expect(client.asksShort()).toEqual(["unwatch ben"]);
  });

  it("a failed removal of a friend changes nothing", () => {
    const client = loggedIn({ friends: ["ben"] });
    client.says("REMOVE_FRIEND", { subject_user_id: "ben" });
    client.answered({ on: "refused", code: "shard_unavailable", facts: {} });
    client.changes("ben", "offline", "online");
    expect(client.hearsShort()).toEqual([999, "USER_ONLINE"]);
  });

  it("no more than there may be, and no word of those beyond", () => {
    const many = Array.from({ length: 12 }, (_, index) => `u${index}`);
    const client = loggedIn();
    client.told({ on: "seated", room: pit, seq: 1, mates: names(many) });
    expect(client.asksShort()).toEqual([`watch ${many.slice(0, 10).join(" ")}`]);
    client.changes("u9", "offline", "online");
    client.changes("u10", "offline", "online");
    client.input({ on: "garbled", code: "subscriptions_limit", facts: {} });
    expect(client.hears()).toMatchObject([{ user_id: "u9" }]);
  });
});

describe("somebody is deleted", () => {
  it("is told once to who was a friend and shared rooms", () => {
    const client = loggedIn({ friends: ["ben"], rooms: { pit: ["ben"], hall: ["ben"] } });
    client.happens("pit", { on: "expelled", seq: 1, user: ben, why: "deleted" });
    client.noticed({ on: "unfriended", user: ben, why: "deleted" }, { on: "deleted", user: ben });
    client.happens("hall", { on: "expelled", seq: 1, user: ben, why: "deleted" });
    expect(client.hears()).toEqual([{ push_id: 1, method: "USER_DELETED", user_id: "ben" }]);
    expect(client.asksShort()).toEqual(["unwatch ben"]);
  });

  it("is told again when somebody signs up under the name, becomes a friend, and goes", () => {
    const client = loggedIn({ friends: ["ben"] });
    client.noticed({ on: "unfriended", user: ben, why: "deleted" });
    client.noticed({ on: "approved", request: "f9", by: { user: ben } });
    client.noticed({ on: "unfriended", user: ben, why: "deleted" });
    expect(client.hearsShort()).toEqual(["USER_DELETED", "REQUEST_APPROVED", "USER_DELETED"]);
  });

  it("is told once to who was away", () => {
    const client = loggedIn({
      kept: [
        { on: "unfriended", user: ben, why: "deleted" },
        { on: "deleted", user: ben },
        { on: "deleted", user: "cat" as UserId },
      ],
    });
    expect(client.hears().map(({ method, user_id }) => [method, user_id])).toEqual([
      [undefined, undefined],
      ["USER_DELETED", "ben"],
      ["USER_DELETED", "cat"],
    ]);
  });
});

describe("what does not concern SCRP", () => {
  it("an invite to a game, a token, who is there", () => {
    const client = loggedIn();
    client.told({ on: "invited", room: pit, user: ana, from: ben });
    client.told({ on: "accepted", room: pit, seq: 1 });
    client.input({ on: "minted", token: "a.b.c", request: undefined });
    client.input({ on: "there", users: [ben] });
    expect(client.hears()).toEqual([]);
    expect(client.asks()).toEqual([]);
  });

  it("nothing is pushed to a stranger", () => {
    const client = loggedIn({ friends: ["ben"], rooms: { pit: ["ben"] } });
    client.says("LOG_OUT");
    client.hears();
    client.changes("ben", "offline", "online");
    client.noticed({ on: "appointed", room: pit });
    client.happens("pit", { ...said, from: ben });
    client.told({ on: "seated", room: pit, seq: 1, mates: [ben] });
    client.told({ on: "unseated", room: pit });
    expect(client.hears()).toEqual([]);
  });
});
