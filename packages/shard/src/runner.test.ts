import type { Command, Item, Stored } from "@roundhouse/domain";
import { type GatewayId, ok, type RoomId, type SessionId, type UserId } from "@roundhouse/kernel";
import type { Commit, Owner, Past, Post } from "@roundhouse/ledger";
import { rules, START } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { type ShardLedger, ShardRunner } from "./runner.ts";
import { RunnerStats } from "./stats.ts";

type Committed = Commit<Command, Item, Stored>;

type Fake = {
  readonly kept?: ReadonlyMap<string, Stored>;
  readonly isFull?: boolean;
  readonly keepsLive?: boolean;
  readonly past?: readonly Past<Item>[];
  /** Nothing is answered before the test says so. */
  readonly isSlow?: boolean;
};

/** A ledger that hands over what the test says, and keeps what it is given. */
function fakeLedger(fake: Fake = {}) {
  const { kept = new Map(), isFull = false, keepsLive = false, past = [], isSlow = false } = fake;
  const commits: Committed[] = [];
  const loaded: string[] = [];
  const appended: Command[] = [];
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  let owner: Owner<Command> | undefined;
  const answer = (what: string, then: () => void): void => {
    asked.push(what);
    if (isSlow) answers.push(then);
    else then();
  };
  const ledger: ShardLedger = {
    keepsLive,
    isFull: () => isFull,
    append: (_shard, _from, command) => {
      appended.push(command);
      return ok(undefined);
    },
    hear: () => () => {},
    own: (_shard, it) => {
      owner = it;
    },
    recall: (shard, then) => answer(`recall ${shard}`, () => then(past)),
    load: (shard, keys, then) => {
      loaded.push(...keys);
      const found = new Map([...kept].filter(([key]) => keys.includes(key)));
      answer(`load ${shard}`, () => then(found));
    },
    scan: (shard, { prefix, limit }, then) => {
      const found = [...kept].filter(([key]) => key.startsWith(prefix)).slice(0, limit);
      answer(`scan ${shard}`, () => then(new Map(found)));
    },
    commit: (shard, commit, then) => {
      commits.push(commit);
      answer(`commit ${shard}`, then);
    },
  };
  const take = (posts: readonly Post<Command>[]): void => owner?.take(posts);
  const restore = (live: ReadonlyMap<string, unknown>): void => owner?.restore(live);
  const hand = (...commands: readonly Command[]): void => {
    take(commands.map((command) => ({ from: "gate" as GatewayId, at: START, command })));
  };
  return { ledger, commits, loaded, appended, asked, answers, hand, take, restore };
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
    const kinds = ["user", "account", "box"];
    const names = ["ana", "ben"].flatMap((name) => kinds.map((kind) => `${kind}/${name}`));
    expect(loaded).toEqual(names);
  });

  it("loads what that leads to: the mail that a box counts", () => {
    const kept = new Map<string, Stored>([
      ["account/ana", account],
      ["box/ana", { first: 7, sizes: [40, 40] }],
      ["mail/7/ana", { on: "roomRemoved", room: PIT }],
      ["mail/8/ana", { on: "expelled", room: PIT }],
    ]);
    const { ledger, commits, asked, hand } = fakeLedger({ kept });
    run(ledger);
    hand({ ...attach("ana"), proven: true, takesNotices: true } as Command);
    expect(asked).toEqual(["load 0", "load 0", "commit 0"]);
    expect(commits[0]?.items.map(({ item }) => item)).toMatchObject([
      { told: { on: "attached" } },
      { told: { on: "notices", notices: [{ on: "roomRemoved" }, { on: "expelled" }] } },
    ]);
  });

  it("looks searches up in the store, each once, before it decides", () => {
    const kept = new Map<string, Stored>([["account/ana", account]]);
    const { ledger, commits, asked, hand } = fakeLedger({ kept });
    run(ledger);
    const search = { on: "search", kind: "users", limit: 50 } as const;
    hand(
      { ...search, prefix: "a", request: 1 },
      { ...search, prefix: "b", request: 2 },
      { ...search, prefix: "a", request: 3 },
    );
    expect(asked).toEqual(["scan 0", "scan 0", "commit 0"]);
    const found = { to: "survey", survey: { users: [{ id: "ana", nickname: "Ana" }] } };
    expect(commits[0]?.items.map(({ item }) => item)).toMatchObject([
      { ...found, request: 1 },
      { to: "survey", request: 2, survey: { users: [] } },
      { ...found, request: 3 },
    ]);
  });

  it("counts what is put into mailboxes, and what makes room there", () => {
    const { ledger, hand } = fakeLedger({ kept: new Map([["account/ana", account]]) });
    const runner = run(ledger, { ...rules, mailMax: 1 });
    const notice = { on: "roomRemoved", room: PIT } as const;
    const notify: Command = { on: "notify", user: "ana" as UserId, notice };
    hand(notify, notify);
    expect([runner.stats.mailKept, runner.stats.mailDropped]).toEqual([2, 1]);
  });

  it("says of each command that it sends whether it must outlive the process", () => {
    const { ledger, commits, hand } = fakeLedger();
    run(ledger);
    hand(attach("1:12345"), join("1:12345", "1:12345", ["1:2345"]));
    expect(commits[0]?.outbox.map(({ command, lasts }) => [command.on, lasts])).toEqual([
      ["bound", false],
      ["invited", true],
    ]);
  });

  it("decides with what was loaded", () => {
    const record = { guarded: true, invites: [] };
    const { ledger, commits, hand } = fakeLedger({ kept: new Map([["user/ana", record]]) });
    const runner = run(ledger);
    hand(attach("ana"));
    expect(commits[0]?.items[0]?.item).toMatchObject({ told: { code: "token_missing" } });
    expect(runner.stats.refusals.get("token_missing")).toBe(1);
  });

  it("decides each command at the time and for the gateway that its post names", () => {
    const { ledger, commits, take } = fakeLedger();
    run(ledger);
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
    const { ledger, commits, hand } = fakeLedger({
      kept: new Map([["user/ben", waiting]]),
      isFull: true,
    });
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

  it("counts where the other shards of its node do, and what it counted stays when it has ended", () => {
    const stats = new RunnerStats();
    const [one, other] = [fakeLedger(), fakeLedger()];
    const ended = run(one.ledger, rules, stats);
    run(other.ledger, rules, stats);
    one.hand(attach("ana"), attach("amy"));
    ended.end();
    one.hand(attach("ana")); // Nobody takes it any more.
    other.hand(attach("ben"), join("ben"));
    expect(Object.fromEntries(stats.commands)).toEqual({ attach: 3, join: 1 });
  });
});

