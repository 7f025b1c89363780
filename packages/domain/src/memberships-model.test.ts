import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Account, RoomRecord } from "./record.ts";

const SHARDS = 3;
const rules = { roomsPerUserMax: 2, membersPerRoomMax: 3 };

const ASKED = [
  "join",
  "create",
  "create",
  ...Array<"enter">(8).fill("enter"),
  "permission",
  ...Array<"approve">(3).fill("approve"),
  "removeMember",
  "leaveRoom",
  "leaveRoom",
  "bar",
  "removeRoom",
  "deleteAccount",
] as const;

type Asked = {
  readonly on: (typeof ASKED)[number];
  readonly user: UserId;
  readonly subject: UserId;
  readonly room: RoomId;
};
type Deed =
  | Asked
  | { readonly on: "signUp" | "logIn" | "logOut"; readonly user: UserId }
  | { readonly on: "succeed"; readonly shard: number }
  | { readonly on: "work"; readonly shard: number; readonly most: number }
  /** Everything is killed and started again: what is not durable is gone. */
  | { readonly on: "restart" };

const user = fc.nat(3).map((index) => `user${index}` as UserId);
const room = fc.nat(2).map((index) => `room${index}` as RoomId);
const shard = fc.nat(SHARDS - 1);
const some: readonly (readonly [number, fc.Arbitrary<Deed>])[] = [
  [14, fc.record({ on: fc.constantFrom(...ASKED), user, subject: user, room })],
  [4, fc.record({ on: fc.constantFrom("signUp", "logIn", "logIn", "logOut"), user })],
  [1, fc.record({ on: fc.constant("succeed"), shard })],
  [18, fc.record({ on: fc.constant("work"), shard, most: fc.integer({ min: 1, max: 4 }) })],
  [1, fc.constant({ on: "restart" })],
];
const deed = fc.oneof(...some.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const deeds = fc.array(deed, { minLength: 60, maxLength: 200, size: "max" });

/** What users do and shards decide, each of it possibly long before the rest hears of it. */
class Life {
  readonly village = new Village(rules, SHARDS);
  /** What takes a right, by the number of the request, and in which life it was asked. */
  readonly claims = new Map<number, Claim>();
  readonly #sessions = new Map<UserId, string>();
  #count = 0;

  constructor() {
    for (let index = 0; index < 4; index++) {
      const name = `user${index}` as UserId;
      for (const on of ["signUp", "logIn"] as const) this.do({ on, user: name });
    }
    this.village.settle();
  }

  do(it: Deed): void {
    const { village } = this;
    switch (it.on) {
      case "restart":
        return village.restart();
      case "succeed":
        return village.succeed(it.shard);
      case "work":
        return village.work(it.shard, it.most);
      case "signUp": {
        const door = `${it.user}/door`;
        village.put(it.user, { on: "signUp", hash: "h", nickname: it.user }, door);
        return;
      }
      case "logIn":
        return this.#logIn(it.user);
      case "logOut": {
        const session = this.#sessionOf(it.user);
        return village.append({ on: "detach", user: it.user, session, how: "left" });
      }
      default:
        return this.#ask(it);
    }
  }

  #logIn(name: UserId): void {
    const session = `${name}/${++this.#count}`;
    this.#sessions.set(name, session);
    const plain = { proven: true, takesNotices: true, resume: undefined } as const;
    const means = this.#count % 4 === 0 ? "idme" : "account";
    this.village.put(name, { on: "attach", means, ...plain }, session);
  }

  #ask({ on, user: name, subject, room }: Asked): void {
    const { village } = this;
    const session = this.#sessionOf(name);
    const born = village.account(name).born ?? 0;
    const put = (wish: Wish) => village.put(name, { born, ...wish } as Wish, session);
    const claim = (wish: Wish) => void this.claims.set(put(wish), { room, user: name, born });
    const record = roomsOf(village).get(room);
    switch (on) {
      case "join":
        return void put({ on, room, invite: [] });
      case "create":
        return void put({ on, room, born, title: room, access: "public" });
      case "enter":
        return void put({ on, room, born, hasPassword: false, address: "::1" });
      case "permission":
        return void put({ on: "adjust", room, changes: { access: "permission" } });
      case "approve": {
        const id = record?.requests[0]?.id ?? 0;
        const by = record?.owner ?? name;
        const wish = { on: "answerEntry", room, id, how: "approve" } as const;
        village.put(by, { ...wish, born: village.account(by).born }, this.#sessionOf(by));
        return;
      }
      case "removeMember":
        return void put({ on, room, subject });
      case "leaveRoom":
        return claim({ on: "removeMember", room, subject: name });
      case "bar":
        return void put({ on, room, subject, isBarred: true });
      case "removeRoom":
        return claim({ on, room });
      case "deleteAccount":
        return void put({ on, turn: 1 });
    }
  }

  #sessionOf(name: UserId): SessionId {
    return (this.#sessions.get(name) ?? `${name}/nobody`) as SessionId;
  }
}

