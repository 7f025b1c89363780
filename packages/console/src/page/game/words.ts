/** The board in words: for those who cannot see it, and a caption for those who can. */
import { headOf, homeOf, isHome, isStall, type Place, stallOfTrack, tailOf } from "./place.ts";
import type { World } from "./world.ts";

export function trackWords(track: number): string {
  return isStall(track) ? `stall ${stallOfTrack(track)}` : `yard track ${"CBA"[track - 7] ?? "?"}`;
}

function placeWords({ line }: Place): string {
  return line === "bridge"
    ? "on the bridge"
    : isStall(line)
      ? `in ${trackWords(line)}`
      : `on ${trackWords(line)}`;
}

export function boardWords(world: World): string {
  const { step } = world.table;
  const bridge = `The bridge joins ${trackWords(headOf(step))} and ${trackWords(tailOf(step))}.`;
  const own = world.engines.get(world.self);
  return own === undefined ? bridge : `Your engine is ${placeWords(own.place)}. ${bridge}`;
}

/** Whether every engine of a company of two or more stands in its own stall. */
export function allHome({ engines }: World): boolean {
  return engines.size > 1 && [...engines].every(([name, { place }]) => isHome(name, place));
}

/** How to get home from here, one sentence. */
export function wayHome(world: World): string {
  const own = world.engines.get(world.self);
  if (own === undefined) return "Your engine is on its way…";
  const home = homeOf(world.self);
  const stall = `stall ${stallOfTrack(home)}`;
  if (isHome(world.self, own.place)) return `Home in ${stall}. Whistle, or drive out again.`;
  const aligned = headOf(world.table.step) === home || tailOf(world.table.step) === home;
  if (own.place.line !== "bridge") {
    const here = own.place.line;
    const waits = headOf(world.table.step) === here || tailOf(world.table.step) === here;
    return waits
      ? `Drive onto the bridge: your home is ${stall}.`
      : `Turn the bridge to ${trackWords(here)} first.`;
  }
  return aligned
    ? `The bridge lies right: drive into ${stall}.`
    : `Turn the bridge to ${stall}, your home.`;
}
