import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Hall, type Wish } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCreated, recordOf, takenOf } from "./created.ts";
import { lastOf } from "./history.ts";
import type { RoomEvent } from "./item.ts";
import { liveEntries } from "./live.ts";
import type { RoomRecord } from "./record.ts";

const CAPACITY = 3;
const rules = { membersPerRoomMax: CAPACITY, requestsMax: 2 };

type Deed = {
  readonly on: (typeof KINDS)[number];
  readonly user: UserId;
  readonly subject: UserId;
  readonly room: RoomId;
  readonly flag: boolean;
  readonly number: number;
};

const KINDS = [
  "create",
  "create",
  "enter",
  "enter",
  "enter",
  "join",
  "join",
  "leave",
  "leave",
  "say",
  "arrive",
  "expel",
  "reborn",
  "removeMember",
  "bar",
  "setAdmin",
  "access",
  "lock",
  "capacity",
  "title",
  "answerEntry",
  "answerEntry",
  "removeRoom",
  "describeRoom",
] as const;

const user = fc.nat(4).map((index) => `user${index}` as UserId);
const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    on: fc.constantFrom(...KINDS),
    user,
    subject: user,
    room: fc.nat(1).map((index) => `room${index}` as RoomId),
    flag: fc.boolean(),
    number: fc.nat(5),
  }),
  { minLength: 20, maxLength: 100, size: "max" },
);

/** One deed, and what the asker is told. */
function act(hall: Hall, deed: Deed, turn: number): string {
  const { on, user, room, number } = deed;
  switch (on) {
    case "create":
      return hall.create(user, room);
    case "enter":
      return hall.enter(user, room, { hasPassword: true, address: `${turn}`, turn: number });
    case "join":
      return hall.join(user, room, `${user}/${number % 2}`);
    case "leave":
      return hall.leave(user, room);
    case "say":
      return hall.say(user, room, "hello");
    case "arrive":
      hall.arrive(user, room, `${user}/${number % 2}`);
      return "";
    case "expel":
      hall.expel(user, room, deed.flag ? "deleted" : "refused");
      return "";
    case "reborn":
      hall.reborn(user);
      hall.effects = undefined;
      return "";
    default:
      return hall.ask(user, wishOf(hall, deed, on));
  }
}

function wishOf(hall: Hall, deed: Deed, on: Asked): Wish {
  const { subject, room, flag, number } = deed;
  switch (on) {
    case "removeMember":
      return { on, room, subject };
    case "bar":
      return { on, room, subject, isBarred: flag };
    case "setAdmin":
      return { on, room, subject, isAdmin: flag };
    case "access": {
      const access = (["public", "password", "permission"] as const)[number % 3] ?? "public";
      return { on: "adjust", room, changes: { access, hash: `${number}` } };
    }
    case "lock":
      return { on: "adjust", room, changes: { isLocked: flag } };
    case "capacity":
      return { on: "adjust", room, changes: { capacity: number } };
    case "title":
      return { on: "adjust", room, changes: { title: `${number}` } };
    case "answerEntry": {
      const id = recordAt(hall, room)?.requests[0]?.id ?? 0;
      return { on, room, id, how: number === 0 ? "reject" : "approve" };
    }
    case "removeRoom":
    case "describeRoom":
      return { on, room };
  }
}

type Asked = Exclude<
  Deed["on"],
  "create" | "enter" | "join" | "leave" | "say" | "arrive" | "expel" | "reborn"
>;

const recordAt = (hall: Hall, room: RoomId) => {
  return hall.desk.records.get(`room/${room}`) as RoomRecord | undefined;
};
const recordsOf = (hall: Hall) => {
  return [...hall.desk.records].flatMap(([key, record]) => {
    return key.startsWith("room/") ? [[key.slice(5) as RoomId, record as RoomRecord] as const] : [];
  });
};

function live(life: readonly Deed[], after: (hall: Hall, answer: string) => void): Hall {
  const hall = new Hall(rules);
  for (const [turn, deed] of life.entries()) after(hall, act(hall, deed, turn));
  return hall;
}

const check = (judge: (life: readonly Deed[]) => void) => {
  fc.assert(fc.property(deeds, judge), { numRuns: 400, seed: SEED });
};

