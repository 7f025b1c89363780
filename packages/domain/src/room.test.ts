import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Desk, scene, seconds } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import type { RoomEvent } from "./item.ts";
import { ACTION_AGE_MS_MAX } from "./rules.ts";

describe("a room", () => {
  it("is made by the first who joins, who owns it", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    expect(lobby.rooms()).toEqual([]);
    ana.joins("pit");
    ben.joins("pit");
    expect(lobby.rooms()).toEqual([{ id: "pit", owner: "ana", members: 2, seq: 2 }]);
  });

  it("is gone when the last member leaves, and new when somebody comes again", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    ana.acts("pit", 1);
    ana.leaves("pit");
    expect(lobby.rooms()).toEqual([]);
    ben.joins("pit");
    expect(lobby.rooms()).toEqual([{ id: "pit", owner: "ben", members: 1, seq: 1 }]);
  });

  it.each([
    { how: "said goodbye", ends: "goes" },
    { how: "was cut off", ends: "drops" },
  ] as const)("loses the member whose connection $how", ({ ends }) => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    ben.joins("pit");
    ana[ends]();
    expect(lobby.room("pit")).toMatchObject({ members: 1, seq: 3 });
    ben[ends]();
    expect(lobby.rooms()).toEqual([]);
  });

  it("is not made by those who only speak, leave or invite", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.acts("pit", 1);
    ana.leaves("pit");
    ana.invites("pit", "ben");
    expect(ana.wasTold()).toEqual(Array(3).fill("error not_a_member"));
    expect(lobby.rooms()).toEqual([]);
  });

  it("is heard by members alone", () => {
    const lobby = scene();
    const [ana, ben, carl] = lobby.enter("ana", "ben", "carl");
    ana.joins("pit");
    ben.joins("pit");
    carl.acts("pit", "let me in");
    ana.acts("pit", 1);
    expect(carl.wasTold()).toEqual(["error not_a_member"]);
    expect(ben.wasTold()).toEqual(['pit 3 ana {"data":1}']);
  });

  it("tells the sender too, and everybody the same in the same order", () => {
    const lobby = scene({ gateways: 2 });
    const players = ["ana", "ben", "carl"].map((name, at) => lobby.connect(name, { at: at % 2 }));
    for (const player of players) player.joins("pit", { self: player.name });
    for (const player of players) player.frames();
    lobby.atOnce(() => {
      for (const player of [...players, ...players]) player.acts("pit", player.name);
    });
    const told = players.map((player) => player.wasTold());
    expect(told[0]).toEqual(
      ["ana", "ben", "carl", "ana", "ben", "carl"].map((name, index) => {
        return `pit ${index + 4} ${name} {"data":"${name}"}`;
      }),
    );
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  it("stops telling who left, also what happens in the same moment", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    ben.joins("pit");
    lobby.atOnce(() => {
      ben.acts("pit", "before");
      ana.leaves("pit");
      ben.acts("pit", "after");
    });
    expect(ana.wasTold()).toEqual(['pit 3 ben {"data":"before"}']);
    expect(ben.wasTold()).toEqual(['pit 3 ben {"data":"before"}', 'pit 5 ben {"data":"after"}']);
  });

  it("begins telling who joins with what comes after, also in the same moment", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ben.joins("pit");
    lobby.atOnce(() => {
      ben.acts("pit", "before");
      ana.joins("pit");
      ben.acts("pit", "after");
    });
    expect(ana.wasTold()).toEqual(['pit 4 ben {"data":"after"}']);
  });
});

