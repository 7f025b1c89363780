/** What is not there has a smaller number than most that may be wrong beside it: 300, or 301. */
import type { Code } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { type Fields, loggedIn } from "./client.contract.ts";
import { House, type Person } from "./house.contract.ts";
import { entryOf, type Method } from "./methods.ts";
import { methods } from "./requests.contract.ts";

type Fault = { readonly method: Method; readonly fields: Fields; readonly err: number };

const long = "x".repeat(257);
const ofRooms: readonly Fault[] = [
  { method: "CHANGE_ROOM_ACCESS", fields: { room_access_type: 7 }, err: 340 },
  { method: "CHANGE_ROOM_ACCESS", fields: { room_access_type: 1 }, err: 311 },
  {
    method: "CHANGE_ROOM_ACCESS",
    fields: { room_access_type: 1, room_password: "short" },
    err: 311,
  },
  { method: "CHANGE_ROOM_NICKNAME", fields: { new_room_nickname: "" }, err: 321 },
  { method: "CHANGE_ROOM_DESCRIPTION", fields: { new_room_description: long }, err: 331 },
];
const ofUsers: readonly Fault[] = [
  { method: "ADD_FRIEND", fields: { verification_message: long }, err: 330 },
  { method: "REMOVE_USER_FROM_ROOM", fields: { room_id: "" }, err: 301 },
  { method: "SET_ADMIN", fields: { room_id: "" }, err: 301 },
  { method: "REMOVE_ADMIN", fields: { room_id: "no room" }, err: 301 },
];

/** Ana with a room of hers, a guest's room, and somebody else. */
function house() {
  const all = new House();
  const [ana, ben] = all.people("ana", "ben");
  ana.creates("pit");
  ana.hears();
  const guest = all.scene.connect("1:12345");
  guest.identifies();
  guest.joins("den");
  const answer = (person: Person, { method, fields }: Omit<Fault, "err">): readonly string[] => {
    person.asks(method, fields);
    return person.hears();
  };
  return { ana, answer, ben, scene: all.scene };
}

describe("a fault", () => {
  it.each(ofRooms)("of $method beside a room: $err, but 301 if that is not there", (fault) => {
    const { ana, answer } = house();
    const { err, fields, method } = fault;
    const at = (room_id: string) => answer(ana, { method, fields: { ...fields, room_id } });
    expect([at("pit"), at("nowhere"), at("den")]).toEqual([[`${err}`], ["301"], ["301"]]);
  });

  it.each(ofUsers)("of $method beside a user: $err, but 300 if nobody is called so", (fault) => {
    const { ana, answer } = house();
    const { err, fields, method } = fault;
    const of = (subject_user_id: string) => {
      return answer(ana, { method, fields: { ...fields, subject_user_id } });
    };
    expect([of("ben"), of("nobody"), of("1:12345")]).toEqual([[`${err}`], ["300"], ["300"]]);
  });

  it("of a request to be one's own friend is 300", () => {
    const { ana, answer } = house();
    const fields = { subject_user_id: "ana", verification_message: long };
    expect(answer(ana, { method: "ADD_FRIEND", fields })).toEqual(["300"]);
  });

  it("is told in the turn of its request: what is made before is there", () => {
    const { ana, scene } = house();
    scene.atOnce(() => {
      ana.creates("hall");
      ana.asks("CHANGE_ROOM_NICKNAME", { room_id: "hall", new_room_nickname: "" });
      ana.asks("REMOVE_ROOM", { room_id: "hall" });
      ana.asks("CHANGE_ROOM_NICKNAME", { room_id: "hall", new_room_nickname: "" });
    });
    expect(ana.hears()).toEqual(["900", "321", "900", "301"]);
  });

  it("never stands beside a user and a room that are both right: one question is enough", () => {
    for (const method of methods) {
      const fields = Object.values(entryOf(method).fields);
      const named = fields.filter(({ names }) => names !== undefined);
      if (named.length > 1) expect(fields).toHaveLength(named.length);
    }
  });
});

describe("a fault of which a shard was asked whether it is the smallest", () => {
  const asks = (): ReturnType<typeof loggedIn> => {
    const client = loggedIn();
    client.says("CHANGE_ROOM_ACCESS", { room_id: "pit", room_access_type: 7 });
    return client;
  };

  it.each([
    { code: "room_unknown", err: 301 },
    { code: "inbox_full", err: 340 },
    { code: "shard_unavailable", err: 340 },
  ] as const)("is $err when the shard says $code", ({ code, err }) => {
    const client = asks();
    client.answered({ on: "refused", code, facts: {} });
    expect(client.hearsShort()).toEqual([err]);
  });

  it("is told also if the shard never answers, or the session ends", () => {
    const silent = asks();
    silent.passes(60_000);
    silent.says("GET_TIME");
    expect(silent.hearsShort()).toEqual([340, 900]);
    const ended = asks();
    ended.told({ on: "ended", code: "session_replaced" as Code });
    expect(ended.hearsShort()).toEqual([340, "FORCED_TO_LOGGED_OFF"]);
  });

  it("is not asked of by a stranger, who hears 250", () => {
    const { ana } = house();
    ana.asks("LOG_OUT");
    ana.asks("CHANGE_ROOM_ACCESS", { room_id: "nowhere", room_access_type: 7 });
    expect(ana.hears()).toEqual(["900", "250"]);
  });
});

describe("a refusal by who did not look whether it is there", () => {
  it("to speak: 801 in a room of members, 301 where guests alone made one", () => {
    const { answer, ben } = house();
    const say = (room_id: string) => {
      return answer(ben, { method: "SEND_ROOM_MESSAGE", fields: { room_id, message: "hello" } });
    };
    expect([say("pit"), say("den"), say("nowhere")]).toEqual([["801"], ["301"], ["301"]]);
  });

  it("to have one friend more: 801, and 300 if nobody is called so", () => {
    const all = new House({ friendsMax: 1 });
    const [ana, ben] = all.people("ana", "ben", "cat");
    ana.befriends(ben);
    const add = (subject_user_id: string) => {
      ana.asks("ADD_FRIEND", { subject_user_id, verification_message: "" });
      return ana.hears();
    };
    expect([add("cat"), add("nobody")]).toEqual([["801"], ["300"]]);
  });
});
