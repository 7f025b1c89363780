/** The driver's cab: how one's own engine answers to the lever. Pure: (cab, lever) → cab. */
import { advance, type Gate, type Place, spotOf, straddles } from "./place.ts";

export type Cab = {
  readonly place: Place; // Where we mean to be; the world follows when the server says so.
  readonly speed: number; // Board radii a second, positive towards the nose.
};

export type Lever =
  | { readonly by: "hand"; readonly way: -1 | 0 | 1 }
  | { readonly by: "drag"; readonly x: number; readonly y: number }; // A point on the board.

type Rails = {
  readonly gate: Gate;
  readonly others: Iterable<Place>;
  readonly seconds: number;
  readonly radians: number; // Where the engine's axis points, clockwise from the top.
};

/** One moment later. An engine gathers speed, coasts to a stop, and never stops on the edge. */
export function roll(cab: Cab, lever: Lever, rails: Rails): Cab {
  const { gate, others, seconds } = rails;
  let wanted = wantedSpeed(cab.place, lever, rails);
  if (Math.abs(wanted) < CRAWL && straddles(cab.place)) wanted = CRAWL * wayOff(cab);
  const change = (Math.abs(wanted) < Math.abs(cab.speed) ? BRAKES : ACCELERATION) * seconds;
  const speed = cab.speed + Math.max(-change, Math.min(change, wanted - cab.speed));
  if (Math.abs(speed) < 0.002) return { place: cab.place, speed: 0 };
  const place = advance(cab.place, speed * seconds, { gate, others });
  return { place, speed: place.reach === cab.place.reach && seconds > 0.004 ? 0 : speed };
}

export const SPEED_MAX = 0.46;
const ACCELERATION = 0.9;
const BRAKES = 1.6;
const CRAWL = 0.14;

function wantedSpeed(place: Place, lever: Lever, { gate, radians }: Rails): number {
  if (lever.by === "hand") return lever.way * SPEED_MAX;
  const { axis, x, nose } = spotOf(place, gate);
  const flip = axis === "through" && place.line !== "bridge" && x < 0 ? -1 : 1;
  const goal = (lever.x * Math.sin(radians) - lever.y * Math.cos(radians)) * flip;
  const ahead = (goal - x) * nose;
  return Math.max(-SPEED_MAX, Math.min(SPEED_MAX, ahead * 4));
}

/** The way it was going, or else away from the edge, off the side its middle is on. */
function wayOff({ place, speed }: Cab): 1 | -1 {
  if (speed !== 0) return speed > 0 ? 1 : -1;
  if (place.line !== "bridge") return place.nose;
  return place.reach * place.nose > 0 ? -1 : 1;
}
