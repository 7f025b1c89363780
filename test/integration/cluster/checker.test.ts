/** The checker must find what it is there for: good journals, spoiled in one place at a time. */
import { describe, expect, it } from "vitest";
import { faultsIn } from "../../../load-tests/drill/checker/checker.mjs";

type Account = Parameters<typeof faultsIn>[0];
type Journal = Account["journals"][number];
type Entry = Journal["entries"][number];
type Trouble = Account["troubles"][number];

const HERE = "ws://here";
const THERE = "ws://there";

/** Entries with their times: each at so many ms. */
const opened = (at: number, gateway = HERE): Entry => ({ at, on: "opened", gateway });
const named = (at: number, ...rooms: string[]): Entry => ({ at, on: "named", rooms });
const watched = (at: number, ...users: string[]): Entry => ({ at, on: "watched", users });
const closed = (at: number, code: number, by: "client" | "server"): Entry => {
  return { at, on: "closed", code, by };
};
const asked = (at: number, what: "join" | "leave", request: number): Entry => {
  return { at, on: "asked", what, room: "den", request };
};
const said = (at: number, n: number, request: number): Entry => {
  return { at, on: "said", room: "den", n, request };
};
const ok = (at: number, request: number, seq?: number): Entry => ({ at, on: "ok", request, seq });
const heard = (at: number, seq: number, from: string, n: number): Entry => {
  return { at, on: "heard", room: "den", seq, from, n };
};
const joined = (at: number, seq: number, user: string): Entry => {
  return { at, on: "joined", room: "den", seq, user };
};
const left = (at: number, seq: number, user: string): Entry => {
  return { at, on: "left", room: "den", seq, user };
};
const told = (at: number, user: string, status: string, isAnswer = false): Entry => {
  return { at, on: "status", user, status, isAnswer };
};

/** Ana stays at one gateway; she watches the other two, and hears everything. */
const ANA: Journal = {
  user: "ana",
  entries: [
    opened(0),
    named(10),
    watched(11, "ben", "cal"),
    asked(12, "join", 1),
    ok(14, 1, 1),
    told(15, "ben", "offline", true),
    told(15, "cal", "offline", true),
    joined(30, 2, "ben"),
    told(32, "ben", "busy"),
    joined(40, 3, "cal"),
    told(42, "cal", "busy"),
    said(100, 0, 2),
    heard(102, 4, "ana", 0),
    ok(103, 2, 4),
    heard(112, 5, "ben", 0),
    heard(5_000, 6, "ben", 1), // Said right before his gateway died, heard by him later.
    left(9_000, 7, "cal"),
    told(9_100, "cal", "offline"),
    said(40_000, 1, 3),
    heard(40_002, 8, "ana", 1),
    ok(40_003, 3, 8),
  ],
};

/** Ben's gateway dies at 5,000; he comes back at another one, with his seat. */
const BEN: Journal = {
  user: "ben",
  entries: [
    opened(20, THERE),
    named(22),
    watched(23, "ana"),
    told(24, "ana", "busy", true),
    asked(25, "join", 1),
    ok(31, 1, 2),
    joined(41, 3, "cal"),
    heard(102, 4, "ana", 0),
    said(110, 0, 2),
    heard(112, 5, "ben", 0),
    ok(113, 2, 5),
    said(4_999, 1, 3), // Never answered, and yet taken.
    closed(5_000, 1006, "server"),
    opened(5_200),
    named(5_210, "den"),
    watched(5_211, "ana"),
    heard(5_215, 6, "ben", 1),
    told(5_216, "ana", "busy", true),
    left(9_000, 7, "cal"),
    heard(40_002, 8, "ana", 1),
  ],
};

/** Cal says goodbye. */
const CAL: Journal = {
  user: "cal",
  entries: [
    opened(35),
    named(36),
    asked(37, "join", 1),
    ok(41, 1, 3),
    heard(102, 4, "ana", 0),
    heard(112, 5, "ben", 0),
    heard(5_000, 6, "ben", 1),
    closed(8_990, 1000, "client"),
  ],
};

const KILLED: Trouble = { what: "kill", at: 4_999, until: 30_000, gateway: THERE, how: "killed" };
const GOOD: Account = { journals: [ANA, BEN, CAL], troubles: [KILLED], endedAt: 50_000 };

