import type { RoomId, UserId } from "@roundhouse/kernel";
import { Hall } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { parseRequestName } from "./notice.ts";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const requestsOf = (hall: Hall) => (hall.desk.records.get("room/pit") as RoomRecord).requests;

/** A room by permission where Ben is an admin and Carl a member. */
function guarded(requestsMax = 100): Hall {
  const hall = new Hall({ requestsMax });
  hall.create("ana", "pit");
  hall.enter("ben", "pit");
  hall.enter("carl", "pit");
  hall.ask("ana", { on: "setAdmin", room: pit, subject: "ben" as UserId, isAdmin: true });
  hall.ask("ana", { on: "adjust", room: pit, changes: { access: "permission" } });
  return hall;
}

function answered(hall: Hall, by: string, how: "approve" | "reject" | "ignore"): string {
  const id = requestsOf(hall)[0]?.id ?? 0;
  return hall.ask(by, { on: "answerEntry", room: pit, id, how });
}

describe("asking to enter a room by permission", () => {
  it("is done at once; the request waits, and owner and admins hear of it", () => {
    const hall = guarded();
    expect(hall.enter("zoe", "pit")).toBe("done");
    expect(hall.events).toEqual([]);
    expect(hall.sent).toEqual(["ana notify entryAsked", "ben notify entryAsked"]);
    const [notice] = hall.notices;
    const [waiting] = requestsOf(hall);
    expect(notice).toMatchObject({ on: "entryAsked", from: "zoe", room: "pit" });
    const name = notice?.on === "entryAsked" ? notice.request : "";
    expect(parseRequestName(name)).toEqual({ of: "room", room: "pit", id: waiting?.id });
  });

  it("again keeps the request, and those in charge hear of it again after an hour", () => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    const before = requestsOf(hall);
    expect(hall.enter("zoe", "pit")).toBe("done");
    expect(requestsOf(hall).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(hall.sent).toHaveLength(0);
    hall.desk.now += 3_600_000;
    expect(hall.enter("zoe", "pit")).toBe("done");
    expect(requestsOf(hall).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(hall.sent).toHaveLength(2);
  });

  it("in another life is another request", () => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    const [before] = requestsOf(hall);
    hall.reborn("zoe");
    hall.enter("zoe", "pit");
    const [now, ...others] = requestsOf(hall);
    expect(now?.id).not.toBe(before?.id);
    expect(others).toEqual([]);
  });

  it("is refused when too many wait", () => {
    const hall = guarded(1);
    hall.enter("zoe", "pit");
    expect(hall.enter("mia", "pit")).toBe("requests_limit");
    expect(hall.enter("zoe", "pit")).toBe("done");
  });
});

describe("answering a request to enter", () => {
  it.each([
    { who: "the owner", by: "ana", answer: "enrolled" },
    { who: "an admin", by: "ben", answer: "enrolled" },
    { who: "a member", by: "carl", answer: "rights_missing" },
    { who: "the one who asks", by: "zoe", answer: "rights_missing" },
  ])("is for those in charge: $who is told $answer", ({ by, answer }) => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    expect(answered(hall, by, "approve")).toBe(answer);
    expect(requestsOf(hall)).toHaveLength(answer === "enrolled" ? 0 : 1);
  });

  it("with yes makes a member, whose shard answers, tells it and gives it its seats", () => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    const [waiting] = requestsOf(hall);
    answered(hall, "ben", "approve");
    expect(hall.events).toMatchObject([{ on: "enrolled", user: "zoe", by: "ben" }]);
    expect(hall.sent).toEqual(["zoe enrolled"]);
    const approval = { request: `r${waiting?.id}.pit`, by: "ben" };
    const sent = hall.effects?.outbox.map(({ command }) => command);
    expect(sent).toMatchObject([{ on: "enrolled", approval, asker: { session: "ben/1" } }]);
    expect(hall.told).toEqual([]);
  });

  it.each([
    { how: "reject", sent: ["zoe notify rejected"] },
    { how: "ignore", sent: [] },
  ] as const)("with $how makes nobody a member", ({ how, sent }) => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    expect(answered(hall, "ana", how)).toBe("done");
    expect([hall.events, hall.sent]).toEqual([[], sent]);
    expect(requestsOf(hall)).toEqual([]);
  });

  it("that nobody made, or that was answered, is refused", () => {
    const hall = guarded();
    const ask = { on: "answerEntry", room: pit, id: 99, how: "approve" } as const;
    expect(hall.ask("ana", ask)).toBe("request_unknown");
    expect(hall.ask("ana", { ...ask, room: "arena" as RoomId })).toBe("room_unknown");
  });

  it("with yes is refused while the room is full; the request goes on waiting", () => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    hall.ask("ana", { on: "adjust", room: pit, changes: { capacity: 3 } });
    expect(answered(hall, "ana", "approve")).toBe("room_full");
    expect(requestsOf(hall)).toHaveLength(1);
  });
});

describe("a request to enter ends", () => {
  it("when the room lets everybody in and its user enters", () => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    hall.ask("ana", { on: "adjust", room: pit, changes: { access: "public" } });
    hall.enter("zoe", "pit");
    expect(requestsOf(hall)).toEqual([]);
  });

  it("when its user is barred", () => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    hall.ask("ana", { on: "bar", room: pit, subject: "zoe" as UserId, isBarred: true });
    expect(requestsOf(hall)).toEqual([]);
  });

  it("when its user's account is deleted", () => {
    const hall = guarded();
    hall.enter("zoe", "pit");
    hall.expel("zoe", "pit", "deleted");
    expect(requestsOf(hall)).toEqual([]);
  });
});
