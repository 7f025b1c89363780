/** The checker must find what it is there for: a good journal, spoiled in one place at a time. */
import { describe, expect, it } from "vitest";
import { faultsIn, repeatedIds, type Step, Witness } from "./truth.ts";
import type { Deed, Who } from "./world.ts";

const step = (deed: Deed, answer = 900): Step => ({ deed, answer });
const lost = (deed: Deed): Step => ({ deed, answer: undefined });
const signUp = (who: Who): Step => step({ on: "signUp", who, password: "first1" });
const logIn = (who: Who, password: string, kept: readonly string[] = []): Deed => {
  return { on: "logIn", who, password, kept };
};
const says = (on: "say" | "whisper", who: Who, text: string, isAway = false): Deed => {
  return { on, who, text, isAway };
};

/** Both are friends and members of ana's room. */
const MET: readonly Step[] = [
  signUp("ana"),
  signUp("ben"),
  step({ on: "ask" }),
  step({ on: "approve" }),
  step({ on: "create" }),
  step({ on: "enter" }),
];
const GOOD: readonly Step[] = [
  ...MET,
  step({ on: "change", who: "ana", from: "first1", to: "second" }),
  step(logIn("ana", "first1"), 403),
  step(logIn("ana", "second")),
  step(says("whisper", "ana", "whisper one", true)),
  step(says("say", "ana", "say two", true)),
  step(logIn("ben", "first1", ["whisper one", "say two"])),
  step(says("whisper", "ben", "three")),
  step({ on: "unfriend", who: "ben" }),
  step(says("whisper", "ana", "four"), 801),
  step({ on: "expel", by: "ben" }),
  step(says("say", "ben", "five"), 801),
  step({ on: "resign", who: "ana", password: "second" }),
  step({ on: "unfriend", who: "ben" }, 300),
  step({ on: "enter" }, 301),
  step(logIn("ana", "second"), 403),
];

