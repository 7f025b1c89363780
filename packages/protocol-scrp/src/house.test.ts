/** SCRP with everything behind it: gateways, shards and store in one process. */
import { describe, expect, it } from "vitest";
import { House } from "./house.contract.ts";

describe("a first visit", () => {
  it("sign-up, log-in, a room, and talk", () => {
    const house = new House();
    const ana = house.connect("ana");
    ana.signsUp();
    ana.logsIn();
    ana.creates("pit");
    const [ben] = house.people("ben");
    ben.enters("pit");
    ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "welcome" });
    ben.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "thanks" });
    expect(ana.hears()).toEqual([
      "900",
      "900",
      "900",
      "USER_ENTER_ROOM ben pit",
      "900",
      "NEW_ROOM_MESSAGE ben pit thanks",
    ]);
    expect(ben.hears()).toEqual(["900", "NEW_ROOM_MESSAGE ana pit welcome", "900"]);
  });

  it("a name is given once, and only with its password", () => {
    const house = new House();
    const [ana] = house.people("ana");
    ana.signsUp();
    expect(ana.hears()).toEqual(["400"]);
    const thief = house.connect("ana");
    thief.asks("LOG_IN", { user_id: "ana", user_password: "a guess" });
    thief.asks("LOG_IN", { user_id: "nobody", user_password: "a guess" });
    expect(thief.hears()).toEqual(["403", "403"]);
    for (let tries = 0; tries < 5; tries++) {
      thief.asks("LOG_IN", { user_id: "ana", user_password: "a guess" });
    }
    expect(thief.hears()).toEqual(["403", "403", "403", "403", "402"]);
  });

  it("all at once in one packet is answered in order", () => {
    const house = new House();
    const ana = house.connect("ana");
    house.scene.atOnce(() => {
      ana.signsUp();
      ana.logsIn();
      ana.creates("pit");
      ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "hello?" });
      ana.asks("LOG_OUT");
      ana.asks("GET_TIME");
      ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "hello?" });
    });
    expect(ana.messages().map(({ resp_id, err }) => [resp_id, err])).toEqual([
      [1, 900],
      [2, 900],
      [3, 900],
      [4, 900],
      [5, 900],
      [6, 900],
      [7, 250],
    ]);
  });
});

describe("who is away", () => {
  it("finds what happened, in order, right behind the answer to the log-in", () => {
    const house = new House();
    const [ana, ben, cat] = house.people("ana", "ben", "cat");
    ana.befriends(ben);
    ana.creates("pit");
    ben.enters("pit");
    ben.asks("LOG_OUT");
    ben.hears();
    ana.asks("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "one" });
    ana.asks("SET_ADMIN", { room_id: "pit", subject_user_id: "ben" });
    ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "two" });
    cat.asks("ADD_FRIEND", { subject_user_id: "ben", verification_message: "" });
    ana.asks("REMOVE_FRIEND", { subject_user_id: "ben" });
    house.scene.atOnce(() => {
      ben.logsIn();
      ben.asks("GET_TIME");
    });
    expect(ben.hears()).toEqual([
      "900",
      "NEW_PRIVATE_MESSAGE ana one",
      "APPOINTED_AS_ADMIN pit",
      "NEW_ROOM_MESSAGE ana pit two",
      "NEW_FRIEND_REQUEST cat",
      "FRIEND_REMOVED ana",
      "900",
    ]);
  });

  it("is told again what was sent into a broken connection, and not what was heard", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    ben.asks("LOG_OUT");
    ana.asks("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "one" });
    ben.logsIn();
    ben.hears();
    ben.player.drops();
    const again = house.connect("ben");
    again.logsIn();
    expect(again.hears()).toEqual(["900", "NEW_PRIVATE_MESSAGE ana one"]);
    again.asks("GET_TIME");
    again.player.drops();
    const third = house.connect("ben");
    third.logsIn();
    expect(third.hears()).toEqual(["900"]);
  });

  it("may fetch the messages instead", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    ben.asks("LOG_OUT");
    ana.asks("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "one" });
    ben.logsIn();
    ben.hears();
    ben.asks("RECEIVE_MESSAGE");
    expect(ben.messages()).toMatchObject([{ messages: [{ sender_id: "ana", message: "one" }] }]);
    ben.asks("RECEIVE_MESSAGE");
    expect(ben.messages()).toMatchObject([{ messages: [] }]);
  });
});

