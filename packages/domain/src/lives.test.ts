import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Hall, type Wish } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const [ana, ben, carl] = ["ana", "ben", "carl"] as UserId[] as [UserId, UserId, UserId];
const recordOf = (hall: Hall) => hall.desk.records.get("room/pit") as RoomRecord | undefined;
const membersOf = (hall: Hall) => recordOf(hall)?.members.map(([user]) => user);

/** Ana's room; Ben is an admin, Carl a member, Zoe asks to enter. */
function room(access: "public" | "permission" = "public"): Hall {
  const hall = new Hall();
  hall.create("ana", "pit");
  for (const user of ["ben", "carl"]) hall.enter(user, "pit");
  hall.ask("ana", { on: "setAdmin", room: pit, subject: ben, isAdmin: true });
  hall.ask("ana", { on: "adjust", room: pit, changes: { access: "permission" } });
  hall.enter("zoe", "pit");
  hall.ask("ana", { on: "adjust", room: pit, changes: { access } });
  return hall;
}

const requestOf = (hall: Hall) => recordOf(hall)?.requests[0]?.id ?? 0;
const wishes = (hall: Hall): readonly Wish[] => [
  { on: "answerEntry", room: pit, id: requestOf(hall), how: "approve" },
  { on: "removeMember", room: pit, subject: carl },
  { on: "bar", room: pit, subject: carl, isBarred: true },
  { on: "bar", room: pit, subject: carl, isBarred: false },
  { on: "setAdmin", room: pit, subject: carl, isAdmin: true },
  { on: "removeRoom", room: pit },
  { on: "adjust", room: pit, changes: { title: "Mine" } },
  { on: "adjust", room: pit, changes: { access: "public" } },
  { on: "say", room: pit, text: "It is me." },
];
const rows = wishes(new Hall()).map((wish, index) => ({ wish, index }));
const wishOf = (hall: Hall, index: number) => wishes(hall)[index] as Wish;

describe("a later life of a name, before the room heard that the former is over", () => {
  it.each(rows)("does not $wish.on with the rights of an owner: that room is no more", (row) => {
    const hall = room();
    const wish = wishOf(hall, row.index);
    hall.reborn("ana");
    expect(hall.ask("ana", wish)).toBe("room_unknown");
    expect(recordOf(hall)).toBeUndefined();
    expect(hall.sent).toContain("carl disenrolled roomRemoved");
    expect(hall.sent).not.toContain("carl disenrolled expelled");
  });

  it.each(rows)("does not $wish.on with the rights of an admin or a member", (row) => {
    const hall = room();
    const wish = wishOf(hall, row.index);
    const before = recordOf(hall);
    hall.reborn("ben");
    expect(hall.ask("ben", wish)).toBe(row.wish.on === "say" ? "not_a_member" : "rights_missing");
    expect(recordOf(hall)).toMatchObject({ title: before?.title, requests: before?.requests });
    expect(membersOf(hall)).toEqual(["ana", "carl"]);
    expect(recordOf(hall)?.admins).toEqual([]);
    expect(hall.events.map(({ on }) => on)).toEqual(["left", "expelled"]);
  });

  it("does not leave in its name: nobody of that name is a member any more", () => {
    const hall = room();
    hall.reborn("carl");
    const leave: Wish = { on: "removeMember", room: pit, subject: carl };
    expect(hall.ask("carl", leave)).toBe("account_unknown");
    expect(hall.sent).toContain("carl disenrolled quietly");
    expect(hall.sent).not.toContain("carl disenrolled expelled");
  });

  it("is told of the room what anybody is", () => {
    const hall = room();
    hall.reborn("carl");
    expect(hall.ask("carl", { on: "describeRoom", room: pit })).toBe("described");
    expect(membersOf(hall)).toEqual(["ana", "ben"]);
  });

  it("may create the room that the former owned", () => {
    const hall = room();
    hall.reborn("ana");
    expect(hall.create("ana", "pit")).toBe("enrolled");
    expect(recordOf(hall)).toMatchObject({ owner: ana, members: [[ana, hall.bornOf("ana")]] });
    expect(hall.desk.records.get("shard")).toMatchObject({ rooms: 1 });
    hall.expel("ana", "pit", "deleted", 1_000); // That word comes now, and concerns nobody.
    expect(membersOf(hall)).toEqual(["ana"]);
  });

  it("decides the same as the first thing that a shard hears after its start", () => {
    const hall = room();
    hall.desk = hall.desk.next([]);
    hall.reborn("ana");
    expect(hall.ask("ana", { on: "describeRoom", room: pit })).toBe("room_unknown");
    expect(hall.desk.records.get("shard")).toMatchObject({ rooms: 0 });
  });
});