describe("a member with several connections", () => {
  it("is one member, and every connection hears", () => {
    const lobby = scene({ gateways: 2, rules: { membersPerRoomMax: 1 } });
    const phone = lobby.connect("ana", { at: 0 });
    const laptop = lobby.connect("ana", { at: 1 });
    phone.joins("pit", { self: "ana" });
    laptop.joins("pit", { self: "ana" });
    expect(lobby.room("pit")).toMatchObject({ members: 1, seq: 1 });
    phone.acts("pit", 1);
    expect(laptop.wasTold()).toEqual(["idyou", 'pit 2 ana {"data":1}']);
  });

  it("leaves with the last of them", () => {
    const lobby = scene();
    const [phone, laptop] = lobby.enter("ana", "ana");
    phone.joins("pit");
    laptop.joins("pit");
    phone.leaves("pit");
    expect(lobby.room("pit")).toMatchObject({ members: 1, seq: 1 });
    laptop.goes();
    expect(lobby.rooms()).toEqual([]);
  });

  it("who joins twice from one connection has one seat", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    ana.joins("pit");
    ana.acts("pit", 1);
    expect(ana.wasTold()).toEqual(['pit 2 ana {"data":1}']);
    ana.leaves("pit");
    expect(lobby.rooms()).toEqual([]);
  });
});

describe("the seats of a room", () => {
  it("are never exceeded: one more is refused and stays outside", () => {
    const lobby = scene({ rules: { membersPerRoomMax: 2 } });
    const [ana, ben, carl] = lobby.enter("ana", "ben", "carl");
    for (const player of [ana, ben, carl]) player.joins("pit");
    carl.acts("pit", 1);
    expect(carl.wasTold()).toEqual(["error room_full", "error not_a_member"]);
    expect(carl.isConnected).toBe(true);
    expect(lobby.room("pit")).toMatchObject({ members: 2, seq: 2 });
    expect(lobby.who("carl")).toMatchObject({ status: "online" });
  });

  it("are free again when somebody leaves", () => {
    const lobby = scene({ rules: { membersPerRoomMax: 1 } });
    const [ana, ben, carl] = lobby.enter("ana", "ben", "carl");
    ana.joins("pit");
    lobby.atOnce(() => {
      ben.joins("pit");
      ana.leaves("pit");
      carl.joins("pit");
    });
    expect(ben.wasTold()).toEqual(["error room_full"]);
    expect(lobby.room("pit")).toMatchObject({ members: 1, owner: "carl" });
  });
});

describe("a user in as many rooms as may be", () => {
  it("is unseated from one more and told why", () => {
    const lobby = scene({ rules: { roomsPerUserMax: 2 } });
    const [ana] = lobby.enter("ana");
    for (const room of ["one", "two", "three"]) ana.joins(room);
    ana.acts("three", 1);
    expect(ana.wasTold()).toEqual(["error rooms_limit", "error not_a_member"]);
    expect(lobby.rooms().map(({ id }) => id as string)).toEqual(
      expect.arrayContaining(["one", "two"]),
    );
    expect(lobby.rooms()).toHaveLength(2);
  });

  it("may be in the same rooms from another device", () => {
    const lobby = scene({ rules: { roomsPerUserMax: 1 } });
    const [phone, laptop] = lobby.enter("ana", "ana");
    phone.joins("pit");
    laptop.joins("pit");
    laptop.joins("hall");
    expect(laptop.wasTold()).toEqual(["error rooms_limit"]);
    expect(lobby.who("ana").sessions.map(({ rooms }) => rooms)).toEqual([["pit"], ["pit"]]);
  });

  it("holds no seat that its shard does not know of, whatever crosses on the way", () => {
    const desk = new Desk({ roomsPerUserMax: 1 });
    desk.settle(attach("ana"));
    desk.settle(join("ana", "one"));
    // Its shard refuses the second room while the user leaves and joins it again.
    const bound = desk.batch([join("ana", "two")]).outbox;
    const unbound = desk.batch([leave("ana", "one")]).outbox;
    const refused = desk.batch(bound.map(({ command }) => command)).outbox;
    const again = desk.batch([leave("ana", "two"), join("ana", "two")]).outbox;
    for (const { command } of [...unbound, ...again, ...refused]) desk.settle(command);
    const [who] = desk.tell({ on: "who", user: id("ana"), request: 1 });
    const rooms = [...desk.state.rooms.keys()];
    expect(who).toMatchObject({ answer: { user: { sessions: [{ rooms }] } } });
  });

  it("may join another after leaving one", () => {
    const lobby = scene({ rules: { roomsPerUserMax: 1 } });
    const [ana] = lobby.enter("ana");
    ana.joins("one");
    ana.leaves("one");
    ana.joins("two");
    expect(ana.wasTold()).toEqual([]);
    expect(lobby.room("two")).toMatchObject({ members: 1 });
  });
});

