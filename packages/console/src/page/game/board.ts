/** Puts the view on the board: the bridge, every engine, lamps and labels. */
import { type EngineShape, engineShape } from "./engine-shape.ts";
import { degreesOf, type Shown, type View } from "./motion.ts";
import { paintOf } from "./paint.ts";
import { headOf, homeOf, isHome } from "./place.ts";
import { drawScene } from "./scene.ts";
import { openSmoke } from "./smoke.ts";
import { type Point, pointAt, UNITS } from "./svg.ts";
import type { Engine, World } from "./world.ts";

export type Board = {
  /** Draws one frame; true while something (smoke, a whistle) still moves by itself. */
  draw(
    view: View,
    world: World,
    moment: { readonly nowMs: number; readonly still: boolean },
  ): boolean;
  /** A point of the window as one of the board, in board radii. */
  pointOf(event: { readonly clientX: number; readonly clientY: number }): Point;
};

export function openBoard(root: SVGSVGElement): Board {
  const scene = drawScene(root);
  const shapes = new Map<string, EngineShape>();
  const smoke = openSmoke(scene.above);

  function drop(name: string, { body, name: label }: EngineShape): void {
    body.remove();
    label.remove();
    shapes.delete(name);
  }

  function shapeOf(name: string, mine: boolean): EngineShape {
    const known = shapes.get(name);
    if (known !== undefined) return known;
    const shape = engineShape(name, mine);
    scene.engines.append(shape.body);
    scene.above.append(shape.name);
    shapes.set(name, shape);
    return shape;
  }

  function light(world: World): void {
    const lit = new Map<number, string>();
    for (const [name, { place }] of world.engines) {
      if (isHome(name, place) && place.line !== "bridge") lit.set(place.line, paintOf(name));
    }
    const home = world.self === "" ? undefined : homeOf(world.self);
    for (const [track, stall] of scene.stalls) {
      const paint = lit.get(track);
      stall.classList.toggle("lit", paint !== undefined);
      stall.classList.toggle("home", track === home);
      if (paint !== undefined) stall.style.setProperty("--paint", paint);
    }
  }

  return {
    draw(view, world, { nowMs, still }) {
      scene.bridge.setAttribute("transform", `rotate(${view.degrees.toFixed(2)})`);
      scene.bridge.dataset["step"] = String(headOf(world.table.step));
      let lively = false;
      for (const [name, shown] of view.engines) {
        const engine = world.engines.get(name);
        if (engine === undefined) continue;
        const shape = shapeOf(name, name === world.self);
        place(shape, shown, view.degrees);
        lively = dress(shape, engine, nowMs) || lively;
        if (!still && Math.abs(shown.speed) > 0.03)
          smoke.puff(name, chimneyOf(shown, view.degrees), nowMs);
      }
      for (const [name, shape] of shapes) if (!view.engines.has(name)) drop(name, shape);
      light(world);
      return smoke.drift(nowMs) || lively;
    },
    pointOf({ clientX, clientY }) {
      const box = root.getBoundingClientRect();
      const scale = root.viewBox.baseVal.width / box.width / UNITS;
      return {
        x: (clientX - box.left - box.width / 2) * scale,
        y: (clientY - box.top - box.height / 2) * scale,
      };
    },
  };
}

function place({ body, name }: EngineShape, shown: Shown, bridgeDegrees: number): void {
  const { line, reach, nose } = shown.place;
  const degrees = degreesOf(line, bridgeDegrees);
  const { x, y } = pointAt(degrees, reach);
  const turn = degrees - 90 * nose;
  body.setAttribute(
    "transform",
    `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(1)})`,
  );
  const edge = Math.min(440, Math.max(-440, x)); // A name never hangs over the side.
  name.setAttribute("transform", `translate(${edge.toFixed(1)} ${Math.max(-430, y).toFixed(1)})`);
}

/** The state of an engine as classes and data; true while its whistle sounds. */
function dress({ body, name }: EngineShape, engine: Engine, nowMs: number): boolean {
  const { line, reach } = engine.place;
  const whistles = nowMs - engine.whistledAtMs < WHISTLE_MS;
  body.dataset["line"] = String(line);
  body.dataset["reach"] = String(reach);
  body.classList.toggle("dozing", engine.dozing);
  name.classList.toggle("whistles", whistles);
  return whistles;
}

function chimneyOf({ place: { line, reach, nose } }: Shown, bridgeDegrees: number): Point {
  return pointAt(degreesOf(line, bridgeDegrees), reach + nose * 0.058);
}

const WHISTLE_MS = 1_600;
