import type { Answered, Appended, Heard, NodeId } from "@roundhouse/ledger";
import { describeBackbone, SHARDS } from "@roundhouse/ledger/backbone-contract";
import { describe, expect, it } from "vitest";
import { Dice } from "./dice.ts";
import { ModelBackbone } from "./model-backbone.ts";
import { Link } from "./model-backbone-link.ts";
import { Outage } from "./model-backbone-outage.ts";
import { VirtualTime } from "./virtual-time.ts";

function house(seed = 1) {
  const time = new VirtualTime();
  const model = new ModelBackbone({ shards: SHARDS, clock: time, defer: time.defer });
  const outage = new Outage();
  const link = new Link({
    backbone: model,
    outage,
    dice: new Dice(seed),
    now: time.now,
    later: time.later,
    arrive: (run) => run(),
  });
  return { time, model, outage, link };
}

/** A node that appends batch after batch, and an ear. */
function asking(seed = 1) {
  const it = house(seed);
  const { time, model, outage, link } = it;
  const heard: Heard[] = [];
  link.listen(ANA, (said) => heard.push(said));
  const answers: string[] = [];
  let number = 0;
  const asks = (ms = 0): void => {
    const batch = { sender: ANA, number: ++number, bytes: new Uint8Array(), most: 0 };
    link.append(0, batch, (answer) => answers.push(nameOf(answer)));
    time.pass(ms);
  };
  const taken = (): number => model.shards[0]?.entries.length ?? 0;
  const words = (): readonly string[] => heard.map((said) => said.on);
  return { ...it, outage, asks, taken, answers, heard, words };
}

describeBackbone("link without faults", async () => {
  const { time, link } = house();
  return {
    backbone: link,
    turn: () => time.pass(0),
    settle: async () => time.pass(0),
    passes: async (ms: number) => time.pass(ms),
    close: async () => {},
  };
});

describe("a link to the model", () => {
  it("gives up when a question is lost: nothing was done", () => {
    const { link, asks, answers, taken, time } = asking();
    link.faults.questionLost = 1;
    asks(1_499);
    expect(answers).toEqual([]);
    time.pass(1);
    expect([answers, taken()]).toEqual([["no answer in time"], 0]);
  });

  it("gives up when an answer is lost: it was done", () => {
    const { link, asks, answers, taken } = asking();
    link.faults.answerLost = 1;
    asks(1_500);
    expect([answers, taken()]).toEqual([["no answer in time"], 1]);
  });

  it("may do what was asked long after it gave up", () => {
    const { link, asks, answers, taken, time } = asking();
    link.faults.questionLate = 1;
    asks(1_500);
    expect([answers, taken()]).toEqual([["no answer in time"], 0]);
    time.pass(7_000);
    expect([answers.length, taken()]).toEqual([1, 1]);
  });

  it("answers each question once, whatever goes wrong", () => {
    for (let seed = 1; seed < 20; seed++) {
      const { link, outage, asks, answers, time } = asking(seed);
      Object.assign(link.faults, { questionLost: 0.2, questionLate: 0.2, answerLost: 0.2 });
      link.faults.latencyMs = 20;
      for (let times = 0; times < 10; times++) asks(5);
      outage.goAway();
      for (let times = 0; times < 10; times++) asks(5);
      outage.comeBack();
      time.pass(10_000);
      expect(answers.length).toBe(20);
    }
  });

  it("that is cut knows it at once, or learns it by waiting", () => {
    const { link, asks, answers, taken } = asking();
    link.cut(true);
    asks(5);
    link.cut(false);
    asks(1_500);
    expect([answers, taken()]).toEqual([["no connection", "no answer in time"], 0]);
    expect(link.isSound).toBe(true);
    asks(1_500);
    expect(link.isSound).toBe(false);
    link.heal();
    expect(link.isSound).toBe(true);
  });

  it("says that something may have been missed once it is whole again", () => {
    const { model, link, time, words } = asking();
    link.cut(false);
    model.say(0, ANA, new Uint8Array());
    time.pass(100);
    link.heal();
    link.deafen(50);
    model.say(0, ANA, new Uint8Array());
    time.pass(49);
    expect(words()).toEqual([]);
    time.pass(1);
    model.say(0, ANA, new Uint8Array());
    time.pass(0);
    expect(words()).toEqual(["interrupted", "said"]);
  });

  it("keeps the order of each shard, however late its words are", () => {
    const { model, link, time, heard } = asking();
    Object.assign(link.faults, { earLate: 0.5, earLateMs: 500, earDoubled: 0.2 });
    for (let word = 0; word < 50; word++) {
      for (const shard of [0, 1]) model.say(shard, ANA, Uint8Array.of(word));
      time.pass(3);
    }
    time.pass(500);
    for (const shard of [0, 1]) {
      const words = heard.flatMap((it) =>
        it.on === "said" && it.shard === shard ? it.bytes[0] : [],
      );
      expect(new Set(words).size).toBe(50);
      expect(words).toEqual([...words].sort((one = 0, other = 0) => one - other));
    }
  });

  it("does what came to a backbone that stood still when that moves again", () => {
    const { outage, asks, answers, taken, time } = asking();
    outage.freeze();
    asks(2_000);
    expect([answers, taken()]).toEqual([["no answer in time"], 0]);
    outage.comeBack();
    time.pass(0);
    expect([answers.length, taken()]).toEqual([1, 1]);
  });
});

const ANA = "aaaaaaaaaaaaaaaa" as NodeId;
const nameOf = (answer: Answered<Appended>): string =>
  answer.known ? answer.value.at : answer.why;
