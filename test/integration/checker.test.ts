/** The checker must find what it is there for: a good log, spoiled in one place at a time. */
import { describe, expect, it } from "vitest";
import { faultsIn, type Heard, type Log, type Stay } from "./checker.ts";

/** Ana and ben, whose words mingle; number 4 was a join, which takes a number and is not heard. */
const ORDER: readonly Heard[] = [
  { seq: 2, from: "ana", n: 0 },
  { seq: 3, from: "ben", n: 0 },
  { seq: 5, from: "ana", n: 1 },
  { seq: 6, from: "ben", n: 1 },
  { seq: 7, from: "ana", n: 2 },
];
const stay = (user: string, heard: readonly Heard[], isOpen = true): Stay => {
  return { user, channel: "den", heard, isOpen };
};
const GOOD: Log = {
  said: [
    ...ORDER.map(({ from, n }) => ({ channel: "den", from, n, isSure: true })),
    { channel: "den", from: "ben", n: 2, isSure: false }, // His connection broke.
  ],
  stays: [
    stay("ana", ORDER),
    stay("ben", ORDER.slice(0, 4), false), // Left before the last word.
    stay("cal", ORDER.slice(2)), // Came later.
    stay("dee", []), // Came last.
  ],
  watches: [{ watcher: "cal", user: "ana", told: ["offline", "online", "busy"], is: "busy" }],
};

/** The log of ana's stay made anew. */
const withAnas = (heard: readonly Heard[]): Log => {
  return { ...GOOD, stays: [stay("ana", heard), ...GOOD.stays.slice(1)] };
};
const without = (index: number): readonly Heard[] => ORDER.filter((_, at) => at !== index);
const changed = (index: number, by: Partial<Heard>): readonly Heard[] => {
  return ORDER.map((it, at) => (at === index ? { ...it, ...by } : it));
};
const [first, second, third, fourth, last] = ORDER as [Heard, Heard, Heard, Heard, Heard];

describe("a log", () => {
  it("in which all is well has no faults", () => {
    expect(faultsIn(GOOD)).toEqual([]);
  });

  it.each([
    { spoiled: "a member misses one in the middle", log: withAnas(without(2)), fault: "no_loss" },
    { spoiled: "a member misses the last", log: withAnas(without(4)), fault: "no_loss" },
    {
      spoiled: "one who left misses one before it did",
      log: { ...GOOD, stays: [stay("ana", ORDER), stay("ben", [first, third], false)] },
      fault: "no_loss",
    },
    {
      spoiled: "nobody heard what was surely said",
      log: { ...GOOD, said: [...GOOD.said, { channel: "den", from: "cal", n: 0, isSure: true }] },
      fault: "no_loss",
    },
    {
      spoiled: "a member hears one twice in a row",
      log: withAnas([first, second, second, third, fourth, last]),
      fault: "no_dup",
    },
    {
      spoiled: "a member hears one again later",
      log: withAnas([...ORDER, second]),
      fault: "same_order",
    },
    {
      spoiled: "an action got two numbers",
      log: { ...GOOD, stays: [stay("ana", [...ORDER, { ...last, seq: 8 }])] },
      fault: "no_dup",
    },
    {
      spoiled: "somebody heard what nobody said",
      log: { ...GOOD, stays: [stay("ana", [...ORDER, { seq: 8, from: "eve", n: 0 }])] },
      fault: "no_dup",
    },
    {
      spoiled: "two members have another action under one number",
      log: withAnas(changed(2, { from: "ben", n: 1 })),
      fault: "same_order",
    },
    {
      spoiled: "a member hears two the other way round",
      log: withAnas([first, third, second, fourth, last]),
      fault: "same_order",
    },
    {
      spoiled: "a sender's words stand the other way round for all",
      log: {
        ...GOOD,
        stays: [stay("ana", [first, { ...last, seq: 3 }, { ...third, seq: 4 }, fourth])],
      },
      fault: "order_per_sender",
    },
    {
      spoiled: "a watcher takes somebody for what he is not",
      log: { ...GOOD, watches: [{ watcher: "cal", user: "ana", told: ["busy"], is: "offline" }] },
      fault: "presence_true",
    },
    {
      spoiled: "a watcher was told nothing at all",
      log: { ...GOOD, watches: [{ watcher: "cal", user: "ana", told: [], is: "offline" }] },
      fault: "presence_true",
    },
    {
      spoiled: "a watcher was told the same twice",
      log: {
        ...GOOD,
        watches: [{ watcher: "cal", user: "ana", told: ["busy", "busy"], is: "busy" }],
      },
      fault: "real_transitions",
    },
  ])("is rejected when $spoiled", ({ log, fault }) => {
    expect(faultsIn(log).map((it) => it.split(":")[0])).toContain(fault);
  });

  it("is judged by channel: the same numbers mean other actions elsewhere", () => {
    const elsewhere: Log = {
      said: GOOD.said.map((it) => ({ ...it, channel: "loft", n: it.n + 10 })),
      stays: GOOD.stays.map((it) => ({
        ...it,
        channel: "loft",
        heard: it.heard.map((heard) => ({ ...heard, n: heard.n + 10 })),
      })),
      watches: [],
    };
    expect(
      faultsIn({
        said: [...GOOD.said, ...elsewhere.said],
        stays: [...GOOD.stays, ...elsewhere.stays],
        watches: [],
      }),
    ).toEqual([]);
  });
});
