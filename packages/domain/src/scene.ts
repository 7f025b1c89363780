/** Where decisions are made: who asks, when, under which rules, and what shall follow from it. */
import type { Deadlines, GatewayId, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Effects } from "./effects.ts";
import type { Memory } from "./memory.ts";
import type { Rules } from "./rules.ts";
import type { Tallies } from "./tallies.ts";

export type Scene = {
  readonly rules: Rules;
  /** What the shard knows beside its users and rooms. */
  readonly shard: Memory;
  readonly effects: Effects;
  /** The gateways that have watchers of a user. */
  readonly watchers: ReadonlyMap<UserId, readonly GatewayId[]>;
  /** Asks for another look at a user when the time has come. */
  readonly due: Deadlines<UserId>;
  /** What counts for each gateway. */
  readonly tallies: Tallies;
  /** Users who may have become nobody. */
  readonly touched: UserId[];
  /** Rooms that may be empty. */
  readonly visited: RoomId[];
  /** What a next owner has to be told of this batch; undefined where there never is one. */
  readonly changed: Changed | undefined;
  /** Whether nobody may cause a new record unasked. */
  readonly isFull: () => boolean;
  /** Who asks. One scene serves a batch: the asker and the time change with each command. */
  gateway: GatewayId;
  /** When the inbox took the command. */
  now: Millis;
};

/** What a batch changed, by name: what became of it is looked up when the batch is over. */
export type Changed = {
  readonly users: Set<UserId>;
  readonly rooms: Set<RoomId>;
  readonly seats: Map<string, readonly [SessionId, RoomId]>;
  /** Users whose watchers changed. */
  readonly watched: Set<UserId>;
};

export type Stage = Pick<Scene, "rules" | "watchers" | "due" | "tallies"> & Memory;

/** A scene for one batch. Only a ledger that keeps live state needs to hear what changed of it. */
export const openScene = (
  stage: Stage,
  { keepsLive = false, isFull = (): boolean => false } = {},
): Scene => {
  const { rules, watchers, due, tallies } = stage;
  const effects = new Effects();
  const changed = keepsLive ? openChanged() : undefined;
  const gateway = "" as GatewayId;
  const lists = { touched: [], visited: [] };
  const open = { ...lists, changed, isFull, gateway, now: 0 };
  return { rules, shard: stage, watchers, due, tallies, effects, ...open };
};

const openChanged = (): Changed => {
  return { users: new Set(), rooms: new Set(), seats: new Map(), watched: new Set() };
};
