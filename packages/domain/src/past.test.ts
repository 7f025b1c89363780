import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Desk, seconds } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import type { RoomEvent, Told } from "./item.ts";
import { needsPast, type PastItem, remember } from "./past.ts";

describe("a room whose owner changed", () => {
  it("replays what happened before, with what happened since", () => {
    const desk = played(3).next();
    desk.settle(act("ana"));
    expect(replayed(desk, 2)).toMatchObject({ events: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] });
  });

  it("is asked for its past once: nobody adds to it any more", () => {
    const desk = played(3).next();
    expect(needsPast(desk.state, history(1))).toBe(true);
    remember(desk.state, []);
    expect(needsPast(desk.state, history(1))).toBe(false);
    expect(replayed(desk, 1)).toMatchObject({ events: [], lost: 3 });
  });

  it.each([
    { asked: "who saw all of it", command: () => history(4) },
    { asked: "who saw all but what happened since", command: () => history(4), acts: 1 },
    { asked: "who cannot say what it saw", command: () => catchUp(undefined) },
    {
      asked: "who asks for another room",
      command: () => ({ ...history(0), room: "den" as RoomId }),
    },
    { asked: "who says something", command: () => act("ana") },
  ])("has no need of it for one $asked", ({ command, acts = 0 }) => {
    const desk = played(3).next();
    for (let count = 0; count < acts; count++) desk.settle(act("ana"));
    expect(needsPast(desk.state, command())).toBe(false);
  });

  it.each([
    { asked: "history", command: () => history(3) },
    { asked: "catchUp", command: () => catchUp(3) },
    { asked: "resync", command: () => resync(3) },
  ])("needs it for $asked of less than it has seen itself", ({ command }) => {
    expect(needsPast(played(3).next().state, command())).toBe(true);
  });

  it("keeps the bounds of a history", () => {
    const desk = played(9, { historyEventsMax: 4 }).next();
    desk.settle(act("ana"));
    expect(replayed(desk, 0)).toMatchObject({
      events: [{ seq: 8 }, { seq: 9 }, { seq: 10 }, { seq: 11 }],
      lost: 7,
    });
  });

  it("keeps nothing for longer than it may", () => {
    const desk = played(3, { historyMs: seconds(10) }).next();
    desk.now += seconds(11);
    expect(replayed(desk, 0)).toMatchObject({ events: [], lost: 4 });
  });
});

describe("a past", () => {
  it("that was said several times is remembered once", () => {
    const desk = played(3).next();
    remember(desk.state, [...desk.past, ...desk.past]);
    expect(replayed(desk, 0)).toMatchObject({ lost: 0, events: numbered(1, 2, 3, 4) });
  });

  it("that overlaps with what was seen since adds nothing to that", () => {
    const desk = played(3).next();
    desk.settle(act("ana"));
    expect(replayed(desk, 0)).toMatchObject({ lost: 0, events: numbered(1, 2, 3, 4, 5) });
  });

  it.each([
    { hole: "at its beginning", said: [3, 4], events: [3, 4] },
    { hole: "in its midst", said: [1, 2, 4], events: [4] },
    { hole: "at its end", said: [1, 2, 3], events: [] },
  ])("with a hole $hole ends there", ({ said, events }) => {
    const desk = played(3).next();
    remember(desk.state, said.map(game));
    expect(replayed(desk, 0)).toMatchObject({
      events: numbered(...events),
      lost: 4 - events.length,
    });
  });

  it("of a room that was empty and is new is that of its last life", () => {
    const desk = new Desk();
    desk.settle(attach("ana"));
    const lives: readonly Command[] = [join("ana"), act("ana"), leave("ana"), join("ana")];
    for (const command of [...lives, act("ana")]) desk.settle(command);
    const next = desk.next();
    expect(replayed(next, 0)).toMatchObject({ lost: 0, events: numbered(1, 2) });
  });

  it("is not that of a room which was made anew since", () => {
    const desk = played(3).next();
    for (const command of [leave("ana"), join("ana")]) desk.settle(command);
    remember(desk.state, desk.past);
    expect(replayed(desk, 0)).toMatchObject({ lost: 0, events: numbered(1) });
  });

  it("of rooms that are gone, and of anything but rooms, is left alone", () => {
    const desk = played(3).next();
    desk.settle(leave("ana"));
    remember(desk.state, desk.past);
    expect(desk.state.rooms.size).toBe(0);
  });
});

const PIT = "pit" as RoomId;
const seat = (who: string) => ({ room: PIT, session: who as SessionId });
const attach = (who: string): Command => {
  const name = { user: who as UserId, session: who as SessionId } as const;
  return { on: "attach", ...name, means: "idme", proven: false, resume: undefined };
};
const join = (who: string): Command => {
  return { on: "join", ...seat(who), user: who as UserId, invite: [] };
};
const leave = (who: string): Command => ({ on: "leave", ...seat(who) });
const act = (who: string): Command => {
  return { on: "act", ...seat(who), actions: [{ at: undefined, fields: "" }], extra: "" };
};
const history = (after: number): Command & { on: "history" } => {
  return { on: "history", ...seat("ana"), after };
};
const catchUp = (after: number | undefined): Command => {
  return { on: "catchUp", ...seat("ana2"), user: "ana" as UserId, was: "ana" as SessionId, after };
};
const resync = (after: number): Command => {
  const rooms = [{ room: PIT, sessions: ["ana" as SessionId], after }];
  return {
    on: "resync",
    round: 1,
    sessions: [["ana" as SessionId, "ana" as UserId]],
    rooms,
    watches: [],
  };
};

/** A desk where ana joined the pit and acted so often: event 1 is the join. */
function played(acts: number, rules: ConstructorParameters<typeof Desk>[0] = {}): Desk {
  const desk = new Desk(rules);
  for (const command of [attach("ana"), join("ana")]) desk.settle(command);
  for (let count = 0; count < acts; count++) desk.settle(act("ana"));
  return desk;
}

function replayed(desk: Desk, after: number): Told | undefined {
  const items = desk.tell(history(after));
  return items.flatMap((item) => (item.to === "session" ? [item.told] : []))[0];
}

const game = (seq: number): PastItem => {
  const actions = [{ at: 0, fields: "" }];
  const event: RoomEvent = { on: "game", seq, from: "ana" as UserId, actions, extra: "" };
  return { at: new Desk().now, item: { to: "room", room: PIT, events: [event] } };
};
const numbered = (...numbers: readonly number[]) => numbers.map((seq) => ({ seq }));
