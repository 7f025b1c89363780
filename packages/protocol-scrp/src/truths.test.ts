/** What is answered 900 and pushed is so, also where two shards must agree on it. */
import { describe, expect, it } from "vitest";
import { House, type Person } from "./house.contract.ts";

describe("an approval", () => {
  it("of who has too many rooms is refused, and nobody hears of a leave without an entry", () => {
    const house = new House({ roomsPerUserMax: 1 });
    const [ana, ben] = house.people("ana", "ben");
    ana.creates("pit", { room_access: 2 });
    ben.enters("pit");
    ben.creates("den");
    const request = requestOf(ana);
    ana.asks("APPROVE_REQUEST", { request_id: request });
    expect(ana.hears()).toEqual(["801"]);
    ben.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "hello?" });
    expect(ben.hears()).toEqual(["900", "900", "REQUEST_REJECTED pit", "801"]);
    ana.asks("APPROVE_REQUEST", { request_id: request });
    expect(ana.hears()).toEqual(["801"]);
  });

  it("of somebody who is gone is refused, and makes no friend who is taken back", () => {
    const house = new House();
    const [ana, ben] = house.people("ana", "ben");
    ana.asks("ADD_FRIEND", { subject_user_id: "ben", verification_message: "" });
    ana.asks("DELETE_USER", { user_password: "a secret" });
    ben.asks("APPROVE_REQUEST", { request_id: requestOf(ben) });
    expect(ben.hears()).toEqual(["801"]);
  });
});

describe("nobody and nowhere", () => {
  it.each(["REMOVE_USER_FROM_ROOM", "SET_ADMIN", "REMOVE_ADMIN"] as const)(
    "%s says 300 before 301",
    (method) => {
      const house = new House();
      const [ana] = house.people("ana", "ben");
      ana.creates("pit");
      const asks = (user: string, room: string): void => {
        ana.asks(method, { subject_user_id: user, room_id: room });
      };
      asks("nobody", "nowhere");
      asks("ben", "nowhere");
      asks("nobody", "pit");
      expect(ana.hears()).toEqual(["900", "300", "301", "300"]);
    },
  );
});

/** The others are such as nobody could sign up under. */
const GUESTS = ["guest", "1:12345", "Ann of 🚂"];

describe("guests of a room", () => {
  it("have to go when it is closed; who closed it hears that behind its answer", () => {
    const { ana, ben, guest, hears } = table();
    ana.asks("CHANGE_ROOM_ACCESS", { room_id: "pit", room_access_type: 2 });
    expect(ana.hears()).toEqual(["900", "USER_LEAVE_ROOM guest pit"]);
    expect(ben.hears()).toEqual(["USER_LEAVE_ROOM guest pit"]);
    ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "among us" });
    expect(hears()).not.toContain("game");
    guest.joins("pit");
    expect(ben.hears()).toEqual(["NEW_ROOM_MESSAGE ana pit among us"]);
  });

  it.each(GUESTS)("are put out like members, %s too: the others are told", (name) => {
    const { ana, ben, guest, hears } = table(name);
    ben.asks("REMOVE_USER_FROM_ROOM", { room_id: "pit", subject_user_id: name });
    expect(ben.hears()).toEqual(["300"]);
    ana.asks("REMOVE_USER_FROM_ROOM", { room_id: "pit", subject_user_id: name });
    expect(ana.hears()).toEqual(["900"]);
    expect(ben.hears()).toEqual([`USER_LEAVE_ROOM ${name} pit`]);
    ana.asks("SEND_ROOM_MESSAGE", { room_id: "pit", message: "among us" });
    expect(hears()).not.toContain("game");
    guest.joins("pit");
    expect(ana.hears()).toEqual(["900", `USER_ENTER_ROOM ${name} pit`]);
  });

  it.each(GUESTS)("are banned, %s too, and let in again", (name) => {
    const { ana, ben, guest } = table(name);
    ana.asks("BAN_USER", { room_id: "pit", subject_user_id: name });
    guest.joins("pit");
    expect([ana.hears(), ben.hears()]).toEqual([["900"], [`USER_LEAVE_ROOM ${name} pit`]]);
    ana.asks("UNBAN_USER", { room_id: "pit", subject_user_id: name });
    guest.joins("pit");
    expect(ana.hears()).toEqual(["900", `USER_ENTER_ROOM ${name} pit`]);
  });
});

describe("a room's owner is deleted", () => {
  it("its mates hear of it and of the room, once each, friends or not, here or away", () => {
    const house = new House();
    const [ana, ben, cat, dan] = house.people("ana", "ben", "cat", "dan");
    ana.befriends(ben);
    for (const room of ["pit", "den"]) {
      ana.creates(room);
      for (const person of [ben, cat, dan]) person.enters(room);
    }
    dan.asks("LOG_OUT");
    for (const person of [ana, ben, cat, dan]) person.hears();
    ana.asks("DELETE_USER", { user_password: "a secret" });
    dan.logsIn();
    const news = ["ROOM_REMOVED den", "ROOM_REMOVED pit", "USER_DELETED ana"];
    const wordOf = (person: Person) => person.hears().filter((it) => !/^900|LINE/.test(it));
    for (const person of [ben, cat, dan]) expect([...wordOf(person)].sort()).toEqual(news);
  });
});

/** Ana's public room with Ben, and a guest who speaks turntable. */
function table(name = "guest") {
  const house = new House();
  const [ana, ben] = house.people("ana", "ben");
  ana.creates("pit");
  ben.enters("pit");
  const guest = house.scene.connect(name);
  guest.identifies();
  guest.joins("pit");
  guest.frames();
  for (const person of [ana, ben]) person.hears();
  const hears = () => guest.heard().map(({ command }) => command);
  return { ana, ben, guest, hears };
}

const requestOf = (person: Person) => {
  return person.messages().find((it) => it["request_id"] !== undefined)?.["request_id"];
};