describe("a later life of a name that comes to sit", () => {
  it("is a guest: it finds the door closed where only members may sit", () => {
    const hall = room("permission");
    hall.reborn("carl");
    expect(hall.join("carl", "pit", "carl/2")).toBe("room_closed");
    expect(hall.told).toEqual(["carl/1 unseated", "carl/2 room_closed"]);
    expect(membersOf(hall)).toEqual(["ana", "ben"]);
  });

  it("hears in a public room what guests hear, and is told apart by the others", () => {
    const hall = room();
    hall.reborn("carl");
    expect(hall.join("carl", "pit", "carl/2")).toBe("seated");
    expect(hall.events).toMatchObject([
      { on: "left", user: carl, member: true },
      { on: "expelled", user: carl, why: "deleted" },
      { on: "joined", user: carl },
    ]);
    expect(hall.events[2]).not.toHaveProperty("member");
    expect(JSON.stringify(hall.effects?.items)).not.toContain("mates");
  });

  it("sits in a room of nobody's where the former was the owner", () => {
    const hall = room("permission");
    hall.desk = hall.desk.next([]);
    hall.reborn("ana");
    expect(hall.join("ana", "pit", "ana/2")).toBe("seated");
    expect(recordOf(hall)).toBeUndefined();
    expect(hall.desk.state.rooms.get(pit)?.charter).toBeUndefined();
    expect(hall.desk.records.get("shard")).toMatchObject({ rooms: 0 });
  });
});

describe("what a former life of a member's name said, and what somebody without an account says", () => {
  const strangers = [
    { who: "the former life", born: 7 },
    { who: "a guest of that name", born: undefined },
  ];

  it.each(strangers)("$who has no right of the owner, and takes none from it", ({ born }) => {
    const hall = room();
    for (const { index, wish } of rows) {
      const said = { ...wishOf(hall, index), born } as Wish;
      const code = wish.on === "say" ? "not_a_member" : "rights_missing";
      expect(hall.ask("ana", said, "ana/2")).toBe(code);
    }
    expect(hall.ask("ben", { on: "removeMember", room: pit, subject: ben, born }, "ben/2")).toBe(
      "rights_missing",
    );
    expect(membersOf(hall)).toEqual(["ana", "ben", "carl"]);
    expect(hall.ask("ana", { on: "removeRoom", room: pit })).toBe("done");
  });

  it.each(strangers)("$who sits as a guest", ({ born }) => {
    const hall = room("permission");
    const join: Wish = { on: "join", room: pit, invite: [], born };
    expect(hall.ask("ana", join, "ana/2")).toBe("room_closed");
    hall.ask("ana", { on: "adjust", room: pit, changes: { access: "public" } });
    expect(hall.ask("ana", join, "ana/2")).toBe("seated");
    expect(JSON.stringify(hall.effects?.items)).not.toContain("mates");
    expect(hall.ask("ana", { on: "say", room: pit, text: "Hello.", born }, "ana/2")).toBe("sent");
  });
});

describe("an operator", () => {
  it("needs to know of no life: it speaks for whoever is called so", () => {
    const hall = room();
    const session = undefined as SessionId | undefined;
    hall.desk.batch([{ on: "removeRoom", room: pit, user: ben, session }]);
    expect(recordOf(hall)).toBeDefined();
    hall.desk.batch([{ on: "removeRoom", room: pit, user: ana, session }]);
    expect(recordOf(hall)).toBeUndefined();
  });
});
