import type { UserId } from "@roundhouse/kernel";
import { rules, seconds } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History, lastOf } from "./history.ts";
import type { RoomEvent } from "./item.ts";

describe("a room's history", () => {
  it("keeps events in their order and gives those after a number", () => {
    const history = filled([1, 2, 3]);
    expect(numbers(history)).toEqual([1, 2, 3]);
    expect(numbers(history, 2)).toEqual([3]);
    expect(numbers(history, 3)).toEqual([]);
  });

  it("keeps no more events than it may: the oldest go", () => {
    const history = new History();
    for (let seq = 1; seq <= 20; seq++) {
      history.add(joined(seq), 0, { ...rules, historyEventsMax: 3 });
      expect(history.size).toBeLessThanOrEqual(3);
    }
    expect(numbers(history)).toEqual([18, 19, 20]);
  });

  it("keeps no more text than it may", () => {
    const history = new History();
    for (let seq = 1; seq <= 10; seq++) {
      history.add(game(seq, "x".repeat(1000)), 0, { ...rules, historyBytesMax: 5000 });
    }
    expect(numbers(history)).toEqual([7, 8, 9, 10]);
  });

  it("counts the text of words, titles and descriptions too", () => {
    const text = "x".repeat(1000);
    const said = { on: "said", id: 1, at: 0, from: "ana" as UserId, text } as const;
    const titled = { on: "titled", by: "ana" as UserId, title: text, description: text } as const;
    const history = new History();
    for (let seq = 1; seq <= 10; seq++) {
      const event = seq % 2 === 0 ? { ...said, seq } : { ...titled, seq };
      history.add(event, 0, { ...rules, historyBytesMax: 5000 });
    }
    expect(numbers(history)).toEqual([8, 9, 10]);
  });

  it("keeps nothing of an event that alone is more than it may keep", () => {
    const history = filled([1, 2]);
    history.add(game(3, "x".repeat(10_000)), 0, { ...rules, historyBytesMax: 5000 });
    expect(numbers(history)).toEqual([]);
    history.add(game(4, "x"), 0, { ...rules, historyBytesMax: 5000 });
    expect(numbers(history)).toEqual([4]);
  });

  it("keeps nothing for longer than it may, counted when it is asked", () => {
    const short = { ...rules, historyMs: seconds(10) };
    const history = new History();
    history.add(joined(1), 0, short);
    history.add(joined(2), seconds(6), short);
    history.trim(seconds(10), short);
    expect(numbers(history)).toEqual([1, 2]);
    history.trim(seconds(11), short);
    expect(numbers(history)).toEqual([2]);
    history.trim(seconds(17), short);
    expect(numbers(history)).toEqual([]);
  });

  it("is what a plain list with the same bounds would be, whatever happens", () => {
    const event = fc.record({
      bytes: fc.integer({ min: 0, max: 200 }),
      actions: fc.integer({ min: 0, max: 3 }),
      after: fc.integer({ min: 0, max: 40 }),
    });
    const bound = fc.record({
      historyEventsMax: fc.integer({ min: 1, max: 20 }),
      historyBytesMax: fc.integer({ min: 0, max: 2000 }),
      historyMs: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), bound, (events, bounds) => {
        const kept = { ...rules, ...bounds };
        const history = new History();
        let model: { readonly event: RoomEvent; readonly at: number }[] = [];
        let seq = 0;
        let now = 0;
        for (const { bytes, actions, after } of events) {
          now += after;
          const added = game(seq + 1, ...Array<string>(actions).fill("x".repeat(bytes)));
          seq = lastOf(added);
          history.add(added, now, kept);
          model.push({ event: added, at: now });
          model = model.slice(-kept.historyEventsMax);
          while (model.length > 0 && exceeds(model, now, kept)) model.shift();
          expect(history.after(0)).toEqual(model.map((it) => it.event));
        }
      }),
    );
  });
});

type Bounds = Pick<typeof rules, "historyBytesMax" | "historyMs">;

function exceeds(kept: readonly { event: RoomEvent; at: number }[], now: number, most: Bounds) {
  const bytes = kept.reduce((sum, { event }) => sum + weight(event), 0);
  return bytes > most.historyBytesMax || now - (kept[0]?.at ?? now) > most.historyMs;
}

function weight(event: RoomEvent): number {
  if (event.on !== "game") return 64;
  return event.actions.reduce((sum, { fields }) => sum + 64 + fields.length, 64);
}

function filled(seqs: readonly number[]): History {
  const history = new History();
  for (const seq of seqs) history.add(joined(seq), 0, rules);
  return history;
}

const joined = (seq: number): RoomEvent => ({ on: "joined", seq, user: "ana" as UserId });
const game = (seq: number, ...texts: readonly string[]): RoomEvent => {
  const actions = texts.map((fields) => ({ at: 0, fields }));
  return { on: "game", seq, from: "ana" as UserId, actions, extra: "" };
};
const numbers = (history: History, after = 0): readonly number[] => {
  return history.after(after).map((event) => event.seq);
};