describe("the time of an action", () => {
  const NOW = 1_800_000_000_000;
  it.each([
    { said: undefined, kept: NOW, because: "none was said" },
    { said: NOW + 1, kept: NOW, because: "it lies in the future" },
    { said: NOW - ACTION_AGE_MS_MAX - 1, kept: NOW, because: "it is too old" },
    { said: 0, kept: NOW, because: "it is too old" },
    { said: -1e300, kept: NOW, because: "it is too old" },
    { said: NOW - ACTION_AGE_MS_MAX, kept: NOW - ACTION_AGE_MS_MAX, because: "it is just right" },
    { said: NOW - 1, kept: NOW - 1, because: "it is fresh" },
    { said: NOW, kept: NOW, because: "it is now" },
  ])("$said becomes $kept, for $because", ({ said, kept }) => {
    const desk = seated("ana");
    desk.now = NOW;
    const [item] = desk.tell(act("ana", said));
    expect(item).toMatchObject({ events: [{ actions: [{ at: kept }] }] });
  });
});

describe("a room's order", () => {
  it("starts at 1 and has no gaps: each action takes a number, an empty message one too", () => {
    const desk = new Desk();
    for (const who of ["ana", "ben"]) desk.settle(attach(who));
    const told = [
      join("ana"), // Nobody is there yet to be told of number 1; it is said all the same.
      act("ana", 1, 2, 3),
      join("ben"),
      act("ben"),
      leave("ben"),
      act("ana", 4),
    ].flatMap((command) => desk.tell(command));
    const events = told.flatMap((item) => (item.to === "room" ? item.events : []));
    const numbers = events.map((event): readonly [RoomEvent["on"], number] => [
      event.on,
      event.seq,
    ]);
    expect(numbers).toEqual([
      ["joined", 1],
      ["game", 2],
      ["joined", 5],
      ["game", 6],
      ["left", 7],
      ["game", 8],
    ]);
  });

  it("begins anew behind the last one who left, in the same batch too", () => {
    const desk = seated("ana");
    desk.settle(attach("ben"));
    const { items } = desk.batch([leave("ana"), join("ben")]);
    const events = items.flatMap(({ item }) => (item.to === "room" ? item.events : []));
    expect(events.map(({ on, seq }) => [on, seq])).toEqual([
      ["left", 2],
      ["joined", 1],
    ]);
    expect(desk.state.rooms.get("pit" as RoomId)?.owner).toBe("ben");
  });

  it("goes to the gateways where members sit, and to no other", () => {
    const desk = seated("ana");
    arrive(desk, "ben", "gate1");
    arrive(desk, "carl", "gate1");
    const audience = () => desk.batch([act("ana", 1)]).items.map(({ to }) => to);
    expect(audience()).toEqual([["gate0", "gate1"]]);
    desk.settle(leave("ben"), "gate1");
    expect(audience()).toEqual([["gate0", "gate1"]]);
    desk.settle(leave("carl"), "gate1");
    expect(audience()).toEqual([["gate0"]]);
  });

  it("packs the events of one batch into one item", () => {
    const desk = seated("ana");
    const { items } = desk.batch([act("ana", 1), act("ana", 2), act("ana", 3)]);
    expect(items).toHaveLength(1);
  });

  it("never adds to an item of an earlier batch", () => {
    const desk = seated("ana");
    const first = desk.batch([act("ana", 1)]);
    desk.batch([act("ana", 2)]);
    expect(first.items[0]?.item).toMatchObject({ events: [{ seq: 2 }] });
  });
});

