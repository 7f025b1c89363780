import type { GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Hall, Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const id = (name: string) => name as UserId;

/** Ana's public room with Ben, an admin, and Carl; Zoe and Yan sit there as guests. */
function room(): Hall {
  const hall = new Hall();
  hall.create("ana", "pit");
  for (const user of ["ben", "carl"]) hall.enter(user, "pit");
  hall.ask("ana", { on: "setAdmin", room: pit, subject: id("ben"), isAdmin: true });
  for (const user of ["zoe", "yan"]) hall.join(user, "pit");
  return hall;
}

const close = (hall: Hall, access: "public" | "password" | "permission"): string => {
  return hall.ask("ana", { on: "adjust", room: pit, changes: { access, hash: "h" } });
};
const remove = (hall: Hall, by: string, subject: string): string => {
  return hall.ask(by, { on: "removeMember", room: pit, subject: id(subject) });
};
const part = (hall: Hall, session: string): void => {
  hall.desk.batch([{ on: "part", room: pit, session: session as SessionId }]);
};

describe("when a room is not public any more", () => {
  it.each(["password", "permission"] as const)("but by %s, its guests have to go", (access) => {
    const hall = room();
    expect(close(hall, access)).toBe("done");
    expect(hall.told).toEqual([
      "ana/1 done",
      "zoe/1 unseated",
      "zoe/1 room_closed",
      "yan/1 unseated",
      "yan/1 room_closed",
    ]);
    expect(hall.sent).toEqual(["zoe unbound", "yan unbound"]);
    expect(hall.events).toMatchObject([
      { on: "left", user: "zoe" },
      { on: "left", user: "yan" },
    ]);
    expect(hall.events.some((event) => "member" in event || "by" in event)).toBe(false);
    expect([...(hall.desk.state.rooms.get(pit)?.members.keys() ?? [])]).toEqual([
      "ana",
      "ben",
      "carl",
    ]);
    expect(hall.join("zoe", "pit")).toBe("room_closed");
  });

  it("nothing that happens then reaches a gateway that has guests alone", () => {
    const hall = room();
    const join = { on: "join", room: pit, user: id("far"), invite: [] } as const;
    hall.desk.batch([{ ...join, session: "far/1" as SessionId }], "gate1");
    // In one moment with words that they hear: those were before.
    const asked = { room: pit, user: id("ana"), session: undefined } as const;
    const { items } = hall.desk.batch([
      { on: "say", ...asked, text: "hello" },
      { on: "adjust", ...asked, changes: { access: "permission" } },
      { on: "say", ...asked, text: "among us" },
    ]);
    const far = items.filter(({ to }) => to.includes("gate1" as GatewayId));
    expect(far).toMatchObject([
      { item: { to: "room", events: [{ on: "said", text: "hello" }] } },
      { item: { to: "session", told: { on: "unseated" } } },
      { item: { to: "session", told: { on: "refused", code: "room_closed" } } },
    ]);
  });

  it("those whose connection is lost do not come back", () => {
    const hall = room();
    part(hall, "zoe/1");
    close(hall, "permission");
    expect(hall.told).not.toContain("zoe/1 unseated");
    expect(hall.sent).toContain("zoe unbound");
    const moved = { user: id("zoe"), room: pit, was: "zoe/1" as SessionId };
    const next = { ...moved, session: "zoe/2" as SessionId, gateway: "gate0" as GatewayId };
    const reseated = hall.desk.batch([{ on: "reseat", ...next }]);
    expect(reseated.outbox).toMatchObject([{ command: { on: "unbound", session: "zoe/2" } }]);
    const caught = hall.desk.batch([{ on: "catchUp", ...next, after: 1 }]);
    expect(caught.items).toMatchObject([{ item: { told: { code: "not_a_member" } } }]);
  });

  it("a guest of that name as its shard knows it sits there no longer, also when it resumes", () => {
    const village = new Village({ resumeMs: 60_000 }, 3);
    village.enter("ana");
    const { born } = village.account("ana");
    const mine = { room: pit, born: born ?? 0 };
    village.ask("ana", { on: "create", ...mine, title: "Pit", access: "public" });
    village.attach("zoe", { means: "idme", resume: "secret" });
    expect(village.ask("zoe", { on: "join", room: pit, invite: [] })).toBe("seated");
    village.logOut("zoe", "lost");
    village.ask("ana", { on: "adjust", ...mine, changes: { access: "permission" } });
    village.attach("zoe", { means: "idme", resume: "secret", session: "zoe again" });
    expect(village.told.get("zoe again")).toMatchObject([
      { on: "attached", resumed: { rooms: [] } },
    ]);
  });

  it("who sits there as a member stays, and so do guests of a room that stays public", () => {
    const hall = room();
    expect(close(hall, "public")).toBe("done");
    expect([hall.events, hall.told]).toEqual([[], ["ana/1 done"]]);
    hall.enter("zoe", "pit");
    close(hall, "password");
    expect(hall.told.filter((it) => it.startsWith("zoe"))).toEqual([]);
  });
});

describe("removing a guest", () => {
  it.each([
    { who: "the owner", by: "ana", answer: "done" },
    { who: "an admin", by: "ben", answer: "done" },
    { who: "a member", by: "carl", answer: "account_unknown" },
    { who: "another guest", by: "yan", answer: "account_unknown" },
    { who: "the guest itself", by: "zoe", answer: "account_unknown" },
  ])("by $who: $answer", ({ by, answer }) => {
    const hall = room();
    expect(remove(hall, by, "zoe")).toBe(answer);
    const isHere = hall.desk.state.rooms.get(pit)?.members.has(id("zoe"));
    expect(isHere).toBe(answer !== "done");
  });

  it("takes all its seats, says why, and the others hear that it left and by whom", () => {
    const hall = room();
    hall.join("zoe", "pit", "zoe/2");
    part(hall, "zoe/2");
    remove(hall, "ben", "zoe");
    expect(hall.told).toEqual(["zoe/1 unseated", "zoe/1 guest_removed", "ben/1 done"]);
    expect(hall.sent).toEqual(["zoe unbound", "zoe unbound"]);
    expect(hall.events).toMatchObject([{ on: "left", user: "zoe", by: "ben" }]);
    const record = hall.desk.records.get("room/pit") as RoomRecord;
    expect(record.members).toHaveLength(3);
  });

  it("is no ban: it may come again", () => {
    const hall = room();
    remove(hall, "ana", "zoe");
    expect(remove(hall, "ana", "zoe")).toBe("account_unknown");
    expect(hall.join("zoe", "pit")).toBe("seated");
  });
});
