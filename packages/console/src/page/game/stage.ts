/** The game's clock: moves our engine as the levers say, tells the room, and draws each frame. */
import { openBoard } from "./board.ts";
import { type Cab, type Lever, roll } from "./cab.ts";
import { degreesOf, glide, isAligned, STEP_DEGREES, type View } from "./motion.ts";
import { headOf, type Place, rounded, stepToward } from "./place.ts";
import type { Play } from "./play.ts";
import type { Point } from "./svg.ts";
import { emptyWorld, isBarred, type World } from "./world.ts";

export type Stage = {
  show(world: World): void;
  drive(way: -1 | 0 | 1): void;
  /** Pulls the engine along its rail towards a point, until it is let go with undefined. */
  drag(point: Point | undefined): void;
  turn(way: -1 | 0 | 1): void;
  turnTo(track: number): void;
  readonly pointOf: (event: PointerEvent | Touch) => Point;
};

type StageOptions = {
  readonly root: SVGSVGElement;
  readonly say: (play: Play) => void;
  readonly barred: () => void; // Somebody wanted to turn the bridge while an engine crosses its edge.
};

export function openStage({ root, say, barred }: StageOptions): Stage {
  const board = openBoard(root);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let world = emptyWorld("");
  let view: View = { degrees: 0, engines: new Map() };
  let cab: Cab | undefined;
  let lever: Lever = { by: "hand", way: 0 };
  let turning: -1 | 0 | 1 = 0;
  let unsaid = false;
  let waiting: number | undefined; // The step the bridge shall turn to when nobody bars it.
  let [lastMs, droveAtMs, agreedAtMs, turnedAtMs, frame] = [0, 0, 0, 0, 0];

  function wake(): void {
    if (frame !== 0) return;
    lastMs = performance.now();
    frame = requestAnimationFrame(tick);
  }

  function tick(nowMs: number): void {
    const seconds = Math.min(0.05, Math.max(0, nowMs - lastMs) / 1000);
    lastMs = nowMs;
    if (waiting !== undefined) ask(waiting, nowMs);
    else if (turning !== 0) turnOn(nowMs);
    const driving = driveOn(seconds, nowMs);
    const before = view;
    view = glide(view, world, { seconds, still: calm.matches });
    const lively = board.draw(view, world, { nowMs, still: calm.matches });
    const goes = driving || turning !== 0 || waiting !== undefined || lively || moves(before, view);
    frame = goes ? requestAnimationFrame(tick) : 0;
  }

  /** One moment of our own engine. What we mean is only a proposal until the room has heard it. */
  function driveOn(seconds: number, nowMs: number): boolean {
    const own = world.engines.get(world.self);
    if (own === undefined) {
      cab = undefined;
      return false;
    }
    const others: Place[] = [];
    for (const [name, { place }] of world.engines) if (name !== world.self) others.push(place);
    const was = cab ?? { place: own.place, speed: 0 };
    const radians = (degreesOf(was.place.line, view.degrees) * Math.PI) / 180;
    const gate = { step: world.table.step, open: isAligned(view, world) };
    cab = roll(was, lever, { gate, others, seconds, radians });
    const resting = cab.speed === 0 && lever.by === "hand" && lever.way === 0;
    const mean = rounded(cab.place);
    if (cab.place !== was.place) unsaid = true;
    if (unsaid && nowMs - droveAtMs >= DRIVE_MS_MIN) {
      if (!isSame(mean, own.place)) say({ do: "drive", engine: mean });
      droveAtMs = nowMs;
      unsaid = false;
    }
    // Not confirmed for a while: refused, lost, or driven from another tab. The room's word counts.
    const agreed = isSame(mean, own.place) || (!resting && isNear(mean, own.place));
    if (agreed) agreedAtMs = nowMs;
    else if (nowMs - Math.max(agreedAtMs, droveAtMs) > CONFIRM_MS_MAX)
      cab = { place: own.place, speed: 0 };
    return !resting || unsaid || !agreed;
  }

  function turnOn(nowMs: number): void {
    const far = Math.abs(world.table.step * STEP_DEGREES - view.degrees);
    if (nowMs - turnedAtMs < TURN_MS_MIN || far > STEP_DEGREES / 2) return;
    ask(world.table.step + turning, nowMs);
  }

  /** A wish that comes while an engine crosses the edge is kept until the table is free. */
  function ask(step: number, nowMs: number): void {
    turnedAtMs = nowMs;
    const must = isBarred(world, nowMs);
    if (must && waiting === undefined) barred();
    waiting = must ? step : undefined;
    if (!must) say({ do: "turn", to: headOf(step) });
  }

  wake();
  return {
    show(next) {
      world = next;
      if (world.self === "") waiting = undefined;
      wake();
    },
    drive(way) {
      lever = { by: "hand", way };
      wake();
    },
    drag(point) {
      lever = point === undefined ? { by: "hand", way: 0 } : { by: "drag", ...point };
      wake();
    },
    turn(way) {
      // A press counts at once, however short; a lever held goes on turning from frame to frame.
      if (way !== 0 && way !== turning) ask(world.table.step + way, performance.now());
      turning = way;
      wake();
    },
    turnTo(track) {
      ask(stepToward(world.table.step, track), performance.now());
      wake();
    },
    pointOf: board.pointOf,
  };
}

const DRIVE_MS_MIN = 66;
const TURN_MS_MIN = 260;
const CONFIRM_MS_MAX = 900;

const isSame = (a: Place, b: Place): boolean =>
  a.line === b.line && a.reach === b.reach && a.nose === b.nose;
const isNear = (a: Place, b: Place): boolean =>
  a.line === b.line && Math.abs(a.reach - b.reach) < 0.2;

function moves(before: View, after: View): boolean {
  if (before.degrees !== after.degrees || before.engines.size !== after.engines.size) return true;
  for (const { speed } of after.engines.values()) if (speed !== 0) return true;
  return false;
}
