import type { RoomId, UserId } from "@roundhouse/kernel";
import { Hall, type Wish } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const id = (name: string) => name as UserId;
const recordOf = (hall: Hall) => hall.desk.records.get("room/pit") as RoomRecord;
const membersOf = (hall: Hall) => recordOf(hall).members.map(([user]) => user);

/** Ana owns the room; Ben and Bea are admins, Carl and Cleo members, Zoe is nobody. */
function room(): Hall {
  const hall = new Hall();
  hall.create("ana", "pit");
  for (const user of ["ben", "bea", "carl", "cleo"]) hall.enter(user, "pit");
  for (const subject of ["ben", "bea"]) appoint(hall, "ana", subject, true);
  return hall;
}

function appoint(hall: Hall, by: string, subject: string, isAdmin: boolean): string {
  return hall.ask(by, { on: "setAdmin", room: pit, subject: id(subject), isAdmin });
}

const remove = (hall: Hall, by: string, subject: string): string => {
  return hall.ask(by, { on: "removeMember", room: pit, subject: id(subject) });
};

const bar = (hall: Hall, by: string, subject: string, isBarred = true): string => {
  return hall.ask(by, { on: "bar", room: pit, subject: id(subject), isBarred });
};

describe("removing a member", () => {
  it.each([
    { who: "the owner", by: "ana", whom: "a member", subject: "carl", answer: "done" },
    { who: "the owner", by: "ana", whom: "an admin", subject: "ben", answer: "done" },
    { who: "the owner", by: "ana", whom: "itself", subject: "ana", answer: "rights_missing" },
    { who: "an admin", by: "ben", whom: "a member", subject: "carl", answer: "done" },
    { who: "an admin", by: "ben", whom: "an admin", subject: "bea", answer: "rights_missing" },
    { who: "an admin", by: "ben", whom: "the owner", subject: "ana", answer: "rights_missing" },
    { who: "an admin", by: "ben", whom: "itself", subject: "ben", answer: "done" },
    { who: "a member", by: "carl", whom: "a member", subject: "cleo", answer: "rights_missing" },
    { who: "a member", by: "carl", whom: "itself", subject: "carl", answer: "done" },
    { who: "a stranger", by: "zoe", whom: "a member", subject: "carl", answer: "rights_missing" },
    { who: "a stranger", by: "zoe", whom: "itself", subject: "zoe", answer: "account_unknown" },
    { who: "the owner", by: "ana", whom: "a stranger", subject: "zoe", answer: "account_unknown" },
    { who: "a member", by: "carl", whom: "a stranger", subject: "zoe", answer: "account_unknown" },
  ])("$who removes $whom: $answer", ({ by, subject, answer }) => {
    const hall = room();
    const before = membersOf(hall);
    expect(remove(hall, by, subject)).toBe(answer);
    const after = answer === "done" ? before.filter((it) => it !== subject) : before;
    expect(membersOf(hall)).toEqual(after);
    expect(recordOf(hall).admins).toEqual(["ben", "bea"].filter((it) => after.includes(id(it))));
  });

  it("takes all its seats; the others hear by whom, and it is told wherever it is", () => {
    const hall = room();
    hall.arrive("carl", "pit", "carl/2");
    expect(remove(hall, "ben", "carl")).toBe("done");
    expect(hall.events).toMatchObject([
      { on: "left", user: "carl", member: true },
      { on: "expelled", user: "carl", why: "removed", by: "ben" },
    ]);
    expect(hall.told).toEqual(["carl/1 unseated", "carl/2 unseated", "ben/1 done"]);
    expect(hall.sent).toEqual(["carl unbound", "carl unbound", "carl disenrolled expelled"]);
  });

  it("is quiet when it leaves by itself", () => {
    const hall = room();
    remove(hall, "carl", "carl");
    expect(hall.events.at(-1)).toMatchObject({ on: "expelled", user: "carl", why: "left" });
    expect(hall.events.at(-1)).not.toHaveProperty("by");
    expect(hall.sent).toEqual(["carl unbound", "carl disenrolled quietly"]);
  });

  it("does not keep it from entering again", () => {
    const hall = room();
    remove(hall, "ana", "carl");
    expect(hall.enter("carl", "pit")).toBe("enrolled");
  });
});

