import type { RoomId, UserId } from "@roundhouse/kernel";
import { Crowd, type Deed, Desk, lives } from "@roundhouse/testkit";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { lastOf } from "./history.ts";
import type { RoomEvent } from "./item.ts";
import type { Rules } from "./rules.ts";
import type { Room } from "./seats.ts";

const SHARDS = 3;
const USERS = 4;
const ROOMS = 3;
const SEATS = 2;

const rules: Partial<Rules> = {
  membersPerRoomMax: SEATS,
  roomsPerUserMax: 2,
  sessionsPerUserMax: 4,
  resumeMs: 60_000,
  invitesQueuedMax: 2,
};

const crowds = lives({ shards: SHARDS, users: USERS, rooms: ROOMS, longest: 120 });
const options = fc.record({
  sessions: fc.constantFrom("many", "replace", "refuse"),
  presenceGraceMs: fc.constantFrom(0, 5000),
  resumeMs: fc.constantFrom(0, 60_000),
});

/** Lives through everything; `after` each deed looks at the crowd. */
function live(life: readonly Deed[], more: Partial<Rules>, after: (crowd: Crowd) => void): Crowd {
  const crowd = new Crowd(SHARDS, { ...rules, ...more });
  for (const deed of life) {
    crowd.do(deed);
    after(crowd);
  }
  crowd.settle();
  return crowd;
}

const check = (judge: (life: readonly Deed[], more: Partial<Rules>) => void, numRuns = 250) => {
  fc.assert(fc.property(crowds, options, judge), { numRuns, seed: SEED });
};