describe("presence", () => {
  it("a friend in two shared rooms comes and goes once", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    for (const room of ["pit", "hall"]) {
      ana.creates(room);
      ben.enters(room);
    }
    for (const person of [ana, ben]) person.hears();
    ben.asks("LOG_OUT");
    expect(ana.hears()).toEqual(["USER_OFFLINE ben"]);
    ben.logsIn();
    expect(ana.hears()).toEqual(["USER_ONLINE ben"]);
    expect(ben.hears()).toEqual(["900", "900"]);
  });

  it("both sides of a new friendship see each other come and go", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    ana.asks("LOG_OUT");
    expect(ben.hears()).toEqual(["USER_OFFLINE ana"]);
    ana.logsIn();
    ana.hears();
    ben.asks("LOG_OUT");
    expect(ana.hears()).toEqual(["USER_OFFLINE ben"]);
  });

  it("a new nickname reaches friend and mate once", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    ana.creates("pit");
    ben.enters("pit");
    ana.hears();
    ben.asks("CHANGE_USER_NICKNAME", { user_nickname: "Benjamin" });
    expect(ana.hears()).toEqual(["USER_NICKNAME_CHANGED ben Benjamin"]);
  });
});

describe("a connection that is dead", () => {
  it("loses nothing that was answered 900: it is kept, in its order", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    ana.creates("pit");
    ben.enters("pit");
    house.scene.passes(10_000);
    ben.asks("GET_TIME");
    house.scene.passes(10_000);
    ana.asks("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "one" });
    ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "two" });
    ben.player.drops();
    ana.asks("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "three" });
    const later = house.connect("ben");
    later.logsIn();
    expect(later.hears()).toEqual([
      "900",
      "NEW_PRIVATE_MESSAGE ana one",
      "NEW_ROOM_MESSAGE ana pit two",
      "NEW_PRIVATE_MESSAGE ana three",
    ]);
  });

  it("may have lost what it was told last: a newer one hears that at once", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    house.scene.passes(10_000);
    ben.asks("GET_TIME");
    house.scene.passes(10_000);
    ana.asks("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "one" });
    const newer = house.connect("ben");
    newer.logsIn();
    expect(newer.hears()).toEqual(["900", "NEW_PRIVATE_MESSAGE ana one"]);
    ben.player.drops();
    expect(newer.hears()).toEqual([]);
  });
});

describe("one account, two connections", () => {
  it("the older is logged off by force and stays open; its friends notice nothing", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.befriends(ben);
    house.scene.passes(10_000);
    ana.asks("GET_TIME"); // So she has what she was told before.
    ana.messages();
    const newer = house.connect("ana");
    newer.logsIn();
    expect(newer.hears()).toEqual(["900"]);
    expect(ana.messages()).toEqual([
      {
        push_id: expect.any(Number),
        method: "FORCED_TO_LOGGED_OFF",
        reason: "You logged in over another connection.",
      },
    ]);
    ana.asks("RECEIVE_MESSAGE");
    ana.logsIn();
    expect(ana.hears()).toEqual(["250", "900"]);
    expect(newer.hears()).toEqual(["FORCED_TO_LOGGED_OFF"]);
    expect(ben.hears()).toEqual([]);
  });
});

