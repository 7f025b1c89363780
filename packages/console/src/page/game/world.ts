/**
 * The world of one room as everybody in it computes it: (world, heard action) → world. The server
 * sends the same actions in the same order to all, so all worlds agree without the server knowing
 * the game. See README, "One order, one world".
 */
import { headOf, type Place, straddles, TRACK_COUNT, tailOf } from "./place.ts";
import type { Here, Play } from "./play.ts";

export type Engine = {
  readonly place: Place;
  readonly dozing: boolean;
  readonly heardAtMs: number;
  readonly movedAtMs: number;
  readonly whistledAtMs: number;
};

export type World = {
  readonly self: string;
  readonly seq: number; // Of the last action applied.
  readonly helloSeq: number | undefined; // Of our own first hello: what is older, we missed.
  readonly table: { readonly known: boolean; readonly step: number }; // 16 steps a turn, unbounded.
  readonly engines: ReadonlyMap<string, Engine>;
};

export type Heard = {
  readonly from: string;
  readonly seq: number;
  readonly play: Play;
  readonly nowMs: number;
};

export const emptyWorld = (self: string): World => ({
  self,
  seq: 0,
  helloSeq: undefined,
  table: { known: false, step: 0 },
  engines: new Map(),
});

export function apply(before: World, { from, seq, play, nowMs }: Heard): World {
  const world = touch({ ...before, seq }, from, nowMs);
  switch (play.do) {
    case "hello":
      if (from !== world.self) return world;
      return { ...world, helloSeq: world.helloSeq ?? seq };
    case "here":
      return adopt(
        put(world, from, { place: play.engine, dozing: play.dozing === true, nowMs }),
        play,
      );
    case "drive": {
      const known = world.engines.get(from);
      if (known && !isPassable(world, known.place.line, play.engine.line)) return world;
      return put(world, from, { place: play.engine, dozing: false, nowMs });
    }
    case "turn":
      return { ...world, table: { known: true, step: nearest(world.table.step, play.to) } };
    case "whistle":
      return change(world, from, (engine) => ({ ...engine, whistledAtMs: nowMs }));
    case "bye":
      return forget(world, from);
  }
}

export function forget(world: World, name: string): World {
  if (!world.engines.has(name)) return world;
  const engines = new Map(world.engines);
  engines.delete(name);
  return { ...world, engines };
}

/** Lets go of engines that were not heard of: a hidden tab may be silent for longer. */
export function sweep(world: World, nowMs: number): World {
  let swept = world;
  for (const [name, { dozing, heardAtMs }] of world.engines) {
    if (name === world.self) continue;
    if (nowMs - heardAtMs > (dozing ? DOZING_SILENCE_MS_MAX : SILENCE_MS_MAX)) {
      swept = forget(swept, name);
    }
  }
  return swept;
}

/** Whether the table should wait: somebody is just rolling over its edge. */
export function isBarred(world: World, nowMs: number): boolean {
  for (const { place, movedAtMs } of world.engines.values()) {
    if (straddles(place) && nowMs - movedAtMs < BARRED_MS_MAX) return true;
  }
  return false;
}

const SILENCE_MS_MAX = 20_000;
const DOZING_SILENCE_MS_MAX = 150_000; // Browsers wake hidden tabs once a minute.
const BARRED_MS_MAX = 3_000; // Who parks on the edge does not hold up the others.

/** A newcomer takes the table from whoever had seen its hello; after that, only turns count. */
function adopt(world: World, { table, asOf }: Here): World {
  const { helloSeq } = world;
  if (world.table.known || table === undefined || helloSeq === undefined) return world;
  if (asOf < helloSeq) return world;
  return { ...world, table: { known: true, step: nearest(world.table.step, table) } };
}

/** Onto the bridge and off it only where it lies: a turn may have been ordered in between. */
function isPassable(world: World, from: Place["line"], to: Place["line"]): boolean {
  const track = from === "bridge" ? to : from;
  if (from === to) return true;
  if (from !== "bridge" && to !== "bridge") return false;
  return track === headOf(world.table.step) || track === tailOf(world.table.step);
}

type Stand = { readonly place: Place; readonly dozing: boolean; readonly nowMs: number };

function put(world: World, name: string, { place, dozing, nowMs }: Stand): World {
  const known = world.engines.get(name);
  const moved = known === undefined || known.place.reach !== place.reach;
  const engines = new Map(world.engines).set(name, {
    place,
    dozing,
    heardAtMs: nowMs,
    movedAtMs: moved ? nowMs : known.movedAtMs,
    whistledAtMs: known?.whistledAtMs ?? Number.NEGATIVE_INFINITY,
  });
  return { ...world, engines };
}

function change(world: World, name: string, by: (engine: Engine) => Engine): World {
  const engine = world.engines.get(name);
  if (engine === undefined) return world;
  return { ...world, engines: new Map(world.engines).set(name, by(engine)) };
}

const touch = (world: World, name: string, heardAtMs: number): World =>
  change(world, name, (engine) => ({ ...engine, heardAtMs }));

/** The step that is `to` modulo a turn and closest to where the table is now. */
function nearest(step: number, to: number): number {
  const ahead = headOf(to - step);
  return step + (ahead > TRACK_COUNT / 2 ? ahead - TRACK_COUNT : ahead);
}
