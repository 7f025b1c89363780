/** What answers say, field by field. */
import type { Told } from "@roundhouse/domain";
import { describe, expect, it } from "vitest";
import { Client, type Fields, loggedIn, NOW } from "./client.contract.ts";
import type { Method } from "./methods.ts";

describe("answers", () => {
  type Bare<Shape> = Shape extends unknown ? Omit<Shape, "request"> : never;
  const answerTo = (method: Method, told: Bare<Told>): Fields => {
    const client = loggedIn();
    client.sends({ req_id: 5, method, user_id: "ben", room_id: "pit", message: "hi" });
    client.answered(told);
    const [{ resp_id, err, ...fields } = {}] = client.hears();
    expect([resp_id, err]).toEqual([5, 900]);
    return fields;
  };
  const time = 1_795_262_400;
  const user = "ben" as never;
  const room = "pit" as never;

  it("GET_TIME is answered at once, in whole seconds", () => {
    const client = new Client();
    client.now = NOW + 999;
    client.says("GET_TIME");
    expect(client.hears()).toEqual([{ resp_id: 1, err: 900, time }]);
  });

  it("a message is answered with its number and its time", () => {
    const sent = { on: "sent", id: 65, at: NOW + 999 } as const;
    expect(answerTo("SEND_ROOM_MESSAGE", sent)).toEqual({ message_id: 65, time });
    expect(answerTo("SEND_PRIVATE_MESSAGE", sent)).toEqual({ message_id: 65, time });
  });

  it("RECEIVE_MESSAGE lists messages of friends and rooms, and nothing else", () => {
    const told = {
      on: "mail",
      notices: [
        { on: "whispered", id: 1, at: NOW, from: user, text: "psst" },
        { on: "appointed", room },
        { on: "words", id: 2, at: NOW, from: user, room, text: "hi all" },
      ],
    } as const;
    expect(answerTo("RECEIVE_MESSAGE", told)).toEqual({
      messages: [
        { message_id: 1, time, sender_id: "ben", message: "psst" },
        { message_id: 2, time, sender_id: "ben", room_id: "pit", message: "hi all" },
      ],
    });
  });

  const profile = {
    user,
    nickname: "Ben",
    description: "tall",
    since: NOW - 5_000,
    seenAt: NOW + 10,
  };
  it("a user's last activity is a time; GET_USER says more", () => {
    const told = { on: "profile", profile } as const;
    expect(answerTo("GET_USER_LAST_ACTIVITY_TIME", told)).toEqual({ time });
    expect(answerTo("GET_USER", told)).toEqual({
      user_id: "ben",
      user_nickname: "Ben",
      user_description: "tall",
      sign_up_time: time - 5,
      last_activity_time: time,
    });
  });

  it.each([
    ["public", 0],
    ["password", 1],
    ["permission", 2],
  ] as const)("a room's access %s is %i; GET_ROOM says more", (access, number) => {
    const seen = { id: room, title: "Pit", description: "", owner: user, access, members: 3 };
    const told = { on: "described", room: seen } as const;
    expect(answerTo("GET_ROOM_ACCESS_TYPE", told)).toEqual({ room_access: number });
    expect(answerTo("GET_ROOM", told)).toEqual({
      room_id: "pit",
      room_nickname: "Pit",
      room_description: "",
      room_owner: "ben",
      room_access: number,
      number_of_members: 3,
    });
  });

  it("a search answers fifty at most", () => {
    const client = loggedIn();
    client.says("SEARCH_USER", { keyword: "b" });
    const users = Array.from({ length: 60 }, (_, index) => {
      return { id: `b${index}` as never, nickname: "B" };
    });
    client.found({ on: "users", users });
    const [answer] = client.hears();
    const named = users.map(({ id, nickname }) => ({ user_id: id, user_nickname: nickname }));
    expect(answer?.["users"]).toEqual(named.slice(0, 50));
    expect(answer).toMatchObject({ resp_id: 2, err: 900 });
    client.says("SEARCH_ROOM", { keyword: "p" });
    client.found({ on: "rooms", rooms: [{ id: room, title: "Pit", access: "password" }] });
    expect(client.hears()).toEqual([
      {
        resp_id: 3,
        err: 900,
        rooms: [{ room_id: "pit", room_nickname: "Pit", room_access: 1 }],
      },
    ]);
  });

  it("a search for what begins no id finds nothing, and asks nobody", () => {
    const client = loggedIn();
    client.says("SEARCH_USER", { keyword: "ben." });
    client.says("SEARCH_ROOM", { keyword: "x".repeat(17) });
    expect(client.hears()).toMatchObject([
      { err: 900, users: [] },
      { err: 900, rooms: [] },
    ]);
    expect(client.asks()).toEqual([]);
  });

  it("GET_SERVER answers section 1.2, all of it, also to a stranger", () => {
    const client = new Client();
    client.says("GET_SERVER");
    client.counted({
      version: "0.1.0",
      since: NOW - 60_000,
      users: 10,
      usersMax: 12,
      online: 3,
      onlineMax: 5,
      rooms: 2,
      roomsMax: 4,
      messagesIn: 5_000_000_000,
      messagesOut: 8,
      bytesIn: 5_000_000_000,
      bytesOut: 9,
    });
    expect(client.hears()).toEqual([
      {
        resp_id: 1,
        err: 900,
        nickname: "Roundhouse",
        version: "0.1.0",
        description: "A presence and game-room cluster.",
        protocol_version: "0.0.3",
        time,
        uptime: time - 60,
        number_of_users: 10,
        max_number_of_users: 12,
        number_of_online_users: 3,
        max_number_of_online_users: 5,
        number_of_rooms: 2,
        max_number_of_rooms: 4,
        messages_in: 4_294_967_295,
        messages_out: 8,
        data_in: 5_000_000_000,
        data_out: 9,
      },
    ]);
  });
});
