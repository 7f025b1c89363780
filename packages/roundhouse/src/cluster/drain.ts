/** A gateway asks its clients to move: at a pace, and until it is told to stop that. */
import type { Gateway } from "@roundhouse/gateway";
import type { World } from "./life.ts";

export type Drain = {
  /** Resolves when all have gone and the shards know. */
  readonly done: Promise<void>;
  /** Lets everybody in again, and asks nobody any more. */
  undo(): void;
};

/** `deadlineMs`: whatever the pace, all must be asked by then. An operator's drain has none. */
export function startDrain(
  { settings, chance, later }: World,
  gateway: Gateway,
  deadlineMs = Number.POSITIVE_INFINITY,
): Drain {
  let isUndone = false;
  const done = new Promise<void>((resolve) => {
    const untilUndone = (run: () => void, afterMs: number): void => {
      later(() => {
        if (!isUndone) run();
      }, afterMs);
    };
    const pace = paceOf(gateway.connections, settings.drainPerSecond, deadlineMs);
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

/** Nobody's log-ins exceed what was set, in any second; they do only if these would not go in time. */
export function paceOf(connections: number, perSecond: number, deadlineMs: number): Pace {
  const perSecondMax = Math.max(perSecond * CALM, (connections * 1_000) / deadlineMs);
  const withinMs = Math.max(1, (connections * 1_000) / perSecondMax);
  return { withinMs, perSecondMax };
}

type Pace = { readonly withinMs: number; readonly perSecondMax: number };

/** They are asked a few at a time, and some take a little longer to come back than others. */
const CALM = 0.85;
/** A process that is told to end has no more time than this for it. */
export const DRAIN_MS = 15_000;
