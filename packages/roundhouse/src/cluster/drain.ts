/** A gateway asks its clients to move: at a pace, and until it is told to stop that. */
import type { Gateway } from "@roundhouse/gateway";
import type { World } from "./life.ts";

export type Drain = {
  /** Resolves when all have gone and the shards know. */
  readonly done: Promise<void>;
  /** Lets everybody in again, and asks nobody any more. */
  undo(): void;
};

export function startDrain({ settings, chance, later }: World, gateway: Gateway): Drain {
  let isUndone = false;
  const done = new Promise<void>((resolve) => {
    const untilUndone = (run: () => void, afterMs: number): void => {
      later(() => {
        if (!isUndone) run();
      }, afterMs);
    };
    const pace = paceOf(gateway.connections, settings.drainPerSecond);
    gateway.drain({ chance, later: untilUndone, ...pace }, resolve);
  });
  return {
    done,
    undo: () => {
      isUndone = true;
      gateway.door.reopen();
    },
  };
}

/** As many a second as was set; more only if these would not have gone in time. */
export function paceOf(connections: number, perSecond: number): Pace {
  const perSecondMax = Math.max(perSecond, (connections * 1_000) / DRAIN_MS);
  const withinMs = Math.max(1, (connections * 1_000) / perSecondMax);
  return { withinMs, perSecondMax };
}

type Pace = { readonly withinMs: number; readonly perSecondMax: number };

/** Whatever the pace: a process that is told to end has no more time than this for it. */
export const DRAIN_MS = 15_000;
