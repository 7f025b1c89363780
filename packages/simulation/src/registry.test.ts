import type { Account, Item, Notice, Told } from "@roundhouse/domain";
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { type Change, Registry } from "./registry.ts";
import { Broken } from "./trace.ts";

describe("a private message that was accepted", () => {
  it("is underway until it is kept", () => {
    const registry = befriended();
    registry.commit([sent(1)], new Map());
    expect([...registry.underway.values()]).toMatchObject([{ id: 1, isExcused: false }]);
    registry.commit([], keeps(1));
    expect(registry.underway.size).toBe(0);
  });

  it("may be dropped by who is no friend any more, then or since", () => {
    const since = befriended();
    since.commit([sent(1)], new Map());
    since.commit([], change("account/ben", account([ANA]), account([])));
    const before = befriended();
    before.commit([], change("account/ben", account([ANA]), undefined));
    before.commit([sent(1)], new Map());
    for (const { underway } of [since, before]) {
      expect([...underway.values()]).toMatchObject([{ isExcused: true }]);
    }
  });

  it("may be dropped by who is a friend by something else than what the sender knows", () => {
    const other = change("account/ben", account([ANA]), account([ANA], 2));
    const [since, before, first] = [befriended(), befriended(), new Registry()];
    since.commit([sent(1)], new Map());
    since.commit([], other);
    before.commit([], other);
    before.commit([sent(1)], new Map());
    first.commit([], change("account/ben", undefined, account([ANA], 2)));
    first.whispers(ANA_HOME, 1, { from: ANA, to: BEN });
    first.commit([sent(1)], change("account/ana", account([]), account([BEN])));
    for (const { underway } of [since, before, first]) {
      expect([...underway.values()]).toMatchObject([{ bonds: [1], isExcused: true }]);
    }
  });
});

describe("what is judged", () => {
  it("is no_dup, when it is kept twice", () => {
    const registry = befriended();
    registry.commit([], keeps(1));
    expect(brokenBy(() => registry.commit([], keeps(1, 2)))).toBe("no_dup");
  });

  it("is no_loss, when it is told and not kept, but to an account that ends with it", () => {
    const tells = (records: ReadonlyMap<string, Change>) => {
      return brokenBy(() => befriended().commit([told(BEN_HOME, whisper(1))], records));
    };
    expect(tells(new Map())).toBe("no_loss");
    expect(tells(keeps(1))).toBe("nothing");
    expect(tells(change("account/ben", account([ANA]), undefined))).toBe("nothing");
  });

  it("is no_loss, when what was kept is thrown away unheard", () => {
    const registry = befriended();
    const thrown = change("mail/1/ben", whisper(1), undefined);
    expect(brokenBy(() => registry.commit([], thrown))).toBe("no_loss");
    registry.hears(BEN, whisper(1));
    expect(brokenBy(() => registry.commit([], thrown))).toBe("nothing");
  });

  it("is nothing, when it goes with its account, also where another one begins at once", () => {
    for (const after of [undefined, { ...account([]), born: 9 }]) {
      const records = new Map([
        ...change("mail/1/ben", whisper(1), undefined),
        ...change("account/ben", account([ANA]), after),
      ]);
      expect(brokenBy(() => befriended().commit([], records))).toBe("nothing");
    }
  });

  it("is same_order, when a number of a created room is left out or comes again", () => {
    for (const seq of [2, 4]) {
      const registry = new Registry();
      registry.commit([said(1), said(2)], new Map());
      expect(brokenBy(() => registry.commit([said(seq)], new Map()))).toBe("same_order");
    }
    const registry = new Registry();
    registry.commit([said(1), said(2), said(1), said(2)], new Map()); // Another room by that name.
  });
});

const [ANA, BEN] = ["ana" as UserId, "ben" as UserId];
const [ANA_HOME, BEN_HOME] = ["a-1" as SessionId, "b-1" as SessionId];

/** They are friends, and ana is about to say something to ben. */
function befriended(): Registry {
  const registry = new Registry();
  registry.users.set(ANA_HOME, ANA);
  registry.users.set(BEN_HOME, BEN);
  registry.commit([], change("account/ben", undefined, account([ANA])));
  registry.commit([], change("account/ana", undefined, account([BEN])));
  registry.whispers(ANA_HOME, 1, { from: ANA, to: BEN });
  return registry;
}

const change = (key: string, before: unknown, after: unknown): ReadonlyMap<string, Change> => {
  return new Map([[key, { before, after }]]);
};
const whisper = (id: number): Notice => ({ on: "whispered", id, at: 1, from: ANA, text: "hi" });
const item = (session: SessionId, word: Told): Item => ({ to: "session", session, told: word });
const sent = (id: number): Item => item(ANA_HOME, { on: "sent", id, at: 1, request: 1 });
const told = (session: SessionId, notice: Notice): Item => {
  return item(session, { on: "notices", notices: [notice], kept: false });
};
const keeps = (id: number, number = 1): ReadonlyMap<string, Change> => {
  return change(`mail/${number}/ben`, undefined, whisper(id));
};
const said = (seq: number): Item => ({
  to: "room",
  room: "hall0" as RoomId,
  events: [{ on: "said", seq, id: seq, at: 1, from: ANA, text: "hi" }],
});
const account = (friends: readonly UserId[], bond = 1): Account => ({
  born: 1,
  since: 1,
  proof: { hash: "", turn: 1 },
  nickname: "",
  description: "",
  friends: friends.map((user) => ({ user, bonds: [bond] })),
  requests: [],
  rooms: [],
  isBanned: false,
});

function brokenBy(run: () => void): string {
  try {
    run();
  } catch (cause) {
    if (cause instanceof Broken) return cause.invariant;
    throw cause;
  }
  return "nothing";
}
