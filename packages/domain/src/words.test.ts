import type { GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Hall } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

const pit = "pit" as RoomId;

describe("words", () => {
  it("take their place in the room's order, under a number of their own", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    expect(hall.say("ana", "pit", "hello")).toBe("sent");
    const at = hall.desk.now;
    const [said] = hall.events;
    expect(said).toEqual({
      on: "said",
      seq: 3,
      id: expect.any(Number),
      at,
      from: "ana",
      text: "hello",
    });
    const id = said?.on === "said" ? said.id : 0;
    const answer = hall.effects?.items.at(-1)?.item;
    expect(answer).toMatchObject({ session: "ana/1", told: { on: "sent", id, at } });
    hall.say("ana", "pit", "hello");
    expect(hall.events).toMatchObject([{ seq: 4, text: "hello" }]);
    expect(hall.events[0]).not.toMatchObject({ id });
  });

  it.each([
    { who: "a member who sits there", user: "ana", room: "pit", answer: "sent" },
    { who: "a member who does not", user: "ben", room: "pit", answer: "sent" },
    { who: "a guest who sits there", user: "zoe", room: "pit", answer: "sent" },
    { who: "a stranger", user: "mia", room: "pit", answer: "not_a_member" },
    { who: "who sits in a room that nobody created", user: "zoe", room: "den", answer: "sent" },
    { who: "who sits elsewhere", user: "ana", room: "den", answer: "not_a_member" },
    {
      who: "anybody in a room that is not there",
      user: "ana",
      room: "bar",
      answer: "room_unknown",
    },
  ])("of $who: $answer", ({ user, room, answer }) => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.leave("ben", "pit");
    hall.join("zoe", "pit");
    hall.join("zoe", "den");
    expect(hall.say(user, room, "hello")).toBe(answer);
    expect(hall.events).toHaveLength(answer === "sent" ? 1 : 0);
  });

  it("are kept for members of whom no seat hears, not for who said them", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    for (const user of ["ben", "carl", "dora"]) hall.enter(user, "pit");
    hall.leave("ana", "pit");
    hall.leave("ben", "pit");
    hall.arrive("dora", "pit", "dora/2");
    const part = (session: string) => {
      hall.desk.batch([{ on: "part", room: pit, session: session as SessionId }]);
    };
    part("carl/1");
    part("dora/1");
    hall.say("ana", "pit", "hello");
    expect(hall.sent).toEqual(["ben notify words", "carl notify words"]);
    expect(hall.notices[0]).toMatchObject({ on: "words", from: "ana", room: "pit", text: "hello" });
  });

  it("are kept under the number under which they were heard", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    hall.leave("ben", "pit");
    hall.say("ana", "pit", "hello");
    const [said] = hall.events;
    expect(hall.notices[0]).toMatchObject({ id: said?.on === "said" ? said.id : undefined });
  });

  it("are on their way once for each shard, however many are away", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    for (const user of ["ben", "carl"]) {
      hall.enter(user, "pit");
      hall.leave(user, "pit");
    }
    hall.say("ana", "pit", "hello");
    expect(hall.effects?.outbox.map(({ command }) => command.on)).toEqual(["notifyAll"]);
  });

  it("for a crowd that is away are refused when they come too fast, and lost for nobody", () => {
    const hall = new Hall({ membersPerRoomMax: 1_000 });
    hall.create("ana", "pit");
    const crowd = Array.from({ length: 900 }, (_, number) => `user${number}`);
    for (const user of crowd) {
      hall.enter(user, "pit");
      hall.leave(user, "pit");
    }
    const answers = ["one", "two", "three", "four"].map((text) => hall.say("ana", "pit", text));
    expect(answers).toEqual(["sent", "sent", "sent", "rate_exceeded"]);
    expect(hall.events).toEqual([]);
    hall.desk.now += 2_000;
    expect(hall.say("ana", "pit", "four")).toBe("sent");
    expect(hall.notices).toHaveLength(900);
  });

  it("among those who are there may come as fast as they like", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.enter("ben", "pit");
    for (let times = 0; times < 3_000; times++) expect(hall.say("ana", "pit", "on")).toBe("sent");
  });

  it("come again to who missed them and asks", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.say("ana", "pit", "hello");
    const who = { user: "ana" as UserId, session: "ana/2" as SessionId, was: "ana/1" as SessionId };
    const gateway = "gate0" as GatewayId;
    const effects = hall.desk.batch([{ on: "catchUp", room: pit, ...who, gateway, after: 2 }]);
    expect(effects.items.at(-1)?.item).toMatchObject({
      told: { on: "replayed", events: [{ on: "said", seq: 3 }] },
    });
  });
});
