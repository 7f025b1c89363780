import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Desk } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import type { Effects } from "./effects.ts";

describe("a seat whose connection is gone", () => {
  it("stays a member's, and its gateway hears nothing more", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.settle(part("ana"), "gate0");
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1"]]);
    expect(desk.state.rooms.get(PIT)?.members.size).toBe(2);
  });

  it("leaves the gateway its ears as long as another seat of it is left", () => {
    const desk = playing("ana at gate0", "ben at gate0");
    desk.settle(part("ana"), "gate0");
    desk.settle(part("ana"), "gate0");
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate0"]]);
  });

  it("hears nothing of what comes after it in the same moment", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    const effects = desk.batch([act("ben"), part("ana"), act("ben")]);
    expect(audiences(effects)).toEqual([["gate0", "gate1"], ["gate1"]]);
  });

  it.each([
    { how: "leaves", command: (): Command => ({ on: "leave", ...seat("ana") }) },
    {
      how: "is let go",
      command: (): Command => ({ on: "unseat", ...seat("ana"), why: undefined }),
    },
  ])("is counted once when it $how", ({ command }) => {
    const desk = playing("ana at gate0", "carl at gate0", "ben at gate1");
    desk.settle(part("ana"), "gate0");
    desk.settle(command(), "gate0");
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate0", "gate1"]]);
    desk.settle(part("carl"), "gate0");
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1"]]);
  });

  it("is not told when it is let go: there is nobody to tell", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.settle(part("ana"), "gate0");
    const { items } = desk.batch([{ on: "unseat", ...seat("ana"), why: "rooms_limit" }]);
    expect(items.map(({ item }) => item.to)).toEqual(["room"]);
  });

  it.each(["join", "history"] as const)("is whole again with its session's %s", (on) => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.settle(part("ana"), "gate0");
    const asked = { ...seat("ana"), user: id("ana"), invite: [], after: 0 };
    desk.settle({ ...asked, on } as Command, "gate0");
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1", "gate0"]]);
  });

  it("of another session, or in no room at all, is nothing to part", () => {
    const desk = playing("ana at gate0");
    desk.settle(part("ghost"), "gate0");
    desk.settle({ ...part("ana"), room: "elsewhere" as RoomId }, "gate0");
    expect(audiences(desk.batch([act("ana")]))).toEqual([["gate0"]]);
  });

  it("is one of many when a gateway dies", () => {
    const desk = playing("ana at gate0", "ben at gate1", "carl at gate1");
    desk.batch([{ on: "gatewayGone" }], "gate1");
    expect(audiences(desk.batch([act("ana")]))).toEqual([["gate0"]]);
    expect(desk.state.rooms.get(PIT)?.members.size).toBe(3);
  });
});

describe("a seat that goes on under a new connection", () => {
  it("hears nothing before that connection asked what it missed", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.batch([part("ana")], "gate0");
    desk.settle(resumed("ana", "ana2"), "gate2");
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1"]]);
    const told = desk.tell(catchUp("ana2", "ana", 2), "gate2");
    expect(told).toMatchObject([{ told: { on: "replayed", events: [{ seq: 3 }], lost: 0 } }]);
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1", "gate2"]]);
  });

  it("is taken from the old one, which is told, if that is still there", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    const told = desk.tell(resumed("ana", "ana2"), "gate2");
    expect(told.filter((item) => item.to === "session" && item.session === "ana")).toMatchObject([
      { told: { on: "ended" } },
      { told: { on: "unseated", room: "pit" } },
    ]);
    desk.settle(part("ana"), "gate0");
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1"]]);
  });

  it("is one seat, also when that connection sat down by itself before", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    const { outbox } = desk.batch([resumed("ana", "ana2")], "gate2");
    desk.settle({ on: "join", ...seat("ana2"), user: id("ana"), invite: [] }, "gate2");
    for (const { command } of outbox) desk.settle(command);
    const room = desk.state.rooms.get(PIT);
    expect([...(room?.seats.keys() ?? [])]).toEqual(["ben", "ana2"]);
    expect([...(room?.members ?? [])]).toEqual([
      ["ana", 1],
      ["ben", 1],
    ]);
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1", "gate2"]]);
  });

  it("is not whole for a gateway that died before the seat came to it", () => {
    const desk = playing("ana at gate0", "ben at gate1");
    desk.batch([part("ana")], "gate0");
    const { outbox } = desk.batch([resumed("ana", "ana2")], "gate2");
    desk.settle({ on: "gatewayGone" }, "gate2");
    for (const { command } of outbox) desk.settle(command);
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1"]]);
  });
});

