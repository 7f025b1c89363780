/** What the eye sees: it glides after the world, or is the world when motion is not wanted. */
import { type Place, TRACK_COUNT } from "./place.ts";
import type { World } from "./world.ts";

/** One engine as it is drawn: a line, a reach on it, and how fast it goes. */
export type Shown = { readonly place: Place; readonly speed: number };
export type View = {
  readonly degrees: number; // Of the bridge's head, clockwise from the top.
  readonly engines: ReadonlyMap<string, Shown>;
};

export const STEP_DEGREES = 360 / TRACK_COUNT;

/** The view `seconds` later. `still` means no animation: everything is at once where it belongs. */
export function glide(
  view: View,
  world: World,
  { seconds, still }: { readonly seconds: number; readonly still: boolean },
): View {
  const goal = world.table.step * STEP_DEGREES;
  const far = goal - view.degrees;
  const step = Math.max(-TURN * seconds, Math.min(TURN * seconds, far * Math.min(1, 9 * seconds)));
  const near = still || Math.abs(far) < 0.15 || Math.abs(far) > 400;
  const engines = new Map<string, Shown>();
  for (const [name, { place }] of world.engines) {
    const before = view.engines.get(name);
    engines.set(
      name,
      before === undefined || still ? { place, speed: 0 } : follow(before, place, seconds),
    );
  }
  return { degrees: near ? goal : view.degrees + step, engines };
}

/** Whether engines may drive over the edge: the bridge has come to where the world says. */
export function isAligned(view: View, world: World): boolean {
  return Math.abs(world.table.step * STEP_DEGREES - view.degrees) < STEP_DEGREES / 8;
}

/** The direction of a line, clockwise from the top. */
export const degreesOf = (line: Place["line"], bridgeDegrees: number): number =>
  line === "bridge" ? bridgeDegrees : line * STEP_DEGREES;

const TURN = 95; // Degrees a second at most: a bridge is heavy.

function follow(shown: Shown, goal: Place, seconds: number): Shown {
  const from =
    shown.place.line === goal.line ? shown.place.reach : carried(shown.place.reach, goal);
  const far = goal.reach - from;
  if (Math.abs(far) < 0.0015) return { place: goal, speed: 0 };
  const step = far * Math.min(1, 11 * seconds);
  return { place: { ...goal, reach: from + step }, speed: seconds > 0 ? step / seconds : 0 };
}

/** A reach carried over to another line of the same axis: the sign that is nearer to the goal. */
function carried(reach: number, { reach: goal }: Place): number {
  const nearer = Math.abs(reach - goal) <= Math.abs(-reach - goal) ? reach : -reach;
  return Math.abs(nearer - goal) < 0.3 ? nearer : goal;
}