describe("rooms", () => {
  it("by password: the right one, a wrong one, none", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.creates("pit", { room_access: "ROOM_ACCESS_PASSWORD", room_password: "open sesame" });
    ben.enters("pit");
    ben.enters("pit", { room_password: "open barley" });
    ben.enters("pit", { room_password: "open sesame" });
    ben.enters("pit");
    ben.enters("nowhere");
    expect(ben.hears()).toEqual(["311", "403", "900", "900", "301"]);
    expect(ana.hears()).toEqual(["900", "USER_ENTER_ROOM ben pit"]);
  });

  it("by permission: owner and admins are asked, and who approves is not told what it did", () => {
    const house = new House();
    const [ana, ben, cat] = house.people("ana", "ben", "cat");
    ana.creates("pit", { room_access: 0 });
    ben.enters("pit");
    ana.asks("SET_ADMIN", { room_id: "pit", subject_user_id: "ben" });
    ana.asks("CHANGE_ROOM_ACCESS", { room_id: "pit", room_access_type: 2 });
    for (const person of [ana, ben]) person.hears();
    cat.enters("pit");
    expect(cat.hears()).toEqual(["900"]);
    const [asked] = ana.messages();
    expect(asked).toMatchObject({ method: "ENTER_ROOM_REQUEST", user_id: "cat", room_id: "pit" });
    expect(ben.hears()).toEqual(["ENTER_ROOM_REQUEST cat pit"]);
    ana.asks("APPROVE_REQUEST", { request_id: asked?.["request_id"] });
    expect(ana.hears()).toEqual(["900"]);
    expect(ben.hears()).toEqual(["USER_ENTER_ROOM cat pit"]);
    expect(cat.hears()).toEqual(["REQUEST_APPROVED pit"]);
    ben.asks("APPROVE_REQUEST", { request_id: asked?.["request_id"] });
    expect(ben.hears()).toEqual(["801"]);
    cat.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "here" });
    expect(ana.hears()).toEqual(["NEW_ROOM_MESSAGE cat pit here"]);
  });

  it("somebody is taken out, banned, and let in again", () => {
    const house = new House();
    const [ana, ben, cat] = house.people("ana", "ben", "cat");
    ana.creates("pit");
    ben.enters("pit");
    cat.enters("pit");
    for (const person of [ana, ben, cat]) person.hears();
    ben.asks("REMOVE_USER_FROM_ROOM", { room_id: "pit", subject_user_id: "cat" });
    ana.asks("BAN_USER", { room_id: "pit", subject_user_id: "ben" });
    expect(ben.hears()).toEqual(["801", "USER_LEAVE_ROOM ben pit"]);
    expect(ana.hears()).toEqual(["900"]);
    expect(cat.hears()).toEqual(["USER_LEAVE_ROOM ben pit"]);
    ben.enters("pit");
    ana.asks("UNBAN_USER", { room_id: "pit", subject_user_id: "ben" });
    ben.enters("pit");
    expect(ben.hears()).toEqual(["801", "900"]);
  });

  it("one is removed: its members are told, and hear no more of each other", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.creates("pit");
    ben.enters("pit");
    ana.hears();
    ana.asks("REMOVE_ROOM", { room_id: "pit" });
    expect(ana.hears()).toEqual(["900"]);
    expect(ben.hears()).toEqual(["900", "ROOM_REMOVED pit"]);
    ana.asks("LOG_OUT");
    expect(ben.hears()).toEqual([]);
    ben.creates("pit");
    expect(ben.hears()).toEqual(["900"]);
  });

  it("their names and descriptions change for all but who changes them", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.creates("pit");
    ben.enters("pit");
    for (const person of [ana, ben]) person.hears();
    ana.asks("CHANGE_ROOM_NICKNAME", { room_id: "pit", new_room_nickname: "The pit" });
    ben.asks("CHANGE_ROOM_NICKNAME", { room_id: "pit", new_room_nickname: "Mine" });
    ana.asks("CHANGE_ROOM_DESCRIPTION", { room_id: "pit", new_room_description: "Deep." });
    expect(ana.hears()).toEqual(["900", "900"]);
    expect(ben.hears()).toEqual([
      "ROOM_NICKNAME_CHANGED pit The pit",
      "801",
      "ROOM_DESCRIPTION_CHANGED pit",
    ]);
    ben.asks("GET_ROOM", { room_id: "pit" });
    expect(ben.messages()).toMatchObject([
      { room_nickname: "The pit", room_owner: "ana", room_access: 0, number_of_members: 2 },
    ]);
  });
});