describe("whatever a crowd does", () => {
  it("seats: no room ever holds more members than seats, nor an empty one", () => {
    check((life, more) => {
      live(life, more, ({ desks }) => {
        for (const { state } of desks) {
          for (const { members, seats, gateways } of state.rooms.values()) {
            expect(members.size).toBeGreaterThan(0);
            expect(members.size).toBeLessThanOrEqual(SEATS);
            expect(sum(members.values())).toBe(seats.size);
            const heard = [...seats.values()].filter(({ isParted }) => !isParted);
            expect(sum(gateways.values())).toBe(heard.length);
          }
        }
      });
    });
  });

  it("position: a room's number never goes back while the room lives", () => {
    check((life, more) => {
      const seen = new Map<object, number>();
      live(life, more, ({ desks }) => {
        for (const { state } of desks) {
          for (const it of state.rooms.values()) {
            expect(it.seq).toBeGreaterThanOrEqual(seen.get(it) ?? 0);
            seen.set(it, it.seq);
          }
        }
      });
    });
  });

  it("order: a room's numbers have no gap and no repetition", () => {
    check((life, more) => {
      const { events } = live(life, more, () => {});
      for (const happened of events.values()) {
        let last = 0;
        for (const event of happened) {
          if (event.seq !== 1) expect(event.seq).toBe(last + 1);
          last = lastOf(event);
        }
      }
    });
  });

  it("no_loss, no_dup: an action is in the order exactly once, or its sender is told why not", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      const happened = games(crowd);
      expect(new Set(happened.map(({ extra }) => extra)).size).toBe(happened.length);
      const accepted: string[] = [];
      for (let request = 1; request <= crowd.acts; request++) {
        const answers = crowd.answers.get(request) ?? [];
        expect(answers).toHaveLength(1);
        const event = happened.find(({ extra }) => extra === `"request":${request}`);
        if (answers[0]?.on !== "accepted") expect(event).toBeUndefined();
        else {
          accepted.push(`"request":${request}`);
          expect(event?.seq).toBe(answers[0].seq);
        }
      }
      expect(happened).toHaveLength(accepted.length);
    });
  });

  it("order_per_sender: what a session says in a room comes in the order it was said", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      const last = new Map<string, number>();
      for (const [id, happened] of crowd.events) {
        for (const event of happened) {
          if (event.on !== "game") continue;
          const request = Number(/\d+/.exec(event.extra)?.[0]);
          const texts = event.actions.map(({ fields }) => fields);
          expect(texts).toEqual(texts.map((_, index) => `"act":[${request},${index}]`));
          const sender = `${id} ${crowd.speakers.get(request)}`;
          expect(request).toBeGreaterThan(last.get(sender) ?? 0);
          last.set(sender, request);
        }
      }
    });
  });

  it("presence_true: after quiet a status is what the open connections say, and known to all", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      for (let index = 0; index < USERS; index++) {
        const name = `user${index}` as UserId;
        const open = crowd.clients.filter((it) => it.user === name && it.isOpen);
        const { state } = crowd.deskOf(name);
        const known = state.users.get(name);
        const stays = known?.stays.map(({ session }) => session) ?? [];
        expect(new Set(stays)).toEqual(new Set(open.map(({ session }) => session)));
        const isBusy = [...roomsOf(crowd)].some(([, it]) => it.members.has(name));
        const present = known?.away ? "away" : isBusy ? "busy" : "online";
        expect(known?.status ?? "offline").toBe(open.length === 0 ? "offline" : present);
        for (const gateway of state.watchers.get(name) ?? []) {
          const news = crowd.news.get(`${gateway} ${name}`)?.at(-1)?.replace("first ", "");
          expect(news).toBe(known?.status ?? "offline");
        }
      }
    });
  });

  it("presence_true: after quiet every seat is a session's that is here, and it knows", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      const seats = [...roomsOf(crowd)].flatMap(([id, it]) => {
        return [...it.seats].map(([session, seat]) => `${seat.user} ${session} ${id}`);
      });
      const bonds = crowd.desks.flatMap(({ state }) => {
        return [...state.users.values()].flatMap(({ id, stays }) => {
          return stays.flatMap(({ session, rooms }) => rooms.map((it) => `${id} ${session} ${it}`));
        });
      });
      expect(new Set(seats)).toEqual(new Set(bonds));
      expect(seats).toHaveLength(bonds.length);
    });
  });

  it("presence: nobody is told the same status twice in a row", () => {
    check((life, more) => {
      for (const news of live(life, more, () => {}).news.values()) {
        for (const [index, status] of news.entries()) {
          // Who asks again is answered again; what is told unasked is always new.
          const before = news[index - 1]?.replace("first ", "");
          if (!status.startsWith("first ")) expect(status).not.toBe(before);
        }
      }
    });
  });

  it("presence_true: after quiet the seats that hear are those of open connections", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      for (const [, it] of roomsOf(crowd)) {
        for (const [session, { isParted }] of it.seats) {
          const client = crowd.clients.find((it) => it.session === session);
          expect(isParted).toBe(client?.isOpen !== true);
        }
      }
    });
  });

  it("digests: whatever a gateway did not do itself it was told, in its place", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      for (let shard = 0; shard < crowd.desks.length; shard++) {
        for (const gate of [0, 1]) crowd.do({ on: "compare", gate, shard });
      }
      crowd.settle();
      expect(crowd.differences).toEqual([]);
    });
  });

  it("bounded: when all have gone, nothing of them stays in memory", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      crowd.closeAll();
      crowd.settle();
      for (const { state } of crowd.desks) {
        expect([state.users.size, state.rooms.size, state.due.size]).toEqual([0, 0, 0]);
        const watched = [...state.watchers.values()].flat();
        expect(state.tallies.size).toBe(new Set(watched).size);
      }
    });
  });

  it("the same commands at the same times do the same", () => {
    check((life, more) => {
      const crowd = live(life, more, () => {});
      const again = crowd.desks.map(() => new Desk({ ...rules, ...more }));
      for (const { shard, posts, effects } of crowd.batches) {
        const repeated = again[shard]?.run(structuredClone(posts));
        expect(repeated).toEqual(effects);
      }
    }, 100);
  });

  it("items, outbox and records can cross a process: cloned or packed they stay the same", () => {
    check((life, more) => {
      for (const { effects } of live(life, more, () => {}).batches) {
        const { items, outbox } = effects;
        const plain = { items, outbox, records: [...effects.records] };
        expect(structuredClone(plain)).toStrictEqual(plain);
        expect(packr.unpack(packr.pack(plain))).toStrictEqual(plain);
      }
    }, 100);
  });
});

/** The same lives in every run; for a longer search change it, and `numRuns`. */
const SEED = 20_261_121;
const packr = new Packr({ useRecords: false });
const sum = (counts: Iterable<number>): number => [...counts].reduce((all, it) => all + it, 0);
const roomsOf = (crowd: Crowd) => {
  return new Map(crowd.desks.flatMap(({ state }) => [...state.rooms])) as ReadonlyMap<RoomId, Room>;
};
const games = (crowd: Crowd): readonly Extract<RoomEvent, { on: "game" }>[] => {
  const happened = [...crowd.events.values()].flat();
  return happened.flatMap((event) => (event.on === "game" ? [event] : []));
};
