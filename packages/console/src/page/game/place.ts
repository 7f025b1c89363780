/**
 * Where an engine can be, and how it rolls. The board is a circle of radius 1: tracks run from the
 * edge of the turntable to the wall, the bridge joins two opposite ones. A reach is the distance of
 * the engine's middle from the centre; on the bridge it has a sign, positive towards the head end.
 */
import { shardOf } from "../shard.ts";

export const TRACK_COUNT = 16;
export const STALL_COUNT = 13; // The other three tracks are the yard, outside the house.
export const TABLE_RADIUS = 0.38;
const ENGINE_LENGTH = 0.19;
export const REACH_MAX = 0.88;
const YARD = [8, 7, 9];
const COUPLING = 0.2; // Two engines come no closer, middle to middle.
const HALF = ENGINE_LENGTH / 2;

export type Place = {
  readonly line: "bridge" | number;
  readonly reach: number;
  readonly nose: 1 | -1; // Which way it looks: 1 outward, or to the bridge's head end.
};

/** The bridge as one can drive on it: closed while it still moves. */
export type Gate = { readonly step: number; readonly open: boolean };

/** Track of a stall and back: stall 0 is at the lower left, counted clockwise. */
export const trackOfStall = (stall: number): number => (stall + 10) % TRACK_COUNT;
export const stallOfTrack = (track: number): number => (track + 6) % TRACK_COUNT;
export const isStall = (track: number): boolean => stallOfTrack(track) < STALL_COUNT;
export const homeOf = (name: string): number => trackOfStall(shardOf(name, STALL_COUNT));
export const headOf = (step: number): number => modulo(step, TRACK_COUNT);
export const tailOf = (step: number): number => modulo(step + TRACK_COUNT / 2, TRACK_COUNT);

/** Whether an engine bars the table: part of it on the bridge, part of it not. */
export function straddles({ reach }: Place): boolean {
  const distance = Math.abs(Math.abs(reach) - TABLE_RADIUS);
  return distance < HALF - 0.001;
}

export function isHome(name: string, place: Place): boolean {
  return place.line === homeOf(name) && !straddles(place);
}

type Spot = { readonly axis: "through" | number; readonly x: number; readonly nose: 1 | -1 };

/** The place on its axis: bridge and the two tracks it joins are one axis, "through". */
export function spotOf(place: Place, { step, open }: Gate): Spot {
  const { line, reach: x, nose } = place;
  if (line === "bridge" || (open && line === headOf(step))) return { axis: "through", x, nose };
  if (open && line === tailOf(step)) return { axis: "through", x: -x, nose: nose === 1 ? -1 : 1 };
  return { axis: line, x, nose };
}

/** Rolls an engine `by` towards its nose (or back, if negative), as far as the way is free. */
export function advance(
  place: Place,
  by: number,
  { gate, others }: { readonly gate: Gate; readonly others: Iterable<Place> },
): Place {
  const { axis, x, nose } = spotOf(place, gate);
  const dx = by * nose;
  const [low, high] = boundsOf(axis, gate);
  let next = Math.min(high, Math.max(low, x + dx));
  for (const other of others) {
    const spot = spotOf(other, gate);
    if (spot.axis !== axis) continue;
    if (dx > 0 && spot.x > x) next = Math.min(next, spot.x - COUPLING);
    if (dx < 0 && spot.x < x) next = Math.max(next, spot.x + COUPLING);
  }
  next = dx > 0 ? Math.max(next, x) : Math.min(next, x); // A blocked engine stays, it is not pushed.
  return placeOf({ axis, x: fine(next), nose }, gate.step);
}

/** A free place to start from: in front in the yard first, then wherever there is room. */
export function startPlace(taken: Iterable<Place>): Place {
  const places = [...taken];
  const isFree = ({ line, reach }: Place): boolean =>
    !places.some((it) => it.line === line && Math.abs(it.reach - reach) < ENGINE_LENGTH);
  return STARTS.find(isFree) ?? { line: 8, reach: REACH_MAX, nose: -1 };
}

const STARTS: readonly Place[] = [YARD, [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15]].flatMap(
  (lines) =>
    [0.48, 0.68, REACH_MAX].flatMap((reach) =>
      lines.map((line): Place => ({ line, reach, nose: -1 })),
    ),
);

/** From `step`, the step at which the bridge's nearer end meets a track. */
export function stepToward(step: number, track: number): number {
  const half = TRACK_COUNT / 2;
  const ahead = modulo(track - step, half);
  return step + (ahead > half / 2 ? ahead - half : ahead);
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** As it goes over the wire: a thousandth of the board is less than a pixel. */
export function rounded(place: Place): Place {
  return { ...place, reach: Math.round(place.reach * 1000) / 1000 };
}

function boundsOf(axis: Spot["axis"], gate: Gate): readonly [number, number] {
  if (axis !== "through") return [TABLE_RADIUS + HALF, REACH_MAX];
  const max = gate.open ? REACH_MAX : TABLE_RADIUS - HALF;
  return [-max, max];
}

function placeOf({ axis, x, nose }: Spot, step: number): Place {
  if (axis !== "through") return { line: axis, reach: x, nose };
  if (Math.abs(x) <= TABLE_RADIUS) return { line: "bridge", reach: x, nose };
  if (x > 0) return { line: headOf(step), reach: x, nose };
  return { line: tailOf(step), reach: -x, nose: nose === 1 ? -1 : 1 };
}

/** Takes the dust of binary fractions off, so that equal places compare equal. */
const fine = (value: number): number => Math.round(value * 100_000) / 100_000;
