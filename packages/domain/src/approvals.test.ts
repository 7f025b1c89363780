import type { RoomId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { RoomEvent } from "./item.ts";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const id = (name: string): UserId => name as UserId;

describe("whoever is approved to enter a room", () => {
  it("is told so when its own shard has the membership, and the approver is answered then", () => {
    const village = house();
    const waiting = asks(village, "zoe", "pit");
    expect(approves(village, "ana")).toBe("done");
    expect(village.account("zoe").rooms).toEqual(["pit"]);
    const request = `r${waiting}.pit`;
    const approved = { on: "approved", request, by: { room: "pit" } };
    expect(village.notices("zoe")).toEqual([approved]);
    expect(village.told.get("zoe")?.at(-1)).toMatchObject({ on: "seated", mates: ["ana", "ben"] });
  });

  it("is told so at its next log-in, if it is away", () => {
    const village = house();
    const waiting = asks(village, "zoe", "pit");
    village.logOut("zoe");
    expect(approves(village, "ben")).toBe("done");
    village.logIn("zoe", { session: "again" });
    expect(village.notices("again")).toMatchObject([
      { on: "approved", request: `r${waiting}.pit` },
    ]);
  });

  it("but has too many rooms by then is not let in, and neither of them believes so", () => {
    const village = house();
    const waiting = asks(village, "zoe", "pit");
    creates(village, "zoe", "arena");
    expect(approves(village, "ana")).toBe("rooms_limit");
    expect(village.notices("zoe")).toEqual([
      { on: "rejected", request: `r${waiting}.pit`, by: { room: "pit" } },
    ]);
    expect(village.account("zoe").rooms).toEqual(["arena"]);
    expect(roomOf(village)).toMatchObject({ requests: [], admins: ["ben"] });
    expect(roomOf(village).members.map(([name]) => name)).toEqual(["ana", "ben"]);
    expect(approves(village, "ana")).toBe("request_unknown");
  });

  it("but has no account any more has asked for nothing", () => {
    const village = house();
    asks(village, "zoe", "pit");
    // The room does not know yet: its answer is on the way when the account ends.
    village.put("ana", answer(village));
    village.work(village.desks.indexOf(village.deskOf("pit")));
    village.deskOf("zoe").batch([{ on: "deleteAccount", user: id("zoe"), session: undefined }]);
    village.settle();
    expect(village.told.get("ana")?.at(-1)).toMatchObject({ code: "request_unknown" });
    expect(roomOf(village).members.map(([name]) => name)).toEqual(["ana", "ben"]);
    village.enter("zoe");
    expect(village.notices("zoe")).toEqual([]);
  });

  it("and is not let in was let in by somebody, who hears neither of both; others hear both", () => {
    const village = house();
    asks(village, "zoe", "pit");
    creates(village, "zoe", "arena");
    village.items.length = 0;
    approves(village, "ana");
    expect(eventsIn(village)).toMatchObject([
      { on: "enrolled", user: "zoe", by: "ana" },
      { on: "expelled", user: "zoe", by: "ana", why: "left" },
    ]);
  });
});

describe("a question about a member of a room", () => {
  const wishes = [
    { on: "removeMember" },
    { on: "setAdmin", isAdmin: true },
    { on: "setAdmin", isAdmin: false },
  ] as const;

  it.each(wishes)("$on: that there is nobody of that name comes before no such room", (wish) => {
    const village = house();
    const ask = (room: string, subject: string): unknown => {
      const born = village.account("ana").born;
      village.ask("ana", { ...wish, room: room as RoomId, subject: id(subject), born });
      return village.told.get("ana")?.at(-1);
    };
    const [room, code] = ["nowhere", "room_unknown"];
    expect(ask(room, "ben")).toMatchObject({ on: "refused", code, room });
    expect(ask(room, "nobody")).toMatchObject({ on: "refused", code: "account_unknown", room });
    expect(ask("pit", "nobody")).toMatchObject({ code: "account_unknown", room: "pit" });
  });
});

/** Ana's room by permission with Ben as an admin, and Zoe, who may have one room. */
function house(): Village {
  const village = new Village({ roomsPerUserMax: 1 }, 3);
  village.enter("ana", "ben", "zoe");
  creates(village, "ana", "pit");
  enters(village, "ben", "pit");
  const mine = { room: pit, born: village.account("ana").born };
  village.ask("ana", { on: "setAdmin", ...mine, subject: id("ben"), isAdmin: true });
  village.ask("ana", { on: "adjust", ...mine, changes: { access: "permission" } });
  return village;
}

function creates(village: Village, user: string, name: string): void {
  const born = village.account(user).born ?? 0;
  const room = { room: name as RoomId, born, title: name, access: "public" } as const;
  expect(village.ask(user, { on: "create", ...room })).toBe("done");
}

function enters(village: Village, user: string, name: string): void {
  const born = village.account(user).born ?? 0;
  const from = { hasPassword: false, address: "::1" };
  expect(village.ask(user, { on: "enter", room: name as RoomId, born, ...from })).toBe("done");
}

/** Asks to enter; the number of the request. */
function asks(village: Village, user: string, name: string): number {
  enters(village, user, name);
  return roomOf(village).requests[0]?.id ?? 0;
}

const approves = (village: Village, by: string): string => village.ask(by, answer(village, by));

const answer = (village: Village, by = "ana") => {
  const { born } = village.account(by);
  const id = roomOf(village).requests[0]?.id ?? 0;
  return { on: "answerEntry", room: pit, born, id, how: "approve" } as const;
};

const roomOf = (village: Village) => village.record("room/pit", "pit") as RoomRecord;

function eventsIn({ items }: Village): readonly RoomEvent[] {
  const all = items.flatMap((item) => (item.to === "room" ? item.events : []));
  return all.filter(({ on }) => on === "enrolled" || on === "expelled");
}
