import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Desk, seconds } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import type { Item } from "./item.ts";

describe("a gateway that dies", () => {
  it("takes its sessions along: users offline, seats given up", () => {
    const desk = new Desk();
    desk.settle(attach("ana"), "gate1");
    desk.settle(join("ana"), "gate1");
    desk.settle(attach("ben"), "gate2");
    desk.settle(join("ben"), "gate2");
    desk.settle(watch("ana", "ben"), "gate2");
    const told = desk.tell({ on: "gatewayGone" }, "gate1");
    expect(statuses(told)).toEqual(["ana offline"]);
    expect(members(desk)).toEqual(["ben"]);
  });

  it("leaves a user online who is connected elsewhere too", () => {
    const desk = new Desk();
    desk.settle(attach("ana", "phone"), "gate1");
    desk.settle(attach("ana", "laptop"), "gate2");
    desk.settle(watch("ana"), "gate2");
    expect(statuses(desk.tell({ on: "gatewayGone" }, "gate1"))).toEqual([]);
  });

  it("only interrupts the sessions that can be resumed: their seats wait for the window", () => {
    const desk = new Desk({ resumeMs: seconds(30) });
    desk.settle(attach("ana", "phone", SECRET), "gate1");
    desk.settle(join("ana", "phone"), "gate1");
    desk.settle({ on: "gatewayGone" }, "gate1");
    expect(members(desk)).toEqual(["ana"]);
    desk.now += seconds(31);
    desk.settle({ on: "tick" });
    expect(desk.state.rooms.size).toBe(0);
    expect(desk.state.users.size).toBe(0);
  });

  it("parts a seat again that a question of it may reach after its death", () => {
    const desk = new Desk();
    desk.settle(attach("ana", "phone", SECRET), "gate1");
    desk.settle(join("ana", "phone"), "gate1");
    const { outbox } = desk.batch([{ on: "gatewayGone" }], "gate1");
    expect(outbox).toEqual([
      { subject: "pit", command: { on: "part", room: "pit", session: "phone" }, lasts: false },
    ]);
  });

  it("is no longer told of anybody", () => {
    const desk = new Desk();
    desk.settle(watch("ana", "ben"), "gate1");
    desk.settle({ on: "gatewayGone" }, "gate1");
    expect(desk.tell(attach("ana"))).toMatchObject([{ to: "session" }]);
    expect(desk.state.watchers.size).toBe(0);
  });
});

describe("watching", () => {
  it("answers with the status of each, and costs no memory for a user who is away", () => {
    const desk = new Desk();
    desk.settle(attach("ana"));
    expect(desk.tell(watch("ana", "nobody"))).toEqual([
      {
        to: "gateway",
        statuses: [
          ["ana", "online"],
          ["nobody", "offline"],
        ],
      },
    ]);
    expect(desk.state.users.size).toBe(1);
  });

  it("tells each gateway once, however often it asked", () => {
    const desk = new Desk();
    desk.settle(watch("ana"), "gate1");
    desk.settle(watch("ana"), "gate1");
    desk.settle(watch("ana"), "gate2");
    const { items } = desk.batch([attach("ana")]);
    expect(items.filter(({ item }) => item.to === "watchers")).toEqual([
      { to: ["gate1", "gate2"], item: { to: "watchers", user: "ana", status: "online" } },
    ]);
  });

  it("ends for one gateway without ending for another", () => {
    const desk = new Desk();
    desk.settle(watch("ana"), "gate1");
    desk.settle(watch("ana"), "gate2");
    desk.settle({ on: "unwatch", users: [id("ana")] }, "gate1");
    const { items } = desk.batch([attach("ana")]);
    expect(items.at(-1)?.to).toEqual(["gate2"]);
  });
});

