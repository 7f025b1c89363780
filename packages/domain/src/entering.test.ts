import type { RoomId, UserId } from "@roundhouse/kernel";
import { Hall, seconds } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const recordOf = (hall: Hall, room = "pit") => hall.desk.records.get(`room/${room}`) as RoomRecord;
const membersOf = (hall: Hall) => recordOf(hall).members.map(([user]) => user);

describe("creating a room", () => {
  it("makes the owner its first member, with a seat, and asks the owner's shard to answer", () => {
    const hall = new Hall();
    expect(hall.create("ana", "pit", { title: "The pit" })).toBe("enrolled");
    expect(recordOf(hall)).toMatchObject({ title: "The pit", owner: "ana", access: "public" });
    expect(membersOf(hall)).toEqual(["ana"]);
    expect(hall.events).toEqual([
      { on: "enrolled", seq: 1, user: "ana" },
      { on: "joined", seq: 2, user: "ana", member: true },
    ]);
    expect(hall.told).toEqual(["ana/1 seated"]);
    expect(hall.sent).toEqual(["ana enrolled", "ana bound"]);
  });

  it("is refused where somebody created one, and where somebody sits", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.leave("ana", "pit");
    expect(hall.create("ben", "pit")).toBe("room_taken");
    hall.join("ana", "arena");
    expect(hall.create("ben", "arena")).toBe("room_taken");
    hall.leave("ana", "arena");
    expect(hall.create("ben", "arena")).toBe("enrolled");
  });

  it("by password takes one", () => {
    const hall = new Hall();
    expect(hall.create("ana", "pit", { access: "password" })).toBe("room_password_invalid");
    expect(hall.create("ana", "pit", { access: "password", hash: "h" })).toBe("enrolled");
    expect(recordOf(hall).proof).toEqual({ hash: "h", turn: 1 });
  });

  it("counts, and gives each room a life of its own", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.create("ana", "arena");
    expect(recordOf(hall).born).not.toBe(recordOf(hall, "arena").born);
    expect(hall.desk.records.get("shard")).toMatchObject({ rooms: 2 });
  });
});

describe("entering a public room", () => {
  it("makes a member: the others hear it, the entrant gets its seat and hears who they are", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    expect(hall.enter("ben", "pit")).toBe("enrolled");
    expect(hall.events).toEqual([
      { on: "enrolled", seq: 3, user: "ben" },
      { on: "joined", seq: 4, user: "ben", member: true },
    ]);
    const told = hall.effects?.items.flatMap(({ item }) => (item.to === "session" ? [item] : []));
    expect(told).toEqual([
      {
        to: "session",
        session: "ben/1",
        told: { on: "seated", room: "pit", seq: 4, request: undefined, mates: ["ana"] },
      },
    ]);
    expect(membersOf(hall)).toEqual(["ana", "ben"]);
  });

  it("is done at once for who is a member already, and nothing happens", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    expect(hall.enter("ben", "pit")).toBe("done");
    expect([hall.events, hall.sent]).toEqual([[], []]);
  });

  it("leaves a guest its place when it becomes a member", () => {
    const hall = new Hall({ membersPerRoomMax: 2 });
    hall.create("ana", "pit");
    hall.join("ben", "pit");
    expect(hall.join("carl", "pit")).toBe("room_full");
    expect(hall.enter("carl", "pit")).toBe("room_full");
    expect(hall.enter("ben", "pit")).toBe("enrolled");
    expect(hall.events).toEqual([{ on: "enrolled", seq: 4, user: "ben" }]);
  });

  it.each([
    { what: "nobody created it", code: "room_unknown", prepare: (_: Hall) => "arena" },
    {
      what: "somebody only sits there",
      code: "room_unknown",
      prepare: (hall: Hall) => {
        hall.join("carl", "arena");
        return "arena";
      },
    },
    {
      what: "the entrant is barred",
      code: "room_barred",
      prepare: (hall: Hall) => {
        hall.ask("ana", { on: "bar", room: pit, subject: "ben" as UserId, isBarred: true });
        return "pit";
      },
    },
    {
      what: "it is locked",
      code: "room_locked",
      prepare: (hall: Hall) => {
        hall.ask("ana", { on: "adjust", room: pit, changes: { isLocked: true } });
        return "pit";
      },
    },
    {
      what: "every place is taken",
      code: "room_full",
      prepare: (hall: Hall) => {
        hall.ask("ana", { on: "adjust", room: pit, changes: { capacity: 1 } });
        return "pit";
      },
    },
  ])("is refused when $what: $code", ({ code, prepare }) => {
    const hall = new Hall();
    hall.create("ana", "pit");
    const room = prepare(hall);
    expect(hall.enter("ben", room)).toBe(code);
    expect(hall.sent).toEqual([]);
  });
});

