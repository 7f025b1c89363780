/** Puffs of smoke over moving engines: a fixed pool, so that a busy yard stays cheap to draw. */
import { type Point, svg } from "./svg.ts";

type Puff = { readonly circle: SVGCircleElement; bornAtMs: number; x: number; y: number };

export function openSmoke(layer: SVGGElement) {
  const puffs: Puff[] = [];
  const lastAtMs = new Map<string, number>();
  let nextIndex = 0;

  return {
    puff(name: string, { x, y }: Point, nowMs: number): void {
      if (nowMs - (lastAtMs.get(name) ?? 0) < EVERY_MS) return;
      if (lastAtMs.size > NAMES_MAX) lastAtMs.clear();
      lastAtMs.set(name, nowMs);
      const index = nextIndex++ % PUFFS_MAX;
      const circle =
        puffs[index]?.circle ??
        layer.insertBefore(svg("circle", { class: "puff" }), layer.firstChild);
      puffs[index] = { circle, bornAtMs: nowMs, x, y };
    },
    /** Lets the smoke rise; true while there is some. */
    drift(nowMs: number): boolean {
      let some = false;
      for (const { circle, bornAtMs, x, y } of puffs) {
        const age = (nowMs - bornAtMs) / LIFE_MS;
        const gone = age >= 1;
        circle.setAttribute("opacity", gone ? "0" : (0.75 * (1 - age)).toFixed(2));
        if (gone) continue;
        some = true;
        circle.setAttribute("r", (7 + 19 * age).toFixed(1));
        circle.setAttribute("cx", (x + 16 * age).toFixed(1));
        circle.setAttribute("cy", (y - 26 * age).toFixed(1));
      }
      return some;
    },
  };
}

const PUFFS_MAX = 36;
const NAMES_MAX = 500;
const EVERY_MS = 150;
const LIFE_MS = 1_300;
