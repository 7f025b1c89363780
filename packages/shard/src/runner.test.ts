import type { Command, Item, UserRecord } from "@roundhouse/domain";
import { type GatewayId, ok, type RoomId, type SessionId, type UserId } from "@roundhouse/kernel";
import type { Commit, Post } from "@roundhouse/ledger";
import { rules, START } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { type ShardLedger, ShardRunner } from "./runner.ts";

type Committed = Commit<Command, Item, UserRecord>;

/** A ledger that hands over what the test says, and keeps what it is given. */
function fakeLedger(kept: ReadonlyMap<string, UserRecord> = new Map(), isFull = false) {
  const commits: Committed[] = [];
  const loaded: string[] = [];
  const appended: Command[] = [];
  let take: (posts: readonly Post<Command>[]) => void = () => {};
  const ledger: ShardLedger = {
    keepsLive: false,
    isFull: () => isFull,
    append: (_shard, _from, command) => {
      appended.push(command);
      return ok(undefined);
    },
    hear: () => () => {},
    own: (_shard, owner) => {
      take = owner.take;
    },
    recall: (_shard, then) => then([]),
    load: (_shard, keys, then) => {
      loaded.push(...keys);
      then(new Map([...kept].filter(([key]) => keys.includes(key))));
    },
    commit: (_shard, commit, then) => {
      commits.push(commit);
      then();
    },
  };
  const hand = (...commands: readonly Command[]): void => {
    take(commands.map((command) => ({ from: "gate" as GatewayId, at: START, command })));
  };
  return { ledger, commits, loaded, appended, hand };
}

describe("the runner of a shard", () => {
  it("answers each batch with one commit, also one that changes nothing", () => {
    const { ledger, commits, hand } = fakeLedger();
    run(ledger);
    hand(attach("ana"), attach("ben"));
    hand({ on: "tick" });
    expect(commits.map(({ items }) => items.length)).toEqual([2, 0]);
  });

  it("loads the records that a batch needs, and none that it has already", () => {
    const { ledger, loaded, hand } = fakeLedger();
    run(ledger);
    hand(attach("ana"), attach("ben"));
    hand(attach("ana", "second"));
    expect(loaded).toEqual(["user/ana", "user/ben"]);
  });

  it("decides with what was loaded", () => {
    const record = { guarded: true, invites: [] };
    const { ledger, commits, hand } = fakeLedger(new Map([["user/ana", record]]));
    const runner = run(ledger);
    hand(attach("ana"));
    expect(commits[0]?.items[0]?.item).toMatchObject({ told: { code: "token_missing" } });
    expect(runner.stats.refusals.get("token_missing")).toBe(1);
  });

  it("decides each command at the time and for the gateway that its post names", () => {
    const { ledger, commits } = fakeLedger();
    let take: (posts: readonly Post<Command>[]) => void = () => {};
    run({ ...ledger, own: (_shard, owner) => (take = owner.take) });
    const action = () => ({ at: undefined, fields: "" });
    const act = (session: string): Command => {
      const seat = { room: PIT, session: session as SessionId };
      return { on: "act", ...seat, actions: [action()], extra: "" };
    };
    const post = (from: string, at: number, command: Command) => {
      return { from: from as GatewayId, at, command };
    };
    take([
      post("one", 1000, attach("ana")),
      post("one", 1000, join("ana")),
      post("two", 2000, attach("ben")),
      post("two", 2000, join("ben")),
      post("two", 3000, act("ben")),
    ]);
    const last = commits[0]?.items.at(-1);
    expect(last?.to).toEqual(["one", "two"]);
    expect(last?.item).toMatchObject({ events: [{ actions: [{ at: 3000 }] }] });
  });

  it("sends what is for other shards to the shard of its subject", () => {
    const { ledger, commits, hand } = fakeLedger();
    run(ledger);
    hand(attach("1:12345"), join("1:12345", "1:12345", ["1:2345", "1:789"]));
    expect(commits[0]?.outbox.map(({ shard, command }) => [shard, command.on])).toEqual([
      [2, "bound"],
      [3, "invited"],
      [0, "invited"],
    ]);
  });

  it("names records by their kind and user", () => {
    const { ledger, commits, hand } = fakeLedger();
    run(ledger);
    hand({ on: "guard", user: "ana" as UserId, guarded: true });
    expect([...(commits[0]?.records ?? [])]).toEqual([
      ["user/ana", { guarded: true, invites: [] }],
    ]);
  });

  it("asks itself for a tick when something is due, and only then", () => {
    const { ledger, appended, hand } = fakeLedger();
    const runner = run(ledger);
    hand(attach("ana", "ana", "a secret that is long enough"));
    hand({ on: "detach", user: "ana" as UserId, session: "ana" as SessionId, how: "lost" });
    runner.tick(START + rules.resumeMs - 1);
    expect(appended).toEqual([]);
    runner.tick(START + rules.resumeMs);
    expect(appended).toEqual([{ on: "tick" }]);
  });

  it("keeps no invite for a name without a record once the store is full", () => {
    const waiting = { guarded: false, invites: [{ room: PIT, from: "eve" as UserId }] };
    const { ledger, commits, hand } = fakeLedger(new Map([["user/ben", waiting]]), true);
    const runner = run(ledger);
    hand(attach("ana"));
    for (const user of ["ana", "ben", "nobody"] as UserId[]) {
      hand({ on: "invited", user, room: PIT, from: "dan" as UserId });
    }
    const changed = commits.flatMap(({ records }) => [...records.keys()]);
    expect(changed).toEqual(["user/ben"]);
    expect(commits.map(({ items }) => items.length)).toEqual([1, 1, 0, 0]);
    expect([...runner.state.users.keys()]).toEqual(["ana"]);
    expect(runner.stats.refused.get("invited")).toBe(1);
  });

  it("counts commands by kind", () => {
    const { ledger, hand } = fakeLedger();
    const runner = run(ledger);
    hand(attach("ana"), attach("ben"), join("ana"));
    expect(Object.fromEntries(runner.stats.commands)).toEqual({ attach: 2, join: 1 });
  });
});

const PIT = "pit" as RoomId;
const run = (ledger: ShardLedger) => new ShardRunner({ shard: 0, shards: 8, rules, ledger });
const attach = (who: string, session = who, resume?: string): Command => {
  const name = { user: who as UserId, session: session as SessionId };
  return { on: "attach", ...name, means: "idme", proven: false, resume };
};
const join = (who: string, session = who, invite: readonly string[] = []): Command => {
  const seat = { room: PIT, user: who as UserId, session: session as SessionId };
  return { on: "join", ...seat, invite: invite as readonly UserId[] };
};