describe("a session that a second and a third connection resume in quick succession", () => {
  const moved = (from: readonly string[]) => {
    const desk = playing("ana at gate0", "ben at gate1");
    const second = desk.batch([resumed("ana", "ana2")], "gate2").outbox;
    const third = desk.batch([resumed("ana", "ana3")], "gate3").outbox;
    /** What follows from commands, in the order in which shards send it to each other. */
    const told: string[] = [];
    const carry = (commands: readonly Command[], gateway: string) => {
      for (const effects of commands.flatMap((command) => desk.settle(command, gateway))) {
        for (const { to, item } of effects.items) {
          if (item.to === "session") told.push(`${to} ${item.told.on}`);
        }
      }
    };
    const reseats = [...second, ...third].map(({ command }) => command);
    const ask = desk.batch([catchUp("ana3", "ana2", 2)], "gate3").outbox;
    expect(ask).toMatchObject([{ subject: "ana", command: { on: "seek" } }]);
    carry(from.includes("before") ? reseats : [], "");
    carry(
      ask.map(({ command }) => command),
      "",
    );
    return { desk, told };
  };

  it("keeps its seat, although the third asks before the room knows of the second", () => {
    const { desk, told } = moved(["before"]);
    expect(told).toEqual(["gate0 unseated", "gate3 replayed"]);
    expect([...(desk.state.rooms.get(PIT)?.seats.keys() ?? [])]).toEqual(["ben", "ana3"]);
    expect(audiences(desk.batch([act("ben")]))).toEqual([["gate1", "gate3"]]);
  });

  it("is told when there is no seat any more", () => {
    const { told } = moved([]);
    expect(told).toEqual(["gate3 refused"]);
  });

  it("is answered for the last connection alone", () => {
    const { desk } = moved(["before"]);
    expect(desk.tell(catchUp("ana2", "ana", 2), "gate2")).toMatchObject([
      { session: "ana2", told: { on: "refused", code: "not_a_member" } },
    ]);
  });
});

const PIT = "pit" as RoomId;
const SECRET = "a secret that is long enough";
const id = (name: string): UserId => name as UserId;
const seat = (session: string) => ({ room: PIT, session: session as SessionId });
const part = (session: string): Command & { on: "part" } => ({ on: "part", ...seat(session) });
const act = (session: string): Command => {
  return { on: "act", ...seat(session), actions: [{ at: undefined, fields: "" }], extra: "" };
};
const resumed = (who: string, session: string): Command => {
  const name = { user: id(who), session: session as SessionId } as const;
  return { on: "attach", ...name, means: "idme", proven: false, resume: `${SECRET} of ${who}` };
};
const catchUp = (session: string, was: string, after: number): Command => {
  return { on: "catchUp", ...seat(session), user: id("ana"), was: was as SessionId, after };
};

/** A desk with some in the pit, each as `name at gateway`. */
function playing(...names: readonly string[]): Desk {
  const desk = new Desk();
  for (const [who = "", gateway = ""] of names.map((name) => name.split(" at "))) {
    desk.settle(resumed(who, who), gateway);
    desk.settle({ on: "join", ...seat(who), user: id(who), invite: [] }, gateway);
  }
  return desk;
}

/** Whom each item about the room goes to. */
const audiences = ({ items }: Effects) => {
  return items.flatMap(({ to, item }) => (item.to === "room" ? [to] : []));
};
