import { describe, expect, it } from "vitest";
import type { Place } from "./place.ts";
import type { Play } from "./play.ts";
import { apply, emptyWorld, forget, isBarred, sweep, type World } from "./world.ts";

const yard: Place = { line: 8, reach: 0.48, nose: -1 };
const bridge: Place = { line: "bridge", reach: 0, nose: 1 };

type Line = readonly [from: string, play: Play];

/** What one member sees who heard the order from number `first` on. */
function seen(by: string, order: readonly Line[], first = 1): World {
  return order.reduce(
    (world, [from, play], index) =>
      index + 1 < first ? world : apply(world, { from, seq: index + 1, play, nowMs: index * 100 }),
    emptyWorld(by),
  );
}

const hello: Play = { do: "hello" };
const here = (engine: Place, asOf: number, table?: number): Play =>
  table === undefined ? { do: "here", engine, asOf } : { do: "here", engine, asOf, table };

const places = ({ engines }: World) =>
  [...engines].map(([name, { place }]) => [name, place]).sort();

describe("a room's world", () => {
  const order: Line[] = [
    ["ana", hello],
    ["ana", here(yard, 1)],
    ["ana", { do: "turn", to: 15 }],
    ["ben", hello],
    ["ana", here(yard, 4, 15)],
    ["ben", here({ ...yard, line: 7 }, 5)],
    ["ana", { do: "turn", to: 0 }],
    ["ben", { do: "drive", engine: { ...yard, line: 7, reach: 0.6 } }],
  ];

  it("is the same for the first member and for one who came later", () => {
    const ana = seen("ana", order);
    const ben = seen("ben", order, 4);
    expect(places(ben)).toEqual(places(ana));
    expect(ben.table.step).toBe(ana.table.step);
  });

  it("turns the bridge the shorter way round", () => {
    expect(seen("ana", order.slice(0, 3)).table).toEqual({ known: true, step: -1 });
    expect(seen("ana", order).table.step).toBe(0);
  });

  it("gives a newcomer the table from whoever had seen its hello", () => {
    expect(seen("ben", order.slice(0, 5), 4).table).toEqual({ known: true, step: -1 });
  });

  it("does not believe a table that was noted before the newcomer's hello", () => {
    const late: Line[] = [
      ["ben", hello],
      ["ana", here(yard, 0, 5)],
    ];
    expect(seen("ben", late).table).toEqual({ known: false, step: 0 });
  });

  it("does not believe a table against a turn it has seen itself", () => {
    const turned: Line[] = [
      ["ben", hello],
      ["ana", { do: "turn", to: 2 }],
      ["cleo", here(yard, 9, 5)],
    ];
    expect(seen("ben", turned).table.step).toBe(2);
  });
});

describe("an engine in it", () => {
  it("leaves the bridge only where the bridge lies", () => {
    const order: Line[] = [
      ["ana", here(bridge, 0)],
      ["ben", { do: "turn", to: 1 }],
      ["ana", { do: "drive", engine: { line: 0, reach: 0.5, nose: 1 } }],
    ];
    expect(seen("ana", order).engines.get("ana")?.place).toEqual(bridge);
    expect(
      seen("ana", [
        ...order,
        ["ana", { do: "drive", engine: { line: 1, reach: 0.5, nose: 1 } }],
      ]).engines.get("ana")?.place.line,
    ).toBe(1);
  });

  it("does not jump from track to track", () => {
    const order: Line[] = [
      ["ana", here(yard, 0)],
      ["ana", { do: "drive", engine: { line: 0, reach: 0.5, nose: 1 } }],
    ];
    expect(seen("ana", order).engines.get("ana")?.place).toEqual(yard);
  });

  it("goes when its driver says bye or is forgotten", () => {
    const order: Line[] = [
      ["ana", here(yard, 0)],
      ["ben", here(bridge, 0)],
    ];
    expect(seen("ana", [...order, ["ben", { do: "bye" }]]).engines.has("ben")).toBe(false);
    expect(forget(seen("ana", order), "ben").engines.has("ben")).toBe(false);
  });

  it("goes after a long silence, later when it dozes, and never one's own", () => {
    const doze: Play = { do: "here", engine: bridge, asOf: 0, dozing: true };
    const world = seen("ana", [
      ["ana", here(yard, 0)],
      ["ben", here(yard, 0)],
      ["cleo", doze],
    ]);
    expect([...sweep(world, 25_000).engines.keys()]).toEqual(["ana", "cleo"]);
    expect([...sweep(world, 151_000).engines.keys()]).toEqual(["ana"]);
  });

  it("bars the table while it rolls over the edge, and not when it parks there", () => {
    const edge: Place = { line: 8, reach: 0.4, nose: -1 };
    const world = seen("ana", [
      ["ana", here(yard, 0)],
      ["ana", { do: "drive", engine: edge }],
    ]);
    expect(isBarred(world, 1_000)).toBe(true);
    expect(isBarred(world, 9_000)).toBe(false);
    expect(isBarred(seen("ana", [["ana", here(yard, 0)]]), 1)).toBe(false);
  });

  it("whistles only if it is there", () => {
    const order: Line[] = [
      ["ana", here(yard, 0)],
      ["ana", { do: "whistle" }],
      ["ben", { do: "whistle" }],
    ];
    expect(seen("ana", order).engines.get("ana")?.whistledAtMs).toBe(100);
    expect(seen("ana", order).engines.has("ben")).toBe(false);
  });
});