const live = (life: readonly Deed[]): Village => lived(life).village;

function lived(life: readonly Deed[]): Life {
  const it = new Life();
  for (const one of life) it.do(one);
  it.village.settle();
  return it;
}

/** A request that ends the membership of `user` in that life, if it is granted. */
type Claim = { readonly room: RoomId; readonly user: UserId; readonly born: number };
type Wish = Parameters<Village["put"]>[1];

function kept<Kind>(village: Village, prefix: string): ReadonlyMap<string, Kind> {
  const all = village.desks.flatMap(({ records }) => [...records]);
  const some = all.filter(([key]) => key.startsWith(prefix));
  return new Map(some.map(([key, value]) => [key.slice(prefix.length), value as Kind]));
}
const roomsOf = (village: Village) => kept<RoomRecord>(village, "room/");
const accountsOf = (village: Village) => kept<Account>(village, "account/");

const nameOf = ({ room, user, born }: Claim) => `${room} ${user} ${born}`;

const check = (judge: (life: readonly Deed[]) => void) => {
  fc.assert(fc.property(deeds, judge), { numRuns: 400, seed: SEED });
};

describe("users and rooms on several shards, whatever comes in which order", () => {
  it("agree after quiet on who is a member where", () => {
    check((life) => {
      const village = live(life);
      const inRooms = [...roomsOf(village)].flatMap(([room, { members }]) => {
        return members.map(([name, born]) => `${name} ${born} ${room}`);
      });
      const inAccounts = [...accountsOf(village)].flatMap(([name, { born, rooms }]) => {
        return rooms.map((room) => `${name} ${born} ${room}`);
      });
      expect(inAccounts.sort()).toEqual(inRooms.sort());
    });
  });

  it("leave no room without the account of its owner", () => {
    check((life) => {
      const village = live(life);
      const accounts = accountsOf(village);
      for (const { owner } of roomsOf(village).values()) expect(accounts.has(owner)).toBe(true);
      for (const { rooms } of accounts.values()) {
        expect(rooms.length).toBeLessThanOrEqual(rules.roomsPerUserMax);
      }
    });
  });

  it("seat a session that logged in wherever its user is a member, and no older one of its user", () => {
    check((life) => {
      const village = live(life);
      for (const { state, records } of village.desks) {
        for (const { id, stays } of state.users.values()) {
          const account = records.get(`account/${id}`) as Account | undefined;
          const logged = stays.filter(({ means }) => means === "account");
          expect(logged.length).toBeLessThanOrEqual(1);
          for (const { rooms } of logged) {
            expect(rooms).toEqual(expect.arrayContaining([...(account?.rooms ?? [])]));
          }
        }
      }
    });
  });

  it("agree after quiet on who sits where", () => {
    check((life) => {
      const village = live(life);
      const rooms = village.desks.flatMap(({ state }) => [...state.rooms.values()]);
      const seats = rooms.flatMap(({ id, seats }) => {
        return [...seats].map(([session, seat]) => `${seat.user} ${session} ${id}`);
      });
      const users = village.desks.flatMap(({ state }) => [...state.users.values()]);
      const bonds = users.flatMap(({ id, stays }) => {
        return stays.flatMap(({ session, rooms }) => rooms.map((it) => `${id} ${session} ${it}`));
      });
      expect(bonds.sort()).toEqual(seats.sort());
    });
  });

  it("let nobody leave, or remove a room, in the name of a former life", () => {
    check((life) => {
      const { village, claims } = lived(life);
      for (const { effects } of village.batches) {
        const ended = effects.outbox.flatMap(({ command }) => {
          return command.on === "disenrolled" ? [nameOf(command)] : [];
        });
        for (const { item } of effects.items) {
          if (item.to !== "session" || item.told.on !== "done") continue;
          const claim = claims.get(item.told.request ?? 0);
          if (claim !== undefined) expect(ended).toContain(nameOf(claim));
        }
      }
    });
  });

  it("answer no request twice", () => {
    check((life) => {
      for (const [, told] of live(life).told) {
        const requests = told.flatMap((it) => {
          return "request" in it && it.request !== undefined ? [it.request] : [];
        });
        expect(new Set(requests).size).toBe(requests.length);
      }
    });
  });
});

/** The same lives in every run; for a longer search change it. */
const SEED = 20_261_121;
