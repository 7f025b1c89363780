import type { UserId } from "@roundhouse/kernel";
import { type Village, type VillageDeed, VillageLife, villageLives } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Account } from "./record.ts";

describe("whatever users do, in whichever order shards hear of it, through changes of owner and kills", () => {
  it("both sides agree on every friendship, down to its bonds", () => {
    check((village) => {
      const accounts = accountsOf(village);
      for (const [user, { friends }] of accounts) {
        for (const friendship of friends) {
          const others = accounts.get(friendship.user)?.friends ?? [];
          const theirs = others.find((it) => it.user === user)?.bonds ?? [];
          expect([...theirs].sort()).toEqual([...friendship.bonds].sort());
        }
      }
    });
  });

  it("a friendship is between the lives that asked and approved, never with a later one", () => {
    check((village) => {
      const asked = requestsIn(village);
      for (const [user, { born, friends }] of accountsOf(village)) {
        for (const bond of friends.flatMap(({ bonds }) => bonds)) {
          const request = asked.get(bond);
          expect([request?.from, request?.to]).toContain(user);
          if (request?.from === user) expect(request.born).toBe(born);
        }
      }
    });
  });

  it("nobody is friends with itself, or with more than may be, or has too many requests", () => {
    check((village) => {
      for (const [user, { friends, requests }] of accountsOf(village)) {
        expect(friends.map((it) => it.user)).not.toContain(user);
        expect(new Set(friends.map((it) => it.user)).size).toBe(friends.length);
        expect(friends.every(({ bonds }) => bonds.length > 0)).toBe(true);
        expect(friends.length).toBeLessThanOrEqual(rules.friendsMax);
        expect(requests.length).toBeLessThanOrEqual(rules.requestsMax);
      }
    });
  });

  it("no number is given twice, and the shards' counts are right", () => {
    check((village) => {
      const numbers = numbersIn(village);
      expect(new Set(numbers).size).toBe(numbers.length);
      for (const { records } of village.desks) {
        const there = [...records.keys()].filter((key) => key.startsWith("account/")).length;
        const counted = records.get("shard") as { readonly accounts: number } | undefined;
        expect(counted?.accounts ?? 0).toBe(there);
      }
    });
  });

  it("nobody who has left stays in memory, and nothing of them with the next owner", () => {
    check((village) => {
      for (const { state, live } of village.desks) {
        expect([state.users.size, state.rooms.size, state.loaded.size]).toEqual([0, 0, 0]);
        expect([...live.keys()]).toEqual([]);
      }
    });
  });

  it("no mail is kept without a box that says so, nor the other way round", () => {
    check((village) => {
      for (const { records } of village.desks) {
        const kept = [...records.keys()].filter((key) => key.startsWith("mail/"));
        const said = [...records].flatMap(([key, record]) => {
          if (!key.startsWith("box/")) return [];
          const { first, sizes } = record as { first: number; sizes: readonly number[] };
          return sizes.map((_, index) => `mail/${first + index}/${key.slice("box/".length)}`);
        });
        expect(kept.sort()).toEqual(said.sort());
        expect(said.length).toBeLessThanOrEqual(rules.mailMax * USERS);
      }
    });
  });
});

function check(judge: (village: Village) => void): void {
  const lives = villageLives({ shards: SHARDS, users: USERS, longest: 300, restarts: 3 });
  const live = (deeds: readonly VillageDeed[]): void => {
    const life = new VillageLife(rules, { shards: SHARDS, users: USERS });
    for (const deed of deeds) life.do(deed);
    life.end();
    judge(life.village);
  };
  fc.assert(fc.property(lives, live), { numRuns: 100, seed: 20_261_121, endOnFailure: true });
}

function accountsOf({ desks }: Village): ReadonlyMap<UserId, Account> {
  const kept = desks.flatMap(({ records }) => [...records]);
  return new Map(
    kept.flatMap(([key, record]) => {
      if (!key.startsWith("account/")) return [];
      return [[key.slice("account/".length) as UserId, record as Account] as const];
    }),
  );
}

/** Who asked whom, in which life. */
function requestsIn({ batches }: Village) {
  const sent = batches.flatMap(({ effects }) => effects.outbox.map(({ command }) => command));
  return new Map(
    sent.flatMap((command) => {
      if (command.on !== "friendAsked") return [];
      const { id, from, user: to, born } = command;
      return [[id, { from, to, born }] as const];
    }),
  );
}

/** Of requests and messages, each once, and of lives. */
function numbersIn({ batches }: Village): readonly number[] {
  return batches.flatMap(({ effects }) => {
    const asked = effects.outbox.flatMap(({ command }) => {
      return command.on === "friendAsked" ? [command.id] : [];
    });
    const said = effects.items.flatMap(({ item }) => {
      return item.to === "session" && item.told.on === "sent" ? [item.told.id] : [];
    });
    return [...asked, ...said];
  });
}

const SHARDS = 2;
const USERS = 3;
const rules = {
  friendsMax: 2,
  requestsMax: 2,
  mailMax: 5,
  roomsPerUserMax: 2,
  sessionsPerUserMax: 4,
  resumeMs: 60_000,
};