type Change = (entries: readonly Entry[]) => readonly Entry[];

/** The good account, but for one journal. */
function spoilt(user: string, change: Change): Account {
  const journals = GOOD.journals.map((it) => {
    return it.user === user ? { user, entries: change(it.entries) } : it;
  });
  return { ...GOOD, journals };
}
/** The entry at this time is replaced by these. */
const replaced = (at: number, on: Entry["on"], ...by: readonly Entry[]): Change => {
  return (entries) => entries.flatMap((it) => (it.at === at && it.on === on ? by : [it]));
};
const without = (at: number, on: Entry["on"]): Change => replaced(at, on);
/** Everything that anybody heard under one number is something else. */
function everywhere(seq: number, by: Partial<Entry>): Account {
  const journals = GOOD.journals.map(({ user, entries }) => {
    const changed = entries.map((it) => {
      return it.on === "heard" && it.seq === seq ? ({ ...it, ...by } as Entry) : it;
    });
    return { user, entries: changed };
  });
  return { ...GOOD, journals };
}

const namesIn = (account: Account): readonly string[] => {
  return faultsIn(account).map((it) => it.slice(0, it.indexOf(":")));
};

describe("journals", () => {
  it("in which all is well have no faults", () => {
    expect(faultsIn(GOOD)).toEqual([]);
  });

  it.each([
    {
      spoiled: "a member misses one in the middle",
      account: spoilt("ana", without(112, "heard")),
      fault: "no_loss",
    },
    {
      spoiled: "a member misses the last",
      account: spoilt("ben", without(40_002, "heard")),
      fault: "no_loss",
    },
    {
      spoiled: "one who came back misses what was said meanwhile",
      account: spoilt("ben", without(5_215, "heard")),
      fault: "no_loss",
    },
    {
      spoiled: "what was answered ok is nowhere",
      account: spoilt("ana", replaced(40_003, "ok", ok(40_003, 3, 9))),
      fault: "no_loss",
    },
    {
      spoiled: "what was answered ok is somewhere else",
      account: spoilt("ben", replaced(113, "ok", ok(113, 2, 4))),
      fault: "no_loss",
    },
    {
      spoiled: "nothing was ever answered, although the connection stood",
      account: spoilt("ana", without(40_003, "ok")),
      fault: "no_loss",
    },
    {
      spoiled: "nobody heard somebody join who was given a seat",
      account: {
        ...GOOD,
        journals: GOOD.journals.map(({ user, entries }) => {
          const other = entries.map((it) => {
            return it.on === "joined" && it.seq === 3 ? heard(it.at, 3, "ana", -1) : it;
          });
          return { user, entries: other };
        }),
      },
      fault: "no_loss",
    },
    {
      spoiled: "a member hears one twice",
      account: spoilt(
        "ben",
        replaced(5_215, "heard", heard(5_214, 5, "ben", 0), heard(5_215, 6, "ben", 1)),
      ),
      fault: "no_dup",
    },
    {
      spoiled: "an action got two numbers",
      account: everywhere(8, { from: "ana", n: 0 }),
      fault: "no_dup",
    },
    {
      spoiled: "everybody heard what nobody said",
      account: everywhere(8, { from: "ana", n: 7 }),
      fault: "no_dup",
    },
    {
      spoiled: "somebody joins twice",
      account: spoilt("ana", replaced(112, "heard", joined(112, 5, "ben"))),
      fault: "no_dup",
    },
    {
      spoiled: "two members have another action under one number",
      account: spoilt("cal", replaced(112, "heard", heard(112, 5, "ben", 1))),
      fault: "same_order",
    },
    {
      spoiled: "a member hears two the other way round",
      account: spoilt("cal", (entries) => {
        const [last, ...rest] = [...entries].reverse();
        const [second, first, ...others] = rest as [Entry, Entry, ...Entry[]];
        return [...others.reverse(), second, first, last as Entry];
      }),
      fault: "same_order",
    },
    {
      spoiled: "a sender's words stand the other way round for all",
      account: {
        ...GOOD,
        journals: GOOD.journals.map(({ user, entries }) => {
          const other = entries.map((it): Entry => {
            if (it.on !== "heard" || it.from !== "ben") return it;
            return { ...it, n: 1 - it.n };
          });
          return { user, entries: other };
        }),
      },
      fault: "order_per_sender",
    },
    {
      spoiled: "a refused action is in the order",
      account: spoilt(
        "ben",
        replaced(113, "ok", { at: 113, on: "refused", request: 2, code: "inbox_full" }),
      ),
      fault: "true_answers",
    },
    {
      spoiled: "a refusal has no excuse",
      account: spoilt("ana", (entries) => [
        ...entries,
        said(45_000, 2, 4),
        { at: 45_001, on: "refused", request: 4, code: "shard_unavailable" },
      ]),
      fault: "true_answers",
    },
    {
      spoiled: "a member came back and its seat was gone",
      account: spoilt("ben", (entries) =>
        replaced(5_210, "named", named(5_210))(entries).slice(0, 15),
      ),
      fault: "seat_kept",
    },
    {
      spoiled: "the others saw somebody leave who only came back elsewhere",
      account: everywhere(6, { on: "left", user: "ben" } as Partial<Entry>),
      fault: "seat_kept",
    },
    {
      spoiled: "somebody hears a room without a seat there",
      account: spoilt("cal", without(41, "ok")),
      fault: "seats",
    },
    {
      spoiled: "a gap was told",
      account: spoilt(
        "ben",
        replaced(5_215, "heard", { at: 5_215, on: "gap", room: "den", lost: 1 }),
      ),
      fault: "no_gap",
    },
    {
      spoiled: "somebody whose connection stood was taken for offline",
      account: spoilt("ben", (entries) => [
        ...entries,
        told(41_000, "ana", "offline"),
        told(41_001, "ana", "busy"),
      ]),
      fault: "presence_true",
    },
    {
      spoiled: "somebody who resumed after his gateway's death was announced offline",
      account: spoilt(
        "ana",
        replaced(
          5_000,
          "heard",
          told(5_100, "ben", "offline"),
          told(5_220, "ben", "busy"),
          heard(5_230, 6, "ben", 1),
        ),
      ),
      fault: "presence_true",
    },
    {
      spoiled: "a goodbye was told too late",
      account: spoilt("ana", replaced(9_100, "status", told(10_100, "cal", "offline"))),
      fault: "presence_true",
    },
    {
      spoiled: "a watcher believes what is not so in the end",
      account: spoilt("ben", replaced(5_216, "status", told(5_216, "ana", "online", true))),
      fault: "presence_true",
    },
    {
      spoiled: "the dead gateway's user was not offline in time",
      account: {
        ...spoilt("ben", (entries) => entries.slice(0, 13)),
        journals: [
          { user: "ana", entries: [...ANA.entries, told(24_000, "ben", "offline")] },
          { user: "ben", entries: BEN.entries.slice(0, 13) },
          CAL,
        ],
      },
      fault: "presence_true",
    },
    {
      spoiled: "a watcher was told the same twice",
      account: spoilt(
        "ana",
        replaced(9_100, "status", told(9_100, "cal", "offline"), told(9_101, "cal", "offline")),
      ),
      fault: "real_transitions",
    },
    {
      spoiled: "a connection was closed that no fault had touched",
      account: spoilt("ana", (entries) => [...entries, closed(45_000, 1012, "server")]),
      fault: "no_close",
    },
    {
      spoiled: "a connection ended otherwise than its gateway",
      account: spoilt("ben", replaced(5_000, "closed", closed(5_000, 4430, "server"))),
      fault: "no_close",
    },
  ])("are rejected when $spoiled", ({ account, fault }) => {
    expect(namesIn(account)).toContain(fault);
  });

  it("may show a delay of presence while the cluster is in trouble", () => {
    const late = spoilt("ana", replaced(9_100, "status", told(13_000, "cal", "offline")));
    const paused: Trouble = { what: "pause Redis", at: 9_200, until: 13_200 };
    expect(faultsIn(late)).not.toEqual([]);
    expect(faultsIn({ ...late, troubles: [KILLED, paused] })).toEqual([]);
  });
});