describe("a request that wants an answer", () => {
  it.each([
    { command: "join", answer: { on: "seated", seq: 1 } },
    { command: "act", answer: { on: "accepted", seq: 2 } },
    { command: "invite", answer: { on: "accepted", seq: 1 } },
    { command: "history", answer: { on: "replayed", seq: 1, lost: 0 } },
    { command: "leave", answer: { on: "unseated" } },
  ] as const)("to $command is answered under its number", ({ command, answer }) => {
    const desk = seated("ana");
    const asked = { ...base("ana"), user: id("ana"), request: 7, ...EXTRAS[command] } as Command;
    expect(toldIn(desk, { ...asked, on: command } as Command)).toMatchObject([
      { ...answer, request: 7, room: "pit" },
    ]);
  });

  it.each(["act", "invite", "history", "leave"] as const)(
    "to %s is refused under its number to who has no seat",
    (on) => {
      const desk = seated("ana");
      const asked = { ...base("ben"), user: id("ben"), request: 7, ...EXTRAS[on] };
      expect(toldIn(desk, { ...asked, on } as Command)).toEqual([
        { on: "refused", code: "not_a_member", facts: {}, room: "pit", request: 7 },
      ]);
    },
  );
});

describe("a session's seat that moved to a new connection", () => {
  const moved = () => {
    const desk = new Desk();
    desk.settle(attach("ana", SECRET));
    desk.settle(join("ana"));
    arrive(desk, "ben");
    desk.settle(act("ben", 1));
    desk.batch([attach("ana", SECRET, "ana2")], "gate1"); // What it sends is still on its way.
    const asked = { ...base("ana2"), user: id("ana"), was: "ana" as SessionId, after: 2 };
    const told = toldIn(desk, { on: "catchUp", ...asked }, "gate1");
    return { desk, told };
  };

  it("hears what it missed, and from then on everything at its new gateway", () => {
    const { desk, told } = moved();
    expect(told).toMatchObject([
      { on: "unseated" }, // To the old connection, if it is still there.
      { on: "replayed", seq: 3, lost: 0, events: [{ seq: 3 }] },
    ]);
    expect(desk.batch([act("ben", 2)]).items.map(({ to }) => to)).toEqual([["gate0", "gate1"]]);
  });

  it("cannot be used by the old connection any more", () => {
    const { desk } = moved();
    const before = desk.state.rooms.get("pit" as RoomId)?.seq;
    expect(toldIn(desk, act("ana", 1))).toMatchObject([{ code: "not_a_member" }]);
    expect(toldIn(desk, leave("ana"))).toMatchObject([{ code: "not_a_member" }]);
    desk.settle({ on: "unseat", ...base("ana"), why: undefined });
    const room = desk.state.rooms.get("pit" as RoomId);
    expect(room?.members.size).toBe(2);
    expect(room?.seq).toBe(before);
  });

  it.each([
    { who: "others sit there", others: ["ben"] },
    { who: "nobody is left", others: [] },
  ])("was given up before the move was known: the user's shard learns it, $who", ({ others }) => {
    const desk = new Desk();
    for (const other of others) arrive(desk, other);
    desk.settle(attach("ana", SECRET));
    desk.settle(join("ana"));
    const { outbox } = desk.batch([attach("ana", SECRET, "ana2")]);
    desk.settle(leave("ana"));
    for (const { command } of outbox) desk.settle(command);
    const who = desk.tell({ on: "who", user: id("ana"), request: 1 });
    expect(who).toMatchObject([{ answer: { user: { status: "online" } } }]);
  });

  it("is given up when the session has gone on elsewhere: its user's shard was asked", () => {
    const desk = new Desk();
    desk.settle(attach("ana", SECRET));
    arrive(desk, "ben");
    desk.batch([attach("ana", SECRET, "ana2")]); // Resumed, and resumed again,
    desk.batch([attach("ana", SECRET, "ana3")]);
    desk.batch([join("ana")]); // before what the first connection had asked for came to the room.
    const asked = { ...base("ana2"), user: id("ana"), was: "ana" as SessionId, after: 2 };
    desk.settle({ on: "catchUp", ...asked });
    const room = desk.state.rooms.get("pit" as RoomId);
    expect([...(room?.seats.keys() ?? [])]).toEqual(["ben"]);
  });

  it("is not told as a leave and a join", () => {
    const { desk } = moved();
    expect(desk.state.rooms.get("pit" as RoomId)?.seq).toBe(3);
  });

  it("cannot be taken by another user", () => {
    const desk = seated("ana");
    const asked = { ...base("ben"), user: id("ben"), was: "ana" as SessionId, after: 0 };
    expect(toldIn(desk, { on: "catchUp", ...asked })).toMatchObject([{ code: "not_a_member" }]);
    expect(toldIn(desk, act("ana", 1))).toEqual([]);
  });

  it("comes after the events of the same moment that the replay holds", () => {
    const desk = seated("ana");
    arrive(desk, "ben");
    const asked = { ...base("ana2"), user: id("ana"), was: "ana" as SessionId, after: 1 };
    const { items } = desk.batch([act("ben", 1), { on: "catchUp", ...asked }, act("ben", 2)]);
    const seen = items.map(({ item }) => {
      if (item.to === "room") return item.events.map(({ seq }) => seq);
      return item.to === "session" && item.told.on === "replayed"
        ? item.told.events.map(({ seq }) => seq)
        : [];
    });
    expect(seen).toEqual([[3], [], [2, 3], [4]]);
  });
});

