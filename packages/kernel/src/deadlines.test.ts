import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deadlines } from "./deadlines.ts";

describe("deadlines", () => {
  it("have nothing to give before the first is due", () => {
    const due = new Deadlines<string>();
    expect(due.next).toBeUndefined();
    expect(due.take(Number.MAX_SAFE_INTEGER)).toBeUndefined();
    due.add(10, "ana");
    expect(due.next).toBe(10);
    expect(due.take(9)).toBeUndefined();
    expect(due.take(10)).toBe("ana");
    expect(due.size).toBe(0);
  });

  it("keep every entry, also of one key at one time", () => {
    const due = new Deadlines<string>();
    for (const at of [5, 5, 5]) due.add(at, "ana");
    expect([due.take(5), due.take(5), due.take(5), due.take(5)]).toEqual([
      "ana",
      "ana",
      "ana",
      undefined,
    ]);
  });

  it("come in the order of their times, however they are added and taken", () => {
    const step = fc.oneof(
      fc.record({ at: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ take: fc.integer({ min: 0, max: 50 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const due = new Deadlines<number>();
        const model: number[] = [];
        for (const it of steps) {
          if ("at" in it) {
            due.add(it.at, it.at);
            model.push(it.at);
            model.sort((one, other) => one - other);
          } else {
            const isDue = model[0] !== undefined && model[0] <= it.take;
            expect(due.take(it.take)).toBe(isDue ? model.shift() : undefined);
          }
          expect(due.next).toBe(model[0]);
          expect(due.size).toBe(model.length);
        }
      }),
    );
  });
});
