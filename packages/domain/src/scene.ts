/** Where decisions are made: who asks, when, under which rules, and what shall follow from it. */
import type { Deadlines, GatewayId, Millis, UserId } from "@roundhouse/kernel";
import { Effects } from "./effects.ts";
import type { Rules } from "./rules.ts";

export type Scene = {
  readonly rules: Rules;
  readonly effects: Effects;
  /** The gateways that have watchers of a user. */
  readonly watchers: ReadonlyMap<UserId, readonly GatewayId[]>;
  /** Asks for another look at a user when the time has come. */
  readonly due: Deadlines<UserId>;
  /** Users who may have become nobody. */
  readonly touched: UserId[];
  /** Who asks. One scene serves a batch: the asker and the time change with each command. */
  gateway: GatewayId;
  /** When the inbox took the command. */
  now: Millis;
};

export type Stage = Pick<Scene, "rules" | "watchers" | "due">;

/** A scene for one batch. */
export const openScene = ({ rules, watchers, due }: Stage): Scene => {
  const effects = new Effects();
  return { rules, watchers, due, effects, touched: [], gateway: "" as GatewayId, now: 0 };
};
