import { beforeEach, describe, expect, it } from "vitest";
import { BEAT_MS, Turns } from "./turns.ts";

let due: (() => void)[];
let turns: Turns;
beforeEach(() => {
  due = [];
  turns = new Turns((run) => void due.push(run));
});

function next(): void {
  for (const run of due.splice(0)) run();
}

/** How many frames this one gets handled now. */
function handled(most: number): number {
  let taken = 0;
  while (taken < most && turns.take(taken)) taken++;
  return taken;
}

describe("a turn", () => {
  it("is for sixty-four messages of one, and a thousand of all", () => {
    expect(handled(1_000)).toBe(64);
    expect(Array.from({ length: 16 }, () => handled(1_000)).at(-1)).toBe(0);
    next();
    expect(handled(1_000)).toBe(64);
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
        handled(64);
      },
    });
    for (let n = 0; n < 40; n++) turns.wait(busy());
    next();
    expect(gone).toBe(4);
    next();
    expect(gone).toBe(8);
  });

  it("is for few while the process lags", () => {
    turns.beat(0);
    turns.beat(BEAT_MS + 60);
    handled(1);
    next();
    expect(handled(1_000) + handled(1_000)).toBe(64);
    turns.beat(2 * BEAT_MS + 60);
    next();
    expect(handled(1_000) + handled(1_000)).toBe(128);
  });
});