describe("a shard that outlives its owner", () => {
  it("tells the ledger what a next owner must know, with each commit", () => {
    const { ledger, commits, hand } = fakeLedger({ keepsLive: true });
    run(ledger);
    hand(attach("ana"));
    hand(join("ana"));
    expect(commits.map(({ live }) => [...live.keys()])).toEqual([["uana"], ["rpit", "sana pit"]]);
  });

  it("tells it nothing where nobody would ever ask", () => {
    const { ledger, commits, hand } = fakeLedger();
    run(ledger);
    hand(attach("ana"), join("ana"));
    expect(commits.map(({ live }) => live.size)).toEqual([0]);
  });

  it("goes on with what the owner before left", () => {
    const { commits, hand } = heir();
    hand({ on: "leave", room: PIT, session: "ana" as SessionId });
    expect(commits[0]?.items.map(({ item }) => item)).toMatchObject([
      { to: "room", events: [{ on: "left", seq: 3 }] },
      { to: "session", told: { on: "unseated" } },
    ]);
  });

  it("recalls what happened before when somebody asks for it, once", () => {
    const { commits, hand, asked, runner } = heir();
    hand(history(2));
    hand(history(1), history(0));
    hand(history(0));
    expect(asked).toEqual(["commit 0", "recall 0", "commit 0", "commit 0"]);
    expect(runner.stats.recalls).toBe(1);
    const replays = commits.flatMap(({ items }) => items.map(({ item }) => item));
    expect(replays).toMatchObject([
      { told: { on: "replayed", events: [], lost: 0 } },
      { told: { on: "replayed", events: [{ seq: 2 }], lost: 0 } },
      { told: { on: "replayed", events: [{ seq: 1 }, { seq: 2 }], lost: 0 } },
      { told: { on: "replayed", events: [{ seq: 1 }, { seq: 2 }], lost: 0 } },
    ]);
  });
});

