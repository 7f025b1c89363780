import { describe, expect, it } from "vitest";
import type { Answered, Append, Appended } from "./backbone.ts";
import { Courier } from "./courier.ts";

type Answer = Appended | "unknown";

/** A courier with batches 1 and 2 to bring, and an inbox that answers as it is told. */
function desk(answers: readonly Answer[]) {
  const stats = { unknown: 0, full: 0 };
  const left = [...answers];
  const events: string[] = [];
  const timers: { run: () => void; afterMs: number }[] = [];
  const batches: Append[] = [1, 2].map((number) => {
    return { sender: "me", number, bytes: new Uint8Array(), most: 9 };
  });
  const courier = new Courier({
    backbone: {
      append: (_shard, { number }, then) => {
        events.push(`send ${number}`);
        const answer = left.shift();
        if (answer !== undefined) then(known(answer));
      },
    },
    shard: 0,
    next: () => batches.shift(),
    taken: (number) => events.push(`taken ${number}`),
    gap: (batch, last) => ({ ...batch, number: last + 1 }),
    buried: () => events.push("buried"),
    later: (run, afterMs) => timers.push({ run, afterMs }),
    stats,
  });
  const waits = (): number | undefined => {
    const timer = timers.shift();
    timer?.run();
    return timer?.afterMs;
  };
  return { courier, stats, events, waits };
}

const known = (answer: Answer): Answered<Appended> =>
  answer === "unknown" ? { known: false, why: "lost" } : { known: true, value: answer };
const TAKEN = { at: "taken" } as const;

describe("a courier", () => {
  it("brings one batch after the other", () => {
    const { courier, events } = desk([TAKEN, TAKEN]);
    courier.wake();
    expect(events).toEqual(["send 1", "taken 1", "send 2", "taken 2"]);
    expect(courier.isBusy).toBe(false);
  });

  it("brings nothing more while one is on its way", () => {
    const { courier, events } = desk([]);
    courier.wake();
    courier.wake();
    expect(events).toEqual(["send 1"]);
    expect(courier.isBusy).toBe(true);
  });

  it("sends the same again when the answer was lost, less and less often", () => {
    const { courier, stats, events, waits } = desk(["unknown", "unknown", "unknown", TAKEN, TAKEN]);
    courier.wake();
    expect(courier.isStuck).toBe(true);
    expect([waits(), waits(), waits(), waits()]).toEqual([20, 40, 80, undefined]);
    expect(events.slice(0, 5)).toEqual(["send 1", "send 1", "send 1", "send 1", "taken 1"]);
    expect(stats).toEqual({ unknown: 3, full: 0 });
    expect(courier.isStuck).toBe(false);
  });

  it("waits for room in a full inbox", () => {
    const { courier, stats, events, waits } = desk([{ at: "full" }, TAKEN, TAKEN]);
    courier.wake();
    waits();
    expect(events).toEqual(["send 1", "send 1", "taken 1", "send 2", "taken 2"]);
    expect(stats).toEqual({ unknown: 0, full: 1 });
  });

  it("takes a number that the shard has already for done", () => {
    const { courier, events } = desk([{ at: "gap", last: 1 }, TAKEN]);
    courier.wake();
    expect(events).toEqual(["send 1", "taken 1", "send 2", "taken 2"]);
  });

  it("goes on from what the shard has when it lost what it had taken", () => {
    const { courier, events, waits } = desk([TAKEN, { at: "gap", last: 0 }, TAKEN]);
    courier.wake();
    waits();
    expect(events).toEqual(["send 1", "taken 1", "send 2", "send 1", "taken 1"]);
  });

  it("stops when nothing of its sender is taken any more", () => {
    const { courier, events } = desk([{ at: "buried" }]);
    courier.wake();
    courier.wake();
    expect(events).toEqual(["send 1", "buried"]);
  });

  it("says nothing more once it is stopped, whatever is answered", () => {
    const { courier, events, waits } = desk(["unknown", TAKEN]);
    courier.wake();
    courier.stop();
    waits();
    expect(events).toEqual(["send 1"]);
  });
});