describe("entering a room by password", () => {
  const closed = () => {
    const hall = new Hall();
    hall.create("ana", "pit", { access: "password", hash: "h" });
    return hall;
  };

  it("is a question to the gateway first, and then a matter of what that found", () => {
    const hall = closed();
    expect(hall.enter("ben", "pit", { hasPassword: true })).toBe("challenge");
    expect(hall.enter("ben", "pit", { hasPassword: true, turn: 1 })).toBe("enrolled");
  });

  it("takes a password of the right form", () => {
    expect(closed().enter("ben", "pit")).toBe("room_password_invalid");
  });

  it("does not take an old password that was right when it was checked", () => {
    const hall = closed();
    hall.enter("ben", "pit", { hasPassword: true });
    hall.ask("ana", { on: "adjust", room: pit, changes: { hash: "other" } });
    expect(hall.enter("ben", "pit", { hasPassword: true, turn: 1 })).toBe("password_wrong");
    expect(hall.enter("ben", "pit", { hasPassword: true, turn: 2 })).toBe("enrolled");
  });

  it("may be tried five times a minute from one address; being right clears it", () => {
    const hall = closed();
    const tries = (count: number, user: string, address = "::1") => {
      return Array.from({ length: count }, () => {
        return hall.enter(user, "pit", { hasPassword: true, address });
      });
    };
    expect(tries(6, "ben")).toEqual([...Array(5).fill("challenge"), "attempts_exceeded"]);
    expect(tries(1, "ben", "::2")).toEqual(["challenge"]);
    hall.desk.now += seconds(61);
    expect(tries(5, "ben")).toEqual(Array(5).fill("challenge"));
    expect(hall.enter("ben", "pit", { hasPassword: true, turn: 1 })).toBe("enrolled");
    expect(tries(1, "carl")).toEqual(["challenge"]);
  });

  it("says that the password is missing or wrong before it says what else forbids it", () => {
    const hall = closed();
    hall.ask("ana", { on: "bar", room: pit, subject: "ben" as UserId, isBarred: true });
    expect(hall.enter("ben", "pit")).toBe("room_password_invalid");
    expect(hall.enter("ben", "pit", { hasPassword: true })).toBe("challenge");
    expect(hall.enter("ben", "pit", { hasPassword: true, turn: 9 })).toBe("password_wrong");
    expect(hall.enter("ben", "pit", { hasPassword: true, turn: 1 })).toBe("room_barred");
  });

  it("asks nobody for a password who is a member", () => {
    const hall = closed();
    expect(hall.enter("ana", "pit")).toBe("done");
  });
});