describe("a user is deleted", () => {
  it("friends and mates are told once, also those who are away; its rooms are gone", () => {
    const house = new House();
    const [ana, ben, cat] = house.people("ana", "ben", "cat");
    ana.befriends(ben);
    ana.befriends(cat);
    for (const room of ["pit", "hall"]) {
      ben.creates(room);
      ana.enters(room);
      cat.enters(room);
    }
    ana.creates("den");
    ben.enters("den");
    cat.asks("LOG_OUT");
    for (const person of [ana, ben, cat]) person.hears();
    ana.asks("DELETE_USER", { user_password: "a guess" });
    ana.asks("DELETE_USER", { user_password: "a secret" });
    ana.asks("GET_TIME");
    ana.logsIn();
    expect(ana.hears()).toEqual(["403", "900", "900", "403"]);
    // Shards tell it in no certain order, but each once.
    expect([...ben.hears()].sort()).toEqual([
      "ROOM_REMOVED den",
      "USER_DELETED ana",
      "USER_OFFLINE ana",
    ]);
    cat.logsIn();
    expect(cat.hears()).toEqual(["900", "USER_DELETED ana"]);
    ana.signsUp();
    ana.logsIn();
    ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "me again" });
    ana.asks("SEND_PRIVATE_MESSAGE", { user_id: "ben", message: "me again" });
    expect(ana.hears()).toEqual(["900", "900", "801", "801"]);
  });
});

describe("one room, two protocols", () => {
  it("guests of turntable come, talk and go", () => {
    const house = new House();
    const [ana] = house.people("ana");
    ana.creates("pit");
    const guest = house.scene.connect("1:12345");
    guest.identifies();
    guest.joins("pit");
    guest.frames();
    guest.acts("pit", { text: "hi from the table" });
    ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "hi from the line" });
    guest.acts("pit", { x: 1 });
    guest.leaves("pit");
    expect(ana.hears()).toEqual([
      "900",
      "USER_ENTER_ROOM 1:12345 pit",
      "NEW_ROOM_MESSAGE 1:12345 pit hi from the table",
      "900",
      "USER_LEAVE_ROOM 1:12345 pit",
    ]);
    expect(guest.heard().map(({ data }) => (data as { actions: object[] }).actions)).toMatchObject([
      [{ from: "1:12345", data: { text: "hi from the table" } }],
      [{ from: "ana", data: { text: "hi from the line" } }],
      [{ from: "1:12345", data: { x: 1 } }],
    ]);
  });
});

describe("searches and facts", () => {
  it("find what begins so", () => {
    const house = new House();
    const [ana] = house.people("ana", "anton", "ben");
    ana.creates("pit");
    ana.hears();
    ana.asks("SEARCH_USER", { keyword: "an" });
    ana.asks("SEARCH_ROOM", { keyword: "p" });
    ana.asks("GET_ROOM_ACCESS_TYPE", { room_id: "pit" });
    expect(ana.messages()).toMatchObject([
      { users: [{ user_id: "ana" }, { user_id: "anton", user_nickname: "anton" }] },
      { rooms: [{ room_id: "pit", room_nickname: "pit", room_access: 0 }] },
      { room_access: 0 },
    ]);
  });

  it("say when somebody was last here", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    house.scene.passes(10_000);
    ben.asks("LOG_OUT");
    house.scene.passes(10_000);
    ana.asks("GET_USER_LAST_ACTIVITY_TIME", { user_id: "ben" });
    ana.asks("GET_USER", { user_id: "ben" });
    ana.asks("GET_TIME");
    const [last, user, now] = ana.messages();
    expect(Number(now?.["time"]) - Number(last?.["time"])).toBe(10);
    expect(Number(last?.["time"]) - Number(user?.["sign_up_time"])).toBe(10);
  });

  it("count what there is", () => {
    const house = new House();
    const [ana] = house.people("ana", "ben");
    ana.creates("pit");
    ana.hears();
    ana.asks("GET_SERVER");
    house.scene.passes(1_000);
    expect(ana.messages()).toMatchObject([
      { err: 900, number_of_users: 2, number_of_online_users: 2, number_of_rooms: 1 },
    ]);
  });
});