describe("a member who asks for the room's history", () => {
  it("gets the events after the number that it names", () => {
    const desk = seated("ana");
    desk.settle(act("ana", 1, 2));
    desk.settle(act("ana", 3));
    const told = toldIn(desk, { on: "history", ...base("ana"), after: 3 });
    expect(told).toMatchObject([{ events: [{ seq: 4 }], lost: 0 }]);
  });

  it("gets whole messages: one that it saw in part comes again whole", () => {
    const desk = seated("ana");
    desk.settle(act("ana", 1, 2, 3));
    const told = toldIn(desk, { on: "history", ...base("ana"), after: 3 });
    expect(told).toMatchObject([{ events: [{ seq: 2 }], lost: 0 }]);
  });

  it("is told how many numbers are lost", () => {
    const desk = seated("ana", { historyEventsMax: 2 });
    for (let count = 0; count < 5; count++) desk.settle(act("ana", count));
    const told = toldIn(desk, { on: "history", ...base("ana"), after: 1 });
    expect(told).toMatchObject([{ events: [{ seq: 5 }, { seq: 6 }], lost: 3, seq: 6 }]);
  });

  it("is told that all are lost when nothing is kept so long", () => {
    const desk = seated("ana", { historyMs: seconds(10) });
    desk.settle(act("ana", 1));
    desk.now += seconds(11);
    const told = toldIn(desk, { on: "history", ...base("ana"), after: 0 });
    expect(told).toMatchObject([{ events: [], lost: 2, seq: 2 }]);
  });
});

const id = (name: string): UserId => name as UserId;
const base = (session: string, room = "pit") => {
  return { room: room as RoomId, session: session as SessionId };
};
const join = (who: string, room?: string): Command => {
  return { on: "join", ...base(who, room), user: id(who), invite: [] };
};
const leave = (who: string, room?: string): Command => ({ on: "leave", ...base(who, room) });
const act = (who: string, ...times: readonly (number | undefined)[]): Command => {
  const actions = times.map((at) => ({ at, fields: "" }));
  return { on: "act", ...base(who), actions, extra: "" };
};

const SECRET = "a secret that is long enough";

/** What each kind of request has beside room, session, user and number. */
const EXTRAS = {
  join: { invite: [] },
  act: { actions: [], extra: "" },
  invite: { users: [] },
  history: { after: 0 },
  leave: {},
};

const attach = (who: string, resume?: string, session = who): Command => {
  const name = { user: id(who), means: "idme", proven: false, resume } as const;
  return { on: "attach", session: session as SessionId, ...name };
};

function arrive(desk: Desk, who: string, gateway = "gate0"): void {
  desk.settle(attach(who), gateway);
  desk.settle(join(who), gateway);
}

/** A desk with one user attached and seated in the pit. */
function seated(who: string, rules: ConstructorParameters<typeof Desk>[0] = {}): Desk {
  const desk = new Desk(rules);
  arrive(desk, who);
  return desk;
}

const toldIn = (desk: Desk, command: Command, from = "gate0") => {
  return desk.tell(command, from).flatMap((item) => (item.to === "session" ? [item.told] : []));
};
