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
  const atPaceMs = (gateway.connections / settings.drainPerSecond) * 1_000;
  const withinMs = Math.max(1, Math.min(atPaceMs, DRAIN_MS));
  const done = new Promise<void>((resolve) => {
    const untilUndone = (run: () => void, afterMs: number): void => {
      later(() => {
        if (!isUndone) run();
      }, afterMs);
    };
    const pace = { chance, later: untilUndone, withinMs, perSecondMax: Number.MAX_SAFE_INTEGER };
    gateway.drain(pace, resolve);
  });
  return {
    done,
    undo: () => {
      isUndone = true;
      gateway.door.reopen();
    },
  };
}

/** Whatever the pace: a process that is told to end has no more time than this for it. */
export const DRAIN_MS = 15_000;
