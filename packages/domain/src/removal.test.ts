import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Hall } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const recordOf = (hall: Hall) => hall.desk.records.get("room/pit") as RoomRecord | undefined;

/** Ana's room with Ben, who is here, Carl, who is away, and a guest. */
function room(): Hall {
  const hall = new Hall();
  hall.create("ana", "pit");
  hall.enter("ben", "pit");
  hall.enter("carl", "pit");
  hall.leave("carl", "pit");
  hall.join("zoe", "pit");
  return hall;
}

describe("removing a room", () => {
  it.each([
    { who: "a member", by: "ben" },
    { who: "a guest", by: "zoe" },
    { who: "a stranger", by: "mia" },
  ])("is not for $who", ({ by }) => {
    const hall = room();
    expect(hall.ask(by, { on: "removeRoom", room: pit })).toBe("rights_missing");
    expect(recordOf(hall)?.owner).toBe("ana");
  });

  it("unseats all, tells guests why, and members through their shards but who did it", () => {
    const hall = room();
    expect(hall.ask("ana", { on: "removeRoom", room: pit })).toBe("done");
    expect(hall.told).toEqual([
      "ana/1 unseated",
      "ben/1 unseated",
      "zoe/1 unseated",
      "zoe/1 room_removed",
      "ana/1 done",
    ]);
    expect(hall.sent).toEqual([
      "ana unbound",
      "ben unbound",
      "zoe unbound",
      "ana disenrolled quietly",
      "ben disenrolled roomRemoved",
      "carl disenrolled roomRemoved",
    ]);
    expect(hall.events).toEqual([]);
  });

  it("leaves nothing: no record, no room in memory, nothing for a next owner, one less to count", () => {
    const hall = room();
    hall.desk.batch([{ on: "part", room: pit, session: "ben/1" as SessionId }]);
    hall.ask("ana", { on: "removeRoom", room: pit });
    expect(hall.told).not.toContain("ben/1 unseated");
    expect(recordOf(hall)).toBeUndefined();
    expect(hall.desk.state.rooms.size).toBe(0);
    const left = [...hall.desk.live.keys()].filter((key) => key[0] === "r" || key[0] === "s");
    expect(left).toEqual([]);
    expect(hall.desk.records.get("shard")).toMatchObject({ rooms: 0 });
  });

  it("makes its name free at once, also within the same moment", () => {
    const hall = room();
    const born = hall.bornOf("ben");
    const who = { room: pit, user: "ben" as UserId, session: undefined };
    const [access, title] = ["public", "Ben's"] as const;
    hall.desk.batch([
      { on: "removeRoom", room: pit, user: "ana" as UserId, session: undefined },
      { on: "create", ...who, born, title, access },
    ]);
    expect(recordOf(hall)).toMatchObject({ owner: "ben", title, members: [["ben", born]] });
    expect(hall.desk.records.get("shard")).toMatchObject({ rooms: 1 });
    expect(hall.enter("ana", "pit")).toBe("enrolled");
    expect(hall.events[0]).toMatchObject({ on: "enrolled", seq: 2 });
  });

  it("in the same moment as somebody joins gives the newcomer a room of its own", () => {
    const hall = room();
    const zoe = { user: "zoe", session: "zoe/9" } as { user: UserId; session: never };
    hall.desk.batch([
      { on: "removeRoom", room: pit, user: "ana" as UserId, session: undefined },
      { on: "join", room: pit, ...zoe, invite: [] },
    ]);
    expect(recordOf(hall)).toBeUndefined();
    expect(hall.desk.state.rooms.get(pit)).toMatchObject({ owner: "zoe", seq: 1 });
  });
});

describe("when a member's account is deleted", () => {
  it("its membership ends; who is there hears it, who is away is told", () => {
    const hall = room();
    hall.expel("ben", "pit", "deleted");
    expect(hall.events).toMatchObject([
      { on: "left", user: "ben", member: true },
      { on: "expelled", user: "ben", why: "deleted" },
    ]);
    expect(hall.sent).toEqual(["ben unbound", "ben disenrolled quietly", "carl notify deleted"]);
    expect(hall.notices).toEqual([{ on: "deleted", user: "ben" }]);
  });

  it("its own rooms are removed", () => {
    const hall = room();
    hall.expel("ana", "pit", "deleted");
    expect(recordOf(hall)).toBeUndefined();
    expect(hall.sent).toContain("ben disenrolled roomRemoved");
    // Its mates hear of both: that it is gone, and what was its own.
    expect(hall.events).toContainEqual(
      expect.objectContaining({ on: "expelled", user: "ana", why: "deleted" }),
    );
    expect(hall.sent).toContain("carl notify deleted");
  });

  it.each([
    { what: "another life of that name is a member now", born: 5, room: "pit" },
    { what: "nobody created the room", born: undefined, room: "arena" },
  ])("nothing happens where $what", ({ born, room: where }) => {
    const hall = room();
    const before = recordOf(hall);
    hall.expel("ben", where, "deleted", born);
    expect([hall.events, hall.sent, hall.told]).toEqual([[], [], []]);
    expect(recordOf(hall)).toEqual(before);
  });
});

describe("when a user's shard refuses a membership", () => {
  it("it ends, its seat too, and the shard is told", () => {
    const hall = room();
    hall.expel("ben", "pit", "refused");
    expect(hall.events).toMatchObject([
      { on: "left", user: "ben" },
      { on: "expelled", user: "ben", why: "left" },
    ]);
    expect(hall.told).toEqual(["ben/1 unseated"]);
    expect(hall.sent).toEqual(["ben unbound", "ben disenrolled quietly"]);
  });

  it("a room that was created for it is removed", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.expel("ana", "pit", "refused");
    expect([recordOf(hall), hall.desk.state.rooms.size]).toEqual([undefined, 0]);
  });
});
