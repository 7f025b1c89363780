import { silentLog } from "@roundhouse/kernel";
import {
  type Answered,
  type Card,
  type Census,
  LEASE_MS,
  type NodeId,
  type Renewed,
  type Then,
} from "@roundhouse/ledger";
import { seconds, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { Membership } from "./membership.ts";
import { MembershipStats } from "./stats.ts";

describe("a member of the cluster", () => {
  it("renews its lease each second, counted from when it asked", () => {
    const { time, renewals, answer } = joined();
    for (let second = 0; second < 3; second++) {
      time.pass(300);
      answer(RENEWED);
      time.pass(700);
    }
    expect(renewals.length).toBe(4);
  });

  it("never has two renewals on their way", () => {
    const { member, time, renewals, answer } = joined();
    member.beat();
    member.beat();
    time.pass(seconds(3));
    expect(renewals.length).toBe(1);
    answer(RENEWED);
    expect(renewals.length).toBe(2);
    answer(RENEWED);
    time.pass(999);
    expect(renewals.length).toBe(2);
  });

  it("asks again soon when an answer was lost", () => {
    const { time, renewals, answer } = joined();
    answer(LOST);
    time.pass(250);
    expect(renewals.length).toBe(2);
  });

  it("knows the backbone's time from its last renewal on, whatever its own is", () => {
    const { member, time, answer } = joined();
    expect(member.now).toBeUndefined();
    answer(renewed({ now: 5_000 }));
    time.pass(700);
    expect(member.now).toBe(5_700);
  });

  it("serves for four seconds after it asked for the renewal that succeeded last", () => {
    const { member, time, answer, told } = joined();
    expect(member.isServing).toBe(false);
    time.pass(1500);
    answer(RENEWED);
    expect(member.isServing).toBe(true);
    time.pass(2499);
    expect(member.isServing).toBe(true);
    time.pass(1);
    expect(member.isServing).toBe(false);
    expect(told).toEqual(["serving", "census", "in doubt"]);
    answer(RENEWED); // It was asked for at 1500.
    expect(told.slice(3)).toEqual(["serving", "census"]);
    time.pass(1500);
    expect(told.slice(5)).toEqual(["in doubt"]);
    expect(member.stats.doubts).toBe(2);
  });

  it("does not serve on a renewal whose answer took four seconds", () => {
    const { member, time, answer, told } = joined();
    time.pass(seconds(4));
    answer(RENEWED);
    expect(member.isServing).toBe(false);
    expect(told).toEqual(["census"]);
  });

  it("knows how much of its lease is left at least", () => {
    const { member, time, answer } = joined();
    time.pass(400);
    answer(RENEWED);
    expect(member.marginMs).toBe(LEASE_MS - 400);
  });

  it("knows the backbone's time as of its last renewal, and goes on from there", () => {
    const { member, time, answer } = joined();
    expect(member.now).toBe(undefined);
    time.pass(200);
    answer(renewed({ now: 5000 }));
    time.pass(300);
    expect(member.now).toBe(5500); // At most one way to the backbone and back ahead of it.
  });

  it("counts the coordinators that it sees", () => {
    const { member, time, answer } = joined();
    for (const coordinator of ["a", "a", "b", ""]) {
      answer(renewed({ coordinator: coordinator as NodeId }));
      time.pass(seconds(1));
    }
    expect(member.stats.coordinators).toBe(3);
  });

  it("goes on counting where its life before ended", () => {
    const before = joined();
    before.answer(RENEWED);
    before.time.pass(seconds(5));
    before.answer({ known: true, value: { at: "buried" } });
    const { member, answer } = joined(before.member.stats);
    answer(RENEWED);
    expect(member.stats).toMatchObject({ renewals: 2, doubts: 1 });
  });

  it("says anew who it is with each renewal, and that it is leaving as soon as it is", () => {
    const { member, renewals, answer } = joined();
    answer(RENEWED);
    member.setLeaving();
    expect(renewals.map(({ card }) => [card.name, card.isLeaving])).toEqual([
      ["card 1", false],
      ["card 2", true],
    ]);
  });

  it("is told once that it was buried, and asks nothing more", () => {
    const { member, time, renewals, answer, told } = joined();
    answer(RENEWED);
    time.pass(seconds(1));
    answer({ known: true, value: { at: "buried" } });
    time.pass(seconds(9));
    expect(told).toEqual(["serving", "census", "in doubt", "buried"]);
    expect(member.isServing).toBe(false);
    expect(renewals.length).toBe(2);
  });

  it("gives its lease back, and only after the renewal on its way", () => {
    const { member, time, leaves, answer, left } = joined();
    answer(RENEWED);
    time.pass(seconds(1));
    member.leave(left);
    expect(leaves.length).toBe(0);
    answer(RENEWED);
    expect(leaves.length).toBe(1);
    leaves[0]?.({ known: true, value: undefined });
    expect(left.count).toBe(1);
    expect(member.isServing).toBe(false);
  });

  it("tries for two seconds to give it back, then lets it end", () => {
    const { member, time, leaves, answer, left } = joined();
    answer(RENEWED);
    member.leave(left);
    for (let at = 0; left.count === 0; at++) {
      leaves[at]?.({ known: false, why: "lost" });
      time.pass(250);
    }
    expect(leaves.length).toBe(9);
    time.pass(seconds(5));
    expect(leaves.length).toBe(9);
  });
});

/** A member that has asked for its first renewal, and a backbone that answers when the test says. */
function joined(stats = new MembershipStats()) {
  const time = new VirtualTime();
  const renewals: { readonly card: Card; readonly then: Then<Renewed> }[] = [];
  const leaves: Then<void>[] = [];
  const told: string[] = [];
  let answered = 0;
  const member = new Membership({
    node: "a1" as NodeId,
    card: () => ({ name: `card ${renewals.length + 1}`, role: "shard", address: "" }),
    backbone: {
      renew: (_, card, then) => renewals.push({ card, then }),
      leave: (_, then) => leaves.push(then),
    },
    clock: time,
    log: silentLog,
    later: time.later,
    stats,
  });
  member.watch({
    census: () => told.push("census"),
    serving: (isServing) => told.push(isServing ? "serving" : "in doubt"),
    buried: () => told.push("buried"),
  });
  member.beat();
  const answer = (value: Answered<Renewed>): void => renewals[answered++]?.then(value);
  const left = Object.assign(() => void left.count++, { count: 0 });
  return { member, time, renewals, leaves, told, answer, left };
}

const renewed = (facts: Partial<Census>): Answered<Renewed> => {
  const census: Census = {
    now: 0,
    graceUntil: 0,
    coordinator: "",
    members: [],
    drained: [],
    dead: [],
    wishes: new Map(),
    ...facts,
  };
  return { known: true, value: { at: "renewed", census } };
};
const RENEWED = renewed({});
const LOST: Answered<Renewed> = { known: false, why: "lost" };