describe("a ledger that takes its time", () => {
  it("is waited for: records and the past come first, then the batch as a whole", () => {
    const { commits, hand, asked, answers } = heir({ isSlow: true });
    hand(attach("ben"), history(0));
    expect([asked, commits.length]).toEqual([["load 0"], 0]);
    answers.shift()?.();
    expect([asked, commits.length]).toEqual([["load 0", "recall 0"], 0]);
    answers.shift()?.();
    expect(commits.map(({ items }) => items.length)).toEqual([2]);
  });

  it.each([
    { when: "records were asked for", waits: 1 },
    { when: "the past was asked for", waits: 2 },
  ])("finds nobody who decides when the shard was lost after $when", ({ waits }) => {
    const { commits, hand, answers, runner } = heir({ isSlow: true });
    hand(attach("ben"), history(0));
    for (let answered = 1; answered < waits; answered++) answers.shift()?.();
    runner.end();
    answers.shift()?.();
    expect([answers.length, commits.length]).toEqual([0, 0]);
  });
});

describe("a runner whose shard is somebody else's", () => {
  it("takes nothing, restores nothing and asks for no tick", () => {
    const { ledger, commits, appended, hand, restore } = fakeLedger({ keepsLive: true });
    const runner = run(ledger);
    hand(attach("ana", "ana", "a secret that is long enough"));
    hand({ on: "detach", user: "ana" as UserId, session: "ana" as SessionId, how: "lost" });
    runner.end();
    hand(attach("ben"));
    restore(new Map([["rpit", ["ana", 2]]]));
    runner.tick(START + rules.resumeMs);
    expect([commits.length, appended, runner.state.rooms.size]).toEqual([2, [], 0]);
  });
});

/** The second owner of a shard where ana sits in the pit and has acted once. */
function heir(options: { readonly isSlow?: boolean } = {}) {
  const first = fakeLedger({ keepsLive: true });
  run(first.ledger);
  first.hand(attach("ana"));
  first.hand(join("ana"));
  const actions = [{ at: undefined, fields: "" }];
  first.hand({ on: "act", room: PIT, session: "ana" as SessionId, actions, extra: "" });
  const said = first.commits.flatMap(({ items }) => items);
  const past = said.map(({ item }) => ({ at: START, item }));
  const next = fakeLedger({ keepsLive: true, past, ...options });
  const runner = run(next.ledger);
  for (const { live } of first.commits) next.restore(live);
  return { ...next, runner };
}

const PIT = "pit" as RoomId;
const account: Stored = {
  born: 1,
  since: START,
  proof: { hash: "h", turn: 1 },
  nickname: "Ana",
  description: "",
  friends: [],
  requests: [],
  rooms: [],
  isBanned: false,
};
const run = (ledger: ShardLedger, by = rules, stats = new RunnerStats()) => {
  return new ShardRunner({ shard: 0, shards: 8, rules: by, ledger, stats });
};
const attach = (who: string, session = who, resume?: string): Command => {
  const name = { user: who as UserId, session: session as SessionId };
  return { on: "attach", ...name, means: "idme", proven: false, resume };
};
const join = (who: string, session = who, invite: readonly string[] = []): Command => {
  const seat = { room: PIT, user: who as UserId, session: session as SessionId };
  return { on: "join", ...seat, invite: invite as readonly UserId[] };
};
const history = (after: number): Command => {
  return { on: "history", room: PIT, session: "ana" as SessionId, after };
};