describe("created rooms, whatever is asked of them", () => {
  it("seats: members and guests together never exceed the capacity", () => {
    check((life) => {
      live(life, ({ desk }) => {
        for (const room of desk.state.rooms.values()) {
          const capacity = room.charter?.capacity ?? CAPACITY;
          expect(isCreated(room) ? takenOf(room) : room.members.size).toBeLessThanOrEqual(capacity);
          expect(room.seats.size).toBeGreaterThan(0);
        }
      });
    });
  });

  it("guests: nobody but members sits in a room that is not public, here or parted", () => {
    check((life) => {
      live(life, ({ desk }) => {
        for (const { charter, members } of desk.state.rooms.values()) {
          if (charter === undefined || charter.access === "public") continue;
          for (const name of members.keys()) expect([...charter.members.keys()]).toContain(name);
        }
      });
    });
  });

  it("each has exactly one owner, who is a member, and admins who are members", () => {
    check((life) => {
      live(life, (hall) => {
        for (const [, { owner, admins, members, barred, requests }] of recordsOf(hall)) {
          const names = members.map(([name]) => name);
          expect(names.filter((name) => name === owner)).toEqual([owner]);
          expect(new Set(names).size).toBe(names.length);
          expect(admins).not.toContain(owner);
          for (const admin of admins) expect(names).toContain(admin);
          for (const name of barred) expect(names).not.toContain(name);
          for (const { user } of requests) expect(barred).not.toContain(user);
          expect(requests.length).toBeLessThanOrEqual(rules.requestsMax);
        }
      });
    });
  });

  it("what is in memory is what is kept, and as many are counted as are kept", () => {
    check((life) => {
      live(life, (hall) => {
        const { state, records } = hall.desk;
        for (const room of state.rooms.values()) {
          const kept = recordAt(hall, room.id);
          if (!isCreated(room)) expect(kept).toBeUndefined();
          else expect({ ...recordOf(room), seq: 0 }).toEqual({ ...kept, seq: 0 });
        }
        const shard = records.get("shard") ?? { rooms: 0 };
        expect(shard).toMatchObject({ rooms: recordsOf(hall).length });
      });
    });
  });

  it("a user's shard that believes what it is told knows who is a member", () => {
    check((life) => {
      const told = new Map<string, number>();
      live(life, (hall) => {
        for (const { command } of hall.effects?.outbox ?? []) {
          if (command.on !== "enrolled" && command.on !== "disenrolled") continue;
          const key = `${command.room} ${command.user}`;
          if (command.on === "enrolled") told.set(key, command.born);
          else if (told.get(key) === command.born) told.delete(key);
        }
        const members = recordsOf(hall).flatMap(([room, record]) => {
          return record.members.map(([name, born]) => [`${room} ${name}`, born] as const);
        });
        expect(new Map(members)).toEqual(told);
      });
    });
  });

  it("nobody has the rights of an earlier life of its name, whatever it asks for", () => {
    check((life) => {
      const hall = new Hall(rules);
      for (const [turn, deed] of life.entries()) {
        const before = recordAt(hall, deed.room);
        const seats = hall.desk.state.rooms.get(deed.room)?.seats;
        const sits = seats?.has(`${deed.user}/${deed.number % 2}` as SessionId) === true;
        const answer = act(hall, deed, turn);
        if (before === undefined || !SUCCESS.has(answer)) continue;
        if (!takesRights(deed, before)) continue;
        // What it sits in may be a room of nobody's: that of its former life is gone.
        if (deed.on === "join" && (sits || recordAt(hall, deed.room) === undefined)) continue;
        expect(new Map(before.members).get(deed.user)).toBe(hall.bornOf(deed.user));
      }
    });
  });

  it("order: a room's numbers go on by one, also after nobody was there", () => {
    check((life) => {
      const last = new Map<RoomId, number>();
      live(life, (hall) => {
        for (const { item } of hall.effects?.items ?? []) {
          if (item.to !== "room") continue;
          for (const event of item.events) {
            const isFirst = event.seq === 1;
            if (!isFirst) expect(event.seq).toBe((last.get(item.room) ?? 0) + 1);
            last.set(item.room, lastOf(event));
          }
        }
        for (const [room, { seq }] of recordsOf(hall)) {
          if (!hall.desk.state.rooms.has(room)) expect(seq).toBe(last.get(room));
        }
      });
    });
  });

  it("the next owner, at any commit, decides everything further as the one before would have", () => {
    fc.assert(
      fc.property(deeds, fc.uniqueArray(fc.nat(99)), (life, cuts) => {
        const [first, later] = [new Hall(rules), new Hall(rules)];
        for (const [turn, deed] of life.entries()) {
          if (cuts.includes(turn)) later.next();
          expect(act(later, deed, turn)).toBe(act(first, deed, turn));
          // Who stands up first when all have to go is nobody's promise.
          expect([...later.sent].sort()).toEqual([...first.sent].sort());
          expect([...later.told].sort()).toEqual([...first.told].sort());
          expect(later.events.map(unnumbered)).toEqual(first.events.map(unnumbered));
          expect(withoutLives(later)).toEqual(withoutLives(first));
          expect(later.desk.live).toEqual(liveEntries(later.desk.state));
        }
      }),
      { numRuns: 400, seed: SEED },
    );
  });
});

/** Whether only a member may have it done, as things are. */
function takesRights({ on }: Deed, { access }: RoomRecord): boolean {
  switch (on) {
    case "join":
      return access !== "public";
    case "removeMember":
    case "bar":
    case "setAdmin":
    case "access":
    case "lock":
    case "capacity":
    case "title":
    case "answerEntry":
    case "removeRoom":
      return true;
    default:
      return false;
  }
}
const SUCCESS: ReadonlySet<string> = new Set(["done", "seated", "enrolled"]);

/** Another owner gives other numbers. */
const unnumbered = (event: RoomEvent) => (event.on === "said" ? { ...event, id: 0 } : event);
const withoutLives = (hall: Hall) => {
  return recordsOf(hall).map(([room, record]) => {
    const requests = record.requests.map((request) => ({ ...request, id: 0 }));
    return [room, { ...record, born: 0, requests }];
  });
};

/** The same lives in every run; for a longer search change it. */
const SEED = 20_261_121;