describe("who comes to a created room", () => {
  it.each([
    { access: "public", who: "a guest", user: "zoe", answer: "seated" },
    { access: "public", who: "a member", user: "ben", answer: "seated" },
    { access: "password", who: "a guest", user: "zoe", answer: "room_closed" },
    { access: "password", who: "a member", user: "ben", answer: "seated" },
    { access: "permission", who: "a guest", user: "zoe", answer: "room_closed" },
    { access: "permission", who: "a member", user: "ben", answer: "seated" },
  ] as const)("by $access and as $who is told $answer", ({ access, user, answer }) => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.leave("ben", "pit");
    hall.ask("ana", { on: "adjust", room: pit, changes: { access, hash: "h" } });
    expect(hall.join(user, "pit")).toBe(answer);
  });

  it.each([
    { who: "a guest", user: "zoe", answer: "room_locked" },
    { who: "a member", user: "ben", answer: "seated" },
    { who: "who is barred", user: "mia", answer: "room_barred" },
  ])("while it is locked, as $who, is told $answer", ({ user, answer }) => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.leave("ben", "pit");
    hall.ask("ana", { on: "bar", room: pit, subject: "mia" as UserId, isBarred: true });
    hall.ask("ana", { on: "adjust", room: pit, changes: { isLocked: true } });
    expect(hall.join(user, "pit")).toBe(answer);
  });

  it("finds a place as a member whoever came before, because guests take what members leave", () => {
    const hall = new Hall({ membersPerRoomMax: 3 });
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.leave("ben", "pit");
    expect(hall.join("zoe", "pit")).toBe("seated");
    expect(hall.join("mia", "pit")).toBe("room_full");
    expect(hall.join("zoe", "pit", "zoe/2")).toBe("seated");
    expect(hall.join("ben", "pit")).toBe("seated");
  });

  it("is told apart by the others: joined and left say who is a member", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.leave("ben", "pit");
    expect(hall.events).toEqual([{ on: "left", seq: 5, user: "ben", member: true }]);
    hall.join("ben", "pit");
    expect(hall.events).toEqual([{ on: "joined", seq: 6, user: "ben", member: true }]);
    hall.join("zoe", "pit");
    expect(hall.events).toEqual([{ on: "joined", seq: 7, user: "zoe" }]);
    hall.leave("zoe", "pit");
    expect(hall.events).toEqual([{ on: "left", seq: 8, user: "zoe" }]);
  });
});

describe("a member's session that begins", () => {
  it("takes its seat; the others hear the first of a user's only", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.leave("ben", "pit");
    hall.arrive("ben", "pit", "ben/2");
    expect(hall.told).toEqual(["ben/2 seated"]);
    expect(hall.events).toEqual([{ on: "joined", seq: 6, user: "ben", member: true }]);
    hall.arrive("ben", "pit", "ben/3");
    expect([hall.told, hall.events]).toEqual([["ben/3 seated"], []]);
  });

  it("that sits there already stays as it is", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.arrive("ana", "pit");
    expect([hall.told, hall.events, hall.sent]).toEqual([[], [], []]);
  });

  it.each([
    { what: "nobody created the room", room: "arena", born: undefined },
    { what: "the user is no member", room: "pit", born: undefined },
    { what: "the member was another life of that name", room: "pit", born: 7 },
  ])("is sent away when $what", ({ room, born }) => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.leave("ana", "pit");
    const user = born === undefined ? "ben" : "ana";
    hall.arrive(user, room, `${user}/2`, born);
    expect([hall.told, hall.sent]).toEqual([[], [`${user} disenrolled quietly`]]);
  });
});

describe("a session that was sent for by a membership that is over", () => {
  it("keeps the seat that it took as a guest meanwhile", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.join("ben", "pit", "ben/2");
    hall.arrive("ben", "pit", "ben/2");
    expect([hall.told, hall.sent]).toEqual([[], ["ben disenrolled quietly", "ben bound"]]);
  });
});

describe("another life of a member's name", () => {
  it("inherits nothing: the one before is gone with its account", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.ask("ana", { on: "setAdmin", room: pit, subject: "ben" as UserId, isAdmin: true });
    hall.reborn("ben");
    expect(hall.enter("ben", "pit")).toBe("enrolled");
    expect(hall.events).toMatchObject([
      { on: "left" },
      { on: "expelled", user: "ben", why: "deleted" },
      { on: "enrolled", user: "ben" },
      { on: "joined" },
    ]);
    expect(recordOf(hall).admins).toEqual([]);
  });

  it("finds no room where the one before was the owner", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.reborn("ana");
    expect(hall.enter("ana", "pit")).toBe("room_unknown");
    expect(recordOf(hall)).toBeUndefined();
    expect(hall.sent).toContain("ben disenrolled roomRemoved");
  });

  it("is not put out by what the one before had said", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    const before = hall.bornOf("ben");
    hall.reborn("ben");
    hall.enter("ben", "pit");
    expect(hall.enter("ben", "pit", { born: before })).toBe("account_unknown");
    expect(hall.enter("ben", "pit")).toBe("done");
  });
});
