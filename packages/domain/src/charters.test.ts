import type { RoomId, UserId } from "@roundhouse/kernel";
import { Hall } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { RoomRecord } from "./record.ts";

const pit = "pit" as RoomId;
const recordOf = (hall: Hall) => hall.desk.records.get("room/pit") as RoomRecord;

describe("a created room where nobody sits", () => {
  it("leaves memory, and goes on where it was when somebody comes", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.say("ana", "pit", "hello");
    hall.leave("ana", "pit");
    expect(hall.desk.state.rooms.size).toBe(0);
    expect(recordOf(hall).seq).toBe(4);
    hall.join("ben", "pit");
    expect(hall.events).toEqual([{ on: "joined", seq: 5, user: "ben" }]);
    expect(hall.desk.state.rooms.get(pit)?.owner).toBe("ana");
  });

  it("is written only when something changed", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    const isWritten = () => hall.effects?.records.has("room/pit");
    expect(isWritten()).toBe(true);
    hall.say("ana", "pit", "hello");
    expect(isWritten()).toBe(false);
    hall.leave("ana", "pit");
    expect(isWritten()).toBe(true);
    hall.ask("zoe", { on: "describeRoom", room: pit });
    expect([isWritten(), hall.desk.state.rooms.size]).toEqual([false, 0]);
  });

  it("is changed without anybody coming", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.leave("ana", "pit");
    hall.ask("ana", { on: "adjust", room: pit, changes: { title: "Snakes" } });
    expect(recordOf(hall)).toMatchObject({ title: "Snakes", seq: 4 });
    expect(hall.desk.state.rooms.size).toBe(0);
  });
});

describe("a created room under its next owner", () => {
  it("has its seats at once, and its charter when somebody asks for it", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.say("ben", "pit", "hello");
    hall.next();
    const room = hall.desk.state.rooms.get(pit);
    expect([room?.isKnown, room?.charter, room?.seats.size]).toEqual([false, undefined, 2]);
    expect(hall.join("carl", "pit")).toBe("seated");
    expect(hall.events).toEqual([{ on: "joined", seq: 6, user: "carl" }]);
    hall.leave("ben", "pit");
    expect(hall.events).toEqual([{ on: "left", seq: 7, user: "ben", member: true }]);
    expect(hall.say("ben", "pit", "still here")).toBe("sent");
  });

  it("goes on counting where its seats were, not where its record was written", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    for (let index = 0; index < 5; index++) hall.say("ana", "pit", "hello");
    expect(recordOf(hall).seq).toBe(2);
    hall.next();
    hall.say("ana", "pit", "hello");
    expect(hall.events).toMatchObject([{ seq: 8 }]);
  });

  it("keeps its rights", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.next();
    const appoint = { on: "setAdmin", room: pit, subject: "ben" as UserId, isAdmin: true } as const;
    expect(hall.ask("ben", appoint)).toBe("rights_missing");
    expect(hall.ask("ana", appoint)).toBe("done");
  });
});

describe("an operator's question", () => {
  it("is answered as such", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    const asked = { room: pit, user: "ana" as UserId, session: undefined, request: 3 };
    const answers = (["removeRoom", "describeRoom"] as const).map((on) => {
      const { items } = hall.desk.batch([{ on, ...asked }]);
      return items.flatMap(({ item }) => (item.to === "operator" ? [item.answer] : []));
    });
    expect(answers).toEqual([
      [{ on: "done" }],
      [{ on: "refused", code: "room_unknown", facts: {} }],
    ]);
  });
});