describe("barring somebody", () => {
  it.each([
    { who: "the owner", by: "ana", whom: "a member", subject: "carl", answer: "done" },
    { who: "the owner", by: "ana", whom: "an admin", subject: "ben", answer: "done" },
    { who: "the owner", by: "ana", whom: "itself", subject: "ana", answer: "rights_missing" },
    { who: "the owner", by: "ana", whom: "a stranger", subject: "zoe", answer: "done" },
    { who: "an admin", by: "ben", whom: "a member", subject: "carl", answer: "done" },
    { who: "an admin", by: "ben", whom: "a stranger", subject: "zoe", answer: "done" },
    { who: "an admin", by: "ben", whom: "an admin", subject: "bea", answer: "rights_missing" },
    { who: "an admin", by: "ben", whom: "itself", subject: "ben", answer: "rights_missing" },
    { who: "an admin", by: "ben", whom: "the owner", subject: "ana", answer: "rights_missing" },
    { who: "a member", by: "carl", whom: "a stranger", subject: "zoe", answer: "rights_missing" },
    { who: "a stranger", by: "zoe", whom: "a member", subject: "carl", answer: "rights_missing" },
  ])("$who bars $whom: $answer", ({ by, subject, answer }) => {
    const hall = room();
    expect(bar(hall, by, subject)).toBe(answer);
    expect(recordOf(hall).barred).toEqual(answer === "done" ? [subject] : []);
    if (answer === "done") expect(membersOf(hall)).not.toContain(subject);
  });

  it("takes a guest's seats and says why", () => {
    const hall = room();
    hall.join("zoe", "pit");
    bar(hall, "ben", "zoe");
    expect(hall.told).toEqual(["zoe/1 unseated", "zoe/1 room_barred", "ben/1 done"]);
    expect(hall.events).toMatchObject([{ on: "left", user: "zoe" }]);
    expect(hall.join("zoe", "pit")).toBe("room_barred");
  });

  it("again is done, and can be taken back by those in charge", () => {
    const hall = room();
    bar(hall, "ana", "carl");
    expect(bar(hall, "ben", "carl")).toBe("done");
    expect(bar(hall, "cleo", "carl", false)).toBe("rights_missing");
    expect(bar(hall, "ben", "carl", false)).toBe("done");
    expect(hall.enter("carl", "pit")).toBe("enrolled");
  });

  it("has an end: a list of a thousand takes no more", () => {
    const hall = room();
    for (let index = 0; index < 1_000; index++) bar(hall, "ana", `troll${index}`);
    expect(bar(hall, "ana", "zoe")).toBe("records_full");
  });
});

describe("appointing an admin, or deposing one", () => {
  it.each([
    { who: "the owner", by: "ana", whom: "a member", subject: "carl", set: true, answer: "done" },
    { who: "the owner", by: "ana", whom: "an admin", subject: "ben", set: true, answer: "done" },
    { who: "the owner", by: "ana", whom: "an admin", subject: "ben", set: false, answer: "done" },
    { who: "the owner", by: "ana", whom: "a member", subject: "carl", set: false, answer: "done" },
  ])("$who, of $whom: $set is $answer", ({ by, subject, set, answer }) => {
    const hall = room();
    expect(appoint(hall, by, subject, set)).toBe(answer);
    expect(recordOf(hall).admins.includes(id(subject))).toBe(set);
  });

  it.each([
    { who: "the owner", by: "ana", whom: "itself", subject: "ana", answer: "rights_missing" },
    { who: "the owner", by: "ana", whom: "a stranger", subject: "zoe", answer: "account_unknown" },
    { who: "an admin", by: "ben", whom: "a member", subject: "carl", answer: "rights_missing" },
    { who: "an admin", by: "ben", whom: "a stranger", subject: "zoe", answer: "account_unknown" },
    { who: "a member", by: "carl", whom: "itself", subject: "carl", answer: "rights_missing" },
    { who: "a stranger", by: "zoe", whom: "a member", subject: "carl", answer: "rights_missing" },
  ])("$who, of $whom: refused, $answer", ({ by, subject, answer }) => {
    const hall = room();
    for (const set of [true, false]) expect(appoint(hall, by, subject, set)).toBe(answer);
    expect(recordOf(hall).admins).toEqual(["ben", "bea"]);
  });

  it("is told to whom it concerns, once", () => {
    const hall = room();
    appoint(hall, "ana", "carl", true);
    expect(hall.notices).toEqual([{ on: "appointed", room: "pit" }]);
    appoint(hall, "ana", "carl", true);
    expect(hall.notices).toEqual([]);
    appoint(hall, "ana", "carl", false);
    expect(hall.notices).toEqual([{ on: "deposed", room: "pit" }]);
  });
});

