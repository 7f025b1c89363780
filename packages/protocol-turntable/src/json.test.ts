import type { RoomEvent } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson, eventFrames, presenceFrame, quoted } from "./json.ts";

const pit = "pit" as RoomId;
type Sent = {
  readonly data: {
    readonly channel: string;
    readonly seq: number;
    readonly actions: readonly { readonly from: string; readonly n?: number }[];
  };
};
const game = (seq: number, from: string, count = 1, extra = ""): RoomEvent => {
  const actions = Array.from({ length: count }, (_, index) => {
    return { at: 1000 + seq + index, fields: `"n":${seq + index}` };
  });
  return { on: "game", seq, from: from as UserId, actions, extra };
};
const joined = (seq: number): RoomEvent => ({ on: "joined", seq, user: "carl" as UserId });
const sent = (events: readonly RoomEvent[]): readonly Sent["data"][] => {
  return eventFrames(pit, events).map((frame) => (JSON.parse(frame) as Sent).data);
};
const shape = (events: readonly RoomEvent[]) => {
  return sent(events).map(({ seq, actions }) => [seq, actions.map(({ n }) => n)]);
};

describe("the actions of a room that are ready together", () => {
  it("share one frame, whose number is the first one's", () => {
    const events = [game(3, "ana"), game(4, "ben", 2), game(6, "ana")];
    expect(sent(events)).toEqual([
      {
        channel: "pit",
        seq: 3,
        actions: [
          { timestamp: 1003, from: "ana", n: 3 },
          { timestamp: 1004, from: "ben", n: 4 },
          { timestamp: 1005, from: "ben", n: 5 },
          { timestamp: 1006, from: "ana", n: 6 },
        ],
      },
    ]);
  });

  it("part where another event took a number", () => {
    expect(shape([game(3, "ana"), joined(4), game(5, "ana"), game(6, "ana")])).toEqual([
      [3, [3]],
      [5, [5, 6]],
    ]);
  });

  it("part where a message has members of its own", () => {
    expect(shape([game(3, "a"), game(4, "a", 1, '"team":1'), game(5, "a")])).toEqual([
      [3, [3]],
      [4, [4]],
      [5, [5]],
    ]);
  });

  it("part where a message holds none, which is passed on alone", () => {
    expect(shape([game(3, "ana"), game(4, "ana", 0), game(5, "ana")])).toEqual([
      [3, [3]],
      [4, []],
      [5, [5]],
    ]);
  });

  it("part before a frame grows without bound", () => {
    const big = Array.from({ length: 300 }, (_, index): RoomEvent => {
      const actions = [{ at: 0, fields: `"data":"${"x".repeat(1000)}"` }];
      return { on: "game", seq: index + 1, from: "ana" as UserId, actions, extra: "" };
    });
    const frames = eventFrames(pit, big);
    expect(frames.length).toBeGreaterThan(1);
    for (const frame of frames) expect(frame.length).toBeLessThan(65_536 + 2_000);
    expect(sent(big).flatMap(({ actions }) => actions)).toHaveLength(300);
  });

  it("are all there, once and in order, each under its own number, however they are mixed", () => {
    const kinds = fc.array(fc.constantFrom("one", "three", "none", "extra", "joined"), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(kinds, (all) => {
        let next = 1;
        const events = all.map((kind) => {
          const seq = next;
          next += kind === "three" ? 3 : 1;
          if (kind === "joined") return joined(seq);
          const count = { one: 1, three: 3, none: 0, extra: 1 }[kind];
          return game(seq, "ana", count, kind === "extra" ? '"team":1' : "");
        });
        const numbered = sent(events).flatMap(({ seq, actions }) => {
          return actions.map(({ n }, index) => [n, seq + index]);
        });
        const expected = events.flatMap((it) => {
          if (it.on !== "game") return [];
          return it.actions.map((_, index) => [it.seq + index, it.seq + index]);
        });
        expect(numbered).toEqual(expected);
      }),
    );
  });
});

describe("any id", () => {
  const ids = fc.oneof(
    fc.constantFrom("__proto__", "constructor", '"', "\\", "\u0000", "\u001f", "\u2028", "🚂"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  );

  it("is quoted as JSON", () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(JSON.parse(quoted(id))).toBe(id);
      }),
    );
  });

  it("reads the same after every frame that names it", () => {
    fc.assert(
      fc.property(ids, ids, (name, room) => {
        const user = name as UserId;
        const channel = room as RoomId;
        const status = JSON.parse(presenceFrame(user, "online"));
        expect(Object.entries(status.data)).toEqual([[name, "online"]]);
        const change = encodeJson({ command: "userchange", statuses: [[user, "busy"]] });
        expect(Object.entries(JSON.parse(change).data)).toEqual([[name, "busy"]]);
        const invite = encodeJson({ command: "invite", channel, user, from: user });
        expect(JSON.parse(invite).data).toEqual({ channel: room, user: name });
        const there = encodeJson({ command: "there", users: [user] });
        expect(JSON.parse(there).data).toEqual([name]);
        const [frame = ""] = eventFrames(channel, [game(1, name)]);
        expect(JSON.parse(frame).data).toMatchObject({ channel: room, actions: [{ from: name }] });
      }),
    );
  });
});
