/** The roundhouse from above, without engines: ground, house, tracks, pit and bridge. Drawn once. */
import { STEP_DEGREES } from "./motion.ts";
import {
  isStall,
  STALL_COUNT,
  stallOfTrack,
  TABLE_RADIUS,
  TRACK_COUNT,
  trackOfStall,
} from "./place.ts";
import { at, pointAt, svg, UNITS } from "./svg.ts";

export type Scene = {
  readonly bridge: SVGGElement;
  readonly engines: SVGGElement;
  readonly above: SVGGElement; // Smoke and names: over every engine.
  readonly stalls: ReadonlyMap<number, SVGGElement>; // By track: lamp, floor and number.
};

export function drawScene(board: SVGSVGElement): Scene {
  const stalls = new Map<number, SVGGElement>();
  const house = svg("g", {}, land(), houseFloor());
  const signs = svg("g");
  const rails = svg("g");
  for (let track = 0; track < TRACK_COUNT; track++) {
    const stall = isStall(track) ? stallAt(track) : yardAt(track);
    stalls.set(track, stall);
    signs.append(stall);
    rails.append(railsAt(track));
  }
  const [bridge, engines, above] = [bridgeShape(), svg("g"), svg("g")];
  board.append(house, rails, signs, houseWall(), pit(), bridge, engines, above);
  return { bridge, engines, above, stalls };
}

const DOORS = 0.57;
const WALL = 0.985;
const PIT = TABLE_RADIUS + 0.005;
const degreesOf = (track: number): number => track * STEP_DEGREES;

/** Gravel where engines go, and some trees where they do not. */
function land(): SVGElement {
  const group = svg("g", {}, svg("circle", { class: "gravel", r: UNITS * 0.995 }));
  for (const [x, y, r] of TREES) {
    group.append(
      svg("circle", { class: "shadow", cx: x + 5, cy: y + 7, r }),
      svg("circle", { class: "tree", cx: x, cy: y, r }),
      svg("circle", { class: "leaf", cx: x - r / 5, cy: y - r / 5, r: r * 0.6 }),
    );
  }
  return group;
}

const TREES = [
  [-500, -490, 34],
  [-438, -505, 24],
  [-505, -420, 26],
  [492, -500, 30],
  [505, -432, 22],
  [-496, 470, 36],
  [-420, 505, 26],
  [-512, 395, 20],
  [488, 488, 34],
  [426, 512, 22],
] as const;

function houseFloor(): SVGElement {
  const [from, to] = houseEnds();
  const [wall, doors] = [WALL * UNITS, DOORS * UNITS];
  const outer = `M${at(from, WALL)}A${wall} ${wall} 0 1 1 ${at(to, WALL)}`;
  const inner = `L${at(to, DOORS)}A${doors} ${doors} 0 1 0 ${at(from, DOORS)}Z`;
  return svg("path", { class: "floor", d: outer + inner });
}

/** The roof is taken off so that one can look in: what is left are the walls and the posts. */
function houseWall(): SVGElement {
  const [from, to] = houseEnds();
  const wall = WALL * UNITS;
  const arc = `M${at(from, DOORS)}L${at(from, WALL)}A${wall} ${wall} 0 1 1 ${at(to, WALL)}L${at(to, DOORS)}`;
  const group = svg(
    "g",
    {},
    svg("path", { class: "wall", d: arc }),
    svg("path", { class: "coping", d: arc }),
    svg("path", { class: "windows", d: arc }),
  );
  for (let stall = 0; stall <= STALL_COUNT; stall++) {
    const degrees = from + stall * STEP_DEGREES;
    const { x, y } = pointAt(degrees, DOORS);
    const inside = stall > 0 && stall < STALL_COUNT;
    if (inside)
      group.append(
        svg("path", { class: "beam", d: `M${at(degrees, DOORS)}L${at(degrees, WALL)}` }),
      );
    group.append(svg("circle", { class: "post", cx: x, cy: y, r: 7 }));
  }
  return group;
}

function houseEnds(): readonly [number, number] {
  const from = degreesOf(trackOfStall(0)) - STEP_DEGREES / 2;
  return [from, from + STALL_COUNT * STEP_DEGREES];
}

function stallAt(track: number): SVGGElement {
  const degrees = degreesOf(track);
  const number = pointAt(degrees, 1.045);
  const lamp = pointAt(degrees, 0.935);
  const label = svg("text", { class: "number", x: number.x, y: number.y });
  label.textContent = String(stallOfTrack(track));
  const half = STEP_DEGREES / 2;
  const light = `M${at(degrees - half, DOORS)}L${at(degrees - half, WALL)}L${at(degrees + half, WALL)}L${at(degrees + half, DOORS)}Z`;
  const glow = svg("path", { class: "glow", d: light });
  return svg(
    "g",
    { class: "stall" },
    glow,
    svg("circle", { class: "lamp", cx: lamp.x, cy: lamp.y, r: 9 }),
    label,
  );
}

function yardAt(track: number): SVGGElement {
  const degrees = degreesOf(track);
  const { x, y } = pointAt(degrees, 1.045);
  const label = svg("text", { class: "number", x, y });
  label.textContent = "CBA"[track - 7] ?? "";
  const buffer = svg("rect", {
    class: "buffer",
    x: -30,
    y: -UNITS * 0.992,
    width: 60,
    height: 10,
    rx: 3,
  });
  buffer.setAttribute("transform", `rotate(${degrees})`);
  return svg("g", { class: "yard" }, buffer, label);
}

function railsAt(track: number): SVGElement {
  const degrees = degreesOf(track);
  return svg("g", { transform: `rotate(${degrees})` }, ...railLines(-UNITS * 0.98, -UNITS * PIT));
}

function railLines(from: number, to: number): readonly SVGElement[] {
  const line = (x: number, name: string): SVGElement =>
    svg("path", { class: name, d: `M${x} ${from}V${to}` });
  return [line(0, "ties"), line(-13, "rail"), line(13, "rail")];
}

function pit(): SVGElement {
  const ring = (reach: number, name: string): SVGElement =>
    svg("circle", { class: name, r: reach * UNITS });
  return svg("g", {}, ring(PIT, "pit"), ring(PIT - 0.035, "ring-rail"), ring(0.05, "pivot"));
}

/** Drawn with its head end up: the head wears the arrow, the cabin stands at the tail. */
function bridgeShape(): SVGGElement {
  const end = UNITS * (PIT - 0.006);
  return svg(
    "g",
    { class: "bridge" },
    svg("rect", { class: "shadow", x: -41, y: -end, width: 88, height: 2 * end, rx: 8 }),
    svg("rect", { class: "deck", x: -44, y: -end, width: 88, height: 2 * end, rx: 8 }),
    svg("path", { class: "planks", d: `M0 ${-end + 4}V${end - 4}` }),
    svg("path", { class: "rail", d: `M-13 ${-end}V${end}` }),
    svg("path", { class: "rail", d: `M13 ${-end}V${end}` }),
    svg("path", { class: "edge", d: `M-41 ${-end}V${end}M41 ${-end}V${end}` }),
    svg("path", {
      class: "arrow",
      d: `M-36 ${-end + 26}l9 -18 9 18zM36 ${-end + 26}l-9 -18 -9 18z`,
    }),
    svg("rect", { class: "cabin", x: 30, y: end - 74, width: 36, height: 42, rx: 5 }),
    svg("path", { class: "ridge", d: `M48 ${end - 72}v38` }),
  );
}