describe("adjusting a room", () => {
  const changes = {
    title: { title: "Snake pit" },
    description: { description: "snakes" },
    access: { access: "permission" },
    password: { access: "password", hash: "h" },
    capacity: { capacity: 50 },
    lock: { isLocked: true },
  } as const;

  it.each([
    { what: "title", owner: "done", admin: "done", member: "rights_missing" },
    { what: "description", owner: "done", admin: "done", member: "rights_missing" },
    { what: "access", owner: "done", admin: "rights_missing", member: "rights_missing" },
    { what: "password", owner: "done", admin: "rights_missing", member: "rights_missing" },
    { what: "capacity", owner: "done", admin: "rights_missing", member: "rights_missing" },
    { what: "lock", owner: "done", admin: "rights_missing", member: "rights_missing" },
  ] as const)("its $what: owner $owner, admin $admin, member $member", (row) => {
    const hall = room();
    const before = recordOf(hall);
    const wish: Wish = { on: "adjust", room: pit, changes: changes[row.what] };
    expect(hall.ask("zoe", wish)).toBe("rights_missing");
    expect(hall.ask("carl", wish)).toBe(row.member);
    expect(recordOf(hall)).toEqual(before);
    expect(hall.ask("ben", wish)).toBe(row.admin);
    expect(hall.ask("ana", wish)).toBe(row.owner);
    const { hash, ...rest } = { hash: undefined, ...changes[row.what] };
    expect(recordOf(hall)).toMatchObject(rest);
    if (hash !== undefined) expect(recordOf(hall).proof).toEqual({ hash, turn: 1 });
  });

  it("by a title or a description of its own is heard; the same again is not", () => {
    const hall = room();
    const wish: Wish = { on: "adjust", room: pit, changes: { title: "Snakes", description: "" } };
    hall.ask("ben", wish);
    expect(hall.events).toMatchObject([{ on: "titled", by: "ben", title: "Snakes" }]);
    expect(hall.events[0]).not.toHaveProperty("description");
    expect(hall.ask("ben", wish)).toBe("done");
    expect(hall.events).toEqual([]);
  });

  it("to access by password takes one, unless it had one; every new one is another turn", () => {
    const hall = room();
    const by = (hash?: string): Wish => {
      const access = { access: "password" } as const;
      return {
        on: "adjust",
        room: pit,
        changes: hash === undefined ? access : { ...access, hash },
      };
    };
    expect(hall.ask("ana", by())).toBe("room_password_invalid");
    expect(hall.ask("ana", by("one"))).toBe("done");
    expect(hall.ask("ana", by("two"))).toBe("done");
    expect(recordOf(hall).proof).toEqual({ hash: "two", turn: 2 });
    hall.ask("ana", { on: "adjust", room: pit, changes: { access: "public" } });
    expect(hall.ask("ana", by())).toBe("done");
    expect(recordOf(hall).proof).toEqual({ hash: "two", turn: 2 });
  });

  it("leaves nobody without a place: its capacity is never less than who has one", () => {
    const hall = room();
    hall.join("zoe", "pit");
    const sized = (capacity: number) => {
      return hall.ask("ana", { on: "adjust", room: pit, changes: { capacity } });
    };
    expect([sized(5), sized(6), sized(1_000)]).toEqual(["room_full", "done", "done"]);
    expect(recordOf(hall).capacity).toBe(100);
  });
});

describe("what only a created room can be asked", () => {
  const wishes: readonly Wish[] = [
    { on: "removeMember", room: pit, subject: id("ben") },
    { on: "bar", room: pit, subject: id("ben"), isBarred: true },
    { on: "setAdmin", room: pit, subject: id("ben"), isAdmin: true },
    { on: "adjust", room: pit, changes: { title: "x" } },
    { on: "removeRoom", room: pit },
    { on: "describeRoom", room: pit },
    { on: "answerEntry", room: pit, id: 1, how: "approve" },
  ];

  it.each(wishes)("$on: of a room that nobody created is refused", (wish) => {
    const hall = new Hall();
    expect(hall.ask("ana", wish)).toBe("room_unknown");
    hall.join("ana", "pit");
    expect(hall.ask("ana", wish)).toBe("room_unknown");
    expect(hall.desk.records.get("room/pit")).toBeUndefined();
  });

  it("describeRoom: anybody is told what it is", () => {
    const hall = room();
    hall.ask("ana", { on: "adjust", room: pit, changes: { description: "snakes" } });
    expect(hall.ask("zoe", { on: "describeRoom", room: pit })).toBe("described");
    const item = hall.effects?.items[0]?.item;
    expect(item).toMatchObject({
      told: {
        on: "described",
        room: {
          id: "pit",
          title: "pit of ana",
          description: "snakes",
          owner: "ana",
          access: "public",
          members: 5,
        },
      },
    });
  });
});