describe("what is durable", () => {
  it("is nothing at all for a guest who comes, plays and goes", () => {
    const desk = new Desk();
    const session = "ana" as SessionId;
    const commands: Command[] = [
      attach("ana"),
      join("ana"),
      { on: "status", user: id("ana"), session, away: true },
      { on: "leave", room: PIT, session },
      { on: "detach", user: id("ana"), session, how: "left" },
    ];
    const records = commands.flatMap((command) => desk.settle(command).map((it) => it.records));
    expect(records.every((it) => it.size === 0)).toBe(true);
  });

  it("is a registered name", () => {
    const desk = new Desk();
    desk.settle({ on: "guard", user: id("ana"), guarded: true });
    expect([...desk.records]).toEqual([["user/ana", { guarded: true, invites: [] }]]);
  });

  it("is an invite that waits, oldest first", () => {
    const desk = new Desk();
    for (const room of ["one", "two"]) desk.settle(invited("ana", room));
    expect(desk.records.get("user/ana")).toMatchObject({
      invites: [
        { room: "one", from: "ben" },
        { room: "two", from: "ben" },
      ],
    });
  });

  it("is removed when nothing of it is left", () => {
    const desk = new Desk();
    desk.settle({ on: "guard", user: id("ana"), guarded: true });
    desk.settle({ on: "guard", user: id("ana"), guarded: false });
    desk.settle(invited("ben", "pit"));
    desk.settle(attach("ben"));
    expect(desk.records.size).toBe(0);
  });

  it("stays with a registered name when its invites are delivered", () => {
    const desk = new Desk();
    desk.settle({ on: "guard", user: id("ana"), guarded: true });
    desk.settle(invited("ana", "pit"));
    desk.settle({ ...attach("ana"), proven: true } as Command);
    expect(desk.records.get("user/ana")).toEqual({ guarded: true, invites: [] });
  });
});

describe("a store that is full", () => {
  it("keeps an invite only for a name that has a record already, and tells whoever is here", () => {
    const desk = new Desk();
    desk.settle({ on: "guard", user: id("gina"), guarded: true });
    desk.settle(invited("ivo", "hall"));
    desk.settle(signUp("ada"));
    desk.settle(attach("ana"));
    desk.isFull = true;
    const shed = ["gina", "ivo", "ada", "ana", "nobody"].map((who) => {
      return desk.batch([invited(who, "pit")]).shed;
    });
    expect(shed).toEqual([0, 0, 0, 0, 1]);
    const kept = [...desk.records.keys()].filter((key) => key.startsWith("user/"));
    expect(kept).toEqual(["user/gina", "user/ivo", "user/ada"]);
    expect([...desk.state.users.keys()]).toEqual(["ana"]);
  });

  it("keeps notices for an account, which has a record, and none for a name without", () => {
    const desk = new Desk();
    desk.settle(signUp("ada"));
    desk.isFull = true;
    const notice = { on: "roomRemoved", room: PIT } as const;
    for (const who of ["ada", "nobody"]) desk.settle({ on: "notify", user: id(who), notice });
    expect([...desk.records.keys()].filter((key) => key.startsWith("mail/"))).toEqual([
      "mail/1/ada",
    ]);
  });
});

describe("memory", () => {
  it("forgets users who are gone, and whom somebody only asked about", () => {
    const desk = new Desk();
    desk.settle(attach("ana"));
    desk.settle({ on: "detach", user: id("ana"), session: "ana" as SessionId, how: "lost" });
    desk.settle({ on: "who", user: id("nobody"), request: 1 });
    desk.settle(invited("ben", "pit"));
    desk.settle({ on: "guard", user: id("carl"), guarded: true });
    expect(desk.state.users.size).toBe(0);
  });

  it("forgets accounts at the end of the batch, whatever was asked of them", () => {
    const desk = new Desk();
    const session = "ana" as SessionId;
    const credentials = { born: 1, turn: 1, address: "::1" };
    const asked: Command[] = [
      signUp("ana"),
      { on: "credentials", user: id("ana"), address: "::1", session, request: 1 },
      { on: "profile", user: id("ana"), session, request: 1 },
      { on: "export", user: id("ana"), session: undefined, request: 1 },
      { on: "notify", user: id("ana"), notice: { on: "roomRemoved", room: PIT } },
      { on: "vouch", user: id("ana"), otherwise: "not_a_friend", asker: { session } as never },
      { ...attach("ana"), means: "account", proven: true, credentials } as Command,
      { on: "detach", user: id("ana"), session, how: "left" },
      { on: "search", kind: "users", prefix: "a", limit: 5, request: 1 },
    ];
    for (const command of asked) {
      desk.settle(command);
      const isHere = command.on === "attach";
      expect([command.on, desk.state.users.size]).toEqual([command.on, isHere ? 1 : 0]);
      expect([desk.state.loaded.size, desk.state.found.size]).toEqual([0, 0]);
    }
  });

  it("keeps what a batch changed until the batch is over", () => {
    const desk = new Desk();
    const { items } = desk.batch([
      invited("ana", "pit"),
      { on: "who", user: id("ana"), request: 1 },
      attach("ana"),
    ]);
    expect(items.map(({ item }) => item)).toMatchObject([
      { to: "operator", answer: { user: { invites: 1 } } },
      { to: "session", told: { on: "attached" } },
      { to: "session", told: { on: "invited" } },
    ]);
  });
});