describe("a journal", () => {
  it("in which every answer is true has no faults", () => {
    expect(faultsIn(GOOD)).toEqual([]);
  });

  it.each<{ readonly spoiled: string; readonly steps: readonly Step[]; readonly fault: string }>([
    {
      spoiled: "an account that was made is gone",
      steps: [signUp("ana"), step(logIn("ana", "first1"), 403)],
      fault: "account",
    },
    {
      spoiled: "an account can be made twice",
      steps: [signUp("ana"), signUp("ana")],
      fault: "account",
    },
    {
      spoiled: "the former password is good again",
      steps: [
        signUp("ana"),
        step({ on: "change", who: "ana", from: "first1", to: "second" }),
        step(logIn("ana", "first1")),
      ],
      fault: "account",
    },
    {
      spoiled: "a deleted account lets its user in",
      steps: [
        signUp("ana"),
        step({ on: "resign", who: "ana", password: "first1" }),
        step(logIn("ana", "first1")),
      ],
      fault: "account",
    },
    {
      spoiled: "a whisper to who was there, and whose connection broke, is gone",
      steps: [...MET, step(says("whisper", "ana", "one")), step(logIn("ben", "first1", []))],
      fault: "account",
    },
    {
      spoiled: "what was told comes again with a hole",
      steps: [
        ...MET,
        step(says("whisper", "ana", "one")),
        step(says("whisper", "ana", "two")),
        step(says("whisper", "ana", "three")),
        step({ on: "ask" }),
        step(logIn("ben", "first1", ["one", "three"])),
      ],
      fault: "account",
    },
    {
      spoiled: "a friendship that was made is gone",
      steps: [...MET, step(says("whisper", "ana", "one"), 801)],
      fault: "friends",
    },
    {
      spoiled: "only one side knows of a friendship whose answer was lost",
      steps: [
        ...MET.slice(0, 3),
        lost({ on: "approve" }),
        step(says("whisper", "ana", "one")),
        step(says("whisper", "ben", "two"), 801),
      ],
      fault: "friends",
    },
    {
      spoiled: "a friendship that was ended goes on",
      steps: [...MET, step({ on: "unfriend", who: "ana" }), step(says("whisper", "ben", "one"))],
      fault: "friends",
    },
    {
      spoiled: "a request that was asked is gone",
      steps: [...MET.slice(0, 3), step({ on: "approve" }, 801)],
      fault: "friends",
    },
    {
      spoiled: "a friendship outlives one of its accounts",
      steps: [
        ...MET,
        step({ on: "resign", who: "ben", password: "first1" }),
        signUp("ben"),
        step(says("whisper", "ana", "one")),
      ],
      fault: "friends",
    },
    {
      spoiled: "a room that was made is gone",
      steps: [...MET, step(says("say", "ana", "one"), 301)],
      fault: "room",
    },
    {
      spoiled: "a member is none any more",
      steps: [...MET, step(says("say", "ben", "one"), 801)],
      fault: "room",
    },
    {
      spoiled: "who was taken out is a member again",
      steps: [...MET, step({ on: "expel", by: "ana" }), step(says("say", "ben", "one"))],
      fault: "room",
    },
    {
      spoiled: "a room that was removed is there again",
      steps: [...MET, step({ on: "dissolve" }), step({ on: "create" }, 401)],
      fault: "room",
    },
    {
      spoiled: "a room outlives its owner",
      steps: [
        ...MET,
        step({ on: "resign", who: "ana", password: "first1" }),
        step(says("say", "ben", "one")),
      ],
      fault: "room",
    },
    {
      spoiled: "what was kept did not come",
      steps: [
        ...MET,
        step(says("whisper", "ana", "whisper one", true)),
        step(logIn("ben", "first1")),
      ],
      fault: "account",
    },
    {
      spoiled: "what was kept came in another order",
      steps: [
        ...MET,
        step(says("whisper", "ana", "whisper one", true)),
        step(says("whisper", "ana", "whisper two", true)),
        step(logIn("ben", "first1", ["whisper two", "whisper one"])),
      ],
      fault: "account",
    },
    {
      spoiled: "what was kept came twice",
      steps: [
        ...MET,
        step(says("whisper", "ana", "whisper one", true)),
        step(logIn("ben", "first1", ["whisper one", "whisper one"])),
      ],
      fault: "account",
    },
    {
      spoiled: "what was got before a log-out came again",
      steps: [
        ...MET,
        step(says("whisper", "ana", "whisper one", true)),
        step(logIn("ben", "first1", ["whisper one"])),
        step({ on: "logOut", who: "ben" }),
        step(logIn("ben", "first1", ["whisper one"])),
      ],
      fault: "account",
    },
    {
      spoiled: "something came that nobody said",
      steps: [...MET, step(logIn("ben", "first1", ["whisper one"]))],
      fault: "account",
    },
    {
      spoiled: "an unknown number was answered",
      steps: [signUp("ana"), step({ on: "create" }, 999)],
      fault: "room",
    },
  ])("is rejected when $spoiled", ({ steps, fault }) => {
    expect(faultsIn(steps).map((it) => it.split(":")[0])).toEqual([fault]);
  });

  it("may go on either way after an answer that was lost, but not both ways", () => {
    const begun = [signUp("ana"), lost({ on: "change", who: "ana", from: "first1", to: "second" })];
    expect(faultsIn([...begun, step(logIn("ana", "first1"))])).toEqual([]);
    expect(faultsIn([...begun, step(logIn("ana", "second"))])).toEqual([]);
    const both = [...begun, step(logIn("ana", "second")), step(logIn("ana", "first1"))];
    expect(faultsIn(both)).toHaveLength(1);
  });

  it("keeps what waits until a log-in was seen to bring it", () => {
    const steps = [...MET, step(says("whisper", "ana", "whisper one", true))];
    const unseen = lost({ on: "logIn", who: "ben", password: "first1", kept: undefined });
    expect(faultsIn([...steps, unseen, step(logIn("ben", "first1", ["whisper one"]))])).toEqual([]);
    expect(faultsIn([...steps, unseen, step(logIn("ben", "first1", []))])).toHaveLength(1);
  });

  it("may bring again what was told a moment before the crash, and only then", () => {
    const steps = [
      ...MET,
      step(says("whisper", "ana", "whisper one", true)),
      step(logIn("ben", "first1", ["whisper one"])),
      step({ on: "logOut", who: "ben" }),
      step({ on: "killed" }),
      step(logIn("ben", "first1", ["whisper one"])),
    ];
    expect(faultsIn(steps)).toEqual([]);
    const later = [
      ...[...steps.slice(0, -2), step(logIn("ben", "first1")), step({ on: "killed" })],
      step(logIn("ben", "first1", ["whisper one"])),
    ];
    expect(faultsIn(later)).toHaveLength(1);
  });

  it("may bring again the last of what was told to who was there, all of it if need be", () => {
    const live = [
      ...MET,
      step(says("whisper", "ana", "one")),
      step(says("whisper", "ana", "two")),
      step({ on: "ask" }),
    ];
    for (const kept of [[], ["two"], ["one", "two"]]) {
      expect(faultsIn([...live, step(logIn("ben", "first1", kept))])).toEqual([]);
    }
  });

  it("knows what is certain: one world is left after every answer", () => {
    const witness = new Witness();
    for (const it of GOOD) expect(witness.step(it)).toBeUndefined();
    expect(witness.worlds).toHaveLength(1);
  });
});

describe("messages", () => {
  const said = (text: string, id: number): Step => {
    return { deed: says("say", "ana", text), answer: 900, id };
  };

  it("have numbers of their own, over all journals", () => {
    expect(repeatedIds([[said("one", 1)], [said("two", 2), signUp("ana")]])).toEqual([]);
    expect(repeatedIds([[said("one", 1)], [said("two", 1)]])).toHaveLength(1);
    expect(repeatedIds([[said("one", 1), said("one", 1)]])).toHaveLength(1);
  });
});
