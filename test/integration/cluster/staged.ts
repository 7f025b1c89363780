/** One cluster with a load on it for a file of tests; at its end every client's journal is judged. */
import { afterAll, beforeAll, expect } from "vitest";
import { Stage } from "../../../load-tests/drill/cluster/stage.mjs";
import { measuredIn } from "../../../load-tests/drill/verdict.mjs";

type Options = Omit<Parameters<typeof Stage.open>[0], "seed" | "store"> & {
  readonly store?: () => Promise<Store>;
};
type Store = NonNullable<Parameters<typeof Stage.open>[0]["store"]>;
type Trial = Parameters<Stage["try"]>[0];
type Outcome = Awaited<ReturnType<Stage["try"]>>;
type Move = NonNullable<Outcome["moves"]>[number];

export type Staged = {
  readonly stage: Stage;
  /** Does it, and expects everything measured to be within its bound. */
  survives(trial: Trial): Promise<void>;
  /** Ends the load, and expects that no promise was broken. */
  keepsItsWord(): Promise<void>;
};

export function staged({ store, ...options }: Options = {}): Staged {
  const seed = Date.now() % 1_000_000;
  const moves: Move[] = [];
  let opened: Stage | undefined;
  const running = (): Stage => {
    if (opened === undefined) throw new Error("The stage is open only while tests run.");
    return opened;
  };
  const why = (): string => `seed ${seed}\n${running().logs().join("\n")}`;
  beforeAll(async () => {
    const held = await store?.();
    opened = await Stage.open({ seed, ...(held === undefined ? {} : { store: held }), ...options });
  }, OPEN_MS);
  afterAll(() => opened?.close());
  return {
    get stage() {
      return running();
    },
    async survives(trial) {
      const outcome = await running().try(trial);
      for (const { what, ms, msMax } of outcome.measured ?? []) {
        expect(ms, `${what}; ${why()}`).toBeLessThanOrEqual(msMax);
      }
      for (const { needless } of outcome.moves ?? []) expect(needless, why()).toEqual([]);
      moves.push(...(outcome.moves ?? []));
    },
    async keepsItsWord() {
      const { faults, figures } = await running().judge();
      const { load, shards } = running().scene;
      expect(faults.slice(0, SHOWN_MAX), why()).toEqual([]);
      // How long a pause may be is for the drill: a busy machine is no fault of ours. That it ends is not.
      for (const { what, ms } of measuredIn(figures, { moves, rooms: load.rooms, shards })) {
        expect(Number.isFinite(ms), `${what}; ${why()}`).toBe(true);
      }
      // It was a load: thousands of words, heard by many.
      expect(figures.actions).toBeGreaterThan(ACTIONS_MIN);
      expect(figures.deliveries).toBeGreaterThan(3 * figures.actions);
    },
  };
}

const OPEN_MS = 60_000;
const SHOWN_MAX = 20;
const ACTIONS_MIN = 1_000;