describe("a seat whose session is over by the time it is bound", () => {
  it("is given up", () => {
    const desk = new Desk();
    desk.batch([attach("ana")]);
    const { outbox } = desk.batch([join("ana")]);
    desk.batch([{ on: "detach", user: id("ana"), session: "ana" as SessionId, how: "lost" }]);
    for (const { command } of outbox) desk.settle(command);
    expect(desk.state.rooms.size).toBe(0);
  });
});

describe("an operator", () => {
  it("sees who somebody is, sessions and rooms included", () => {
    const desk = new Desk();
    desk.settle(attach("ana"), "gate7");
    desk.settle(join("ana"), "gate7");
    expect(desk.tell({ on: "who", user: id("ana"), request: 9 })).toEqual([
      {
        to: "operator",
        request: 9,
        answer: {
          on: "who",
          user: {
            user: "ana",
            status: "busy",
            guarded: false,
            invites: 0,
            sessions: [
              { id: "ana", gateway: "gate7", since: desk.now, connected: true, rooms: ["pit"] },
            ],
          },
        },
      },
    ]);
  });

  it("hears that the way there and back works", () => {
    const { items } = new Desk().batch([{ on: "ping", request: 9 }], "gate7");
    expect(items).toEqual([
      { to: ["gate7"], item: { to: "operator", request: 9, answer: { on: "pong" } } },
    ]);
  });

  it("sees the rooms, as many as it wants", () => {
    const desk = new Desk();
    desk.settle(attach("ana"));
    for (const room of ["one", "two", "three"]) desk.settle(join("ana", "ana", room));
    const ask = (limit: number) => desk.tell({ on: "rooms", limit, request: 1 });
    expect(ask(2)).toMatchObject([{ answer: { rooms: [{ id: "one" }, { id: "two" }] } }]);
    expect(ask(0)).toMatchObject([{ answer: { rooms: [] } }]);
  });
});

const PIT = "pit" as RoomId;
const SECRET = "a secret that is long enough";
const id = (name: string): UserId => name as UserId;

const attach = (who: string, session = who, resume?: string): Command => {
  const name = { user: id(who), session: session as SessionId } as const;
  return { on: "attach", ...name, means: "idme", proven: false, resume };
};
const join = (who: string, session = who, room = "pit"): Command => {
  const seat = { room: room as RoomId, user: id(who), session: session as SessionId };
  return { on: "join", ...seat, invite: [] };
};
const watch = (...who: readonly string[]): Command => ({ on: "watch", users: who.map(id) });
const invited = (who: string, room: string): Command => {
  return { on: "invited", user: id(who), room: room as RoomId, from: id("ben") };
};

const signUp = (who: string): Command => {
  return { on: "signUp", user: id(who), hash: "h", nickname: who, session: undefined };
};

const statuses = (items: readonly Item[]) => {
  return items.flatMap((it) => (it.to === "watchers" ? [`${it.user} ${it.status}`] : []));
};
const members = (desk: Desk) => [...(desk.state.rooms.get(PIT)?.members.keys() ?? [])];
