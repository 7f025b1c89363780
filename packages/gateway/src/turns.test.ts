import { beforeEach, describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

let due: (() => void)[];
let turns: Turns;
let nowMs: number;
beforeEach(() => {
  due = [];
  nowMs = 0;
  turns = new Turns({ now: () => nowMs, precise: () => nowMs }, (run) => void due.push(run));
});

function next(): void {
  for (const run of due.splice(0)) run();
}

/** How many frames this one gets handled now, each of which takes so long. */
function handled(most: number, eachMs = 0): number {
  let taken = 0;
  while (taken < most && turns.take(taken)) {
    taken++;
    nowMs += eachMs;
  }
  return taken;
}

describe("a turn", () => {
  it("is for sixty-four messages of one, and two milliseconds of all", () => {
    expect(handled(1_000)).toBe(64);
    expect(handled(1_000)).toBe(64);
    expect(handled(1_000, 0.25)).toBe(8);
    expect(handled(1_000)).toBe(0);
    next();
    expect(handled(1_000)).toBe(64);
  });

  it("begins with the first message after an idle time, however long that was", () => {
    handled(1);
    next();
    nowMs += 60_000;
    expect(handled(1_000, 0.5)).toBe(4);
  });

  it("is for one message at least, however long each takes", () => {
    expect(handled(1_000, 50)).toBe(1);
    next();
    expect(handled(1_000, 50)).toBe(1);
  });

  it("is asked for only when there is something to handle", () => {
    expect(due).toHaveLength(0);
    handled(10);
    expect(due).toHaveLength(1);
    next();
    expect(due).toHaveLength(0);
  });

  it("begins with who waits longest; who is not done stands last again", () => {
    const gone: string[] = [];
    const waiter = (name: string, turnsNeeded: number) => ({
      goOn() {
        gone.push(name);
        if (--turnsNeeded > 0) turns.wait(this);
      },
    });
    const [ana, ben, cal] = [waiter("ana", 2), waiter("ben", 1), waiter("cal", 1)];
    for (const it of [ana, ben, cal]) turns.wait(it);
    turns.leave(cal);
    next();
    expect(gone).toEqual(["ana", "ben"]);
    expect(turns.waiting).toBe(1);
    next();
    expect(gone).toEqual(["ana", "ben", "ana"]);
    expect(due).toHaveLength(0);
  });

  it("leaves the rest to wait when its share is used up", () => {
    let gone = 0;
    const busy = () => ({
      goOn() {
        gone++;
        nowMs += 0.5;
      },
    });
    for (let n = 0; n < 40; n++) turns.wait(busy());
    next();
    expect(gone).toBe(4);
    next();
    expect(gone).toBe(8);
    expect(turns.waiting).toBe(32);
  });
});
