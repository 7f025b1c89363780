/** One connection that speaks SCRP: what it is, and the turn in which it becomes something else. */
import type { Code, Facts, Millis, SessionId } from "@roundhouse/kernel";
import type { Bounds } from "@roundhouse/protocol";
import type { Me, Out } from "./asking.ts";
import type { Change, Circle } from "./circle.ts";
import { ERRORS } from "./errors.ts";
import { type Ask, entryOf } from "./methods.ts";
import { type Fields, type Reply, refusal } from "./reply.ts";
import type { Said } from "./said.ts";

/** A request that a shard, or who checks passwords, has not answered yet. */
export type Running = {
  /** The number under which the answer comes; clients choose theirs, and may choose one twice. */
  readonly request: number;
  readonly id: number;
  readonly ask: Ask;
  /** It asks whether something is there: if so, this is the answer. */
  readonly fault?: Fault;
  /** When its answer is given up. */
  readonly until: Millis;
  /** A log-in that has been answered, and what was kept follows: that comes before all else. */
  readonly isAnswered?: true;
};

/** What is wrong with a request, if nothing that has a smaller number is. */
export type Fault = { readonly code: Code; readonly facts: Facts };

export type Desk = {
  readonly session: SessionId;
  readonly requests: number;
  readonly running: readonly Running[];
  /** Said after one of those that run alone, or too many: begun in order. */
  readonly waiting: readonly Said[];
  /** What they weigh. */
  readonly waitingBytes: number;
};

export type Stranger = Desk & { readonly at: "stranger"; readonly deadline: Millis };
export type Live = Desk & {
  readonly at: "live";
  readonly me: Me;
  readonly pushes: number;
  readonly circle: Circle;
  /**
   * Kept notices were sent. The first request said after that shows that they came: so many that wait
   * were said before.
   */
  readonly unheeded: number | undefined;
};
export type Session =
  | Stranger
  | Live
  /** Logged out; who it is next, the gateway says. */
  | (Desk & { readonly at: "leaving" })
  | { readonly at: "over" };

/** One input being worked off: changed in place, and gone with it. */
export type Turn = {
  session: Session;
  readonly outputs: Out[];
  readonly now: Millis;
  readonly bounds: Bounds;
};

export const openStranger = (session: SessionId, deadline: Millis): Stranger => {
  const desk = { session, requests: 0, running: [], waiting: [], waitingBytes: 0 };
  return { at: "stranger", ...desk, deadline };
};

export const send = (turn: Turn, reply: Reply): void => {
  turn.outputs.push({ to: "send", reply });
};

export const answer = (turn: Turn, id: number, fields: Fields): void => {
  send(turn, { on: "answer", id, fields });
};

export const refuse = (turn: Turn, id: number, code: Code, facts: Facts = {}): void => {
  send(turn, refusal(id, code, { facts }));
};

/** One frame, or one for each of its lines; none for an empty one. */
export function push(turn: Turn, live: Live, tail: string): Live {
  if (tail === "") return live;
  let { pushes } = live;
  for (const line of tail.split("\n")) {
    send(turn, { on: "push", id: ++pushes, tail: line });
  }
  const next = { ...live, pushes };
  turn.session = next;
  return next;
}

/** The gateway is told whom it need not watch any more, and whom it must. */
export function move(turn: Turn, live: Live, { circle, watch, unwatch }: Change): Live {
  if (unwatch.length > 0) turn.outputs.push({ to: "unwatch", users: unwatch });
  if (watch.length > 0) {
    turn.outputs.push({ to: "watch", users: watch, request: undefined, done: [] });
  }
  if (circle === live.circle) return live;
  const next = { ...live, circle };
  turn.session = next;
  return next;
}

/** The session ends, and the connection becomes a stranger's. What runs is never answered. */
export function leave(turn: Turn): void {
  const { session } = turn;
  if (session.at === "over") return;
  const { session: id, requests, waiting, waitingBytes } = session;
  const desk = { session: id, requests, running: [], waiting, waitingBytes };
  turn.session = { at: "leaving", ...desk };
  turn.outputs.push({ to: "logOut" });
}

/** What cannot be known any more is said to be unknown; what was wrong in any case is that. */
export function abandon(turn: Turn, running: readonly Running[], code: Code): void {
  for (const { fault, id, isAnswered } of running) {
    if (fault !== undefined) refuse(turn, id, fault.code, fault.facts);
    else if (isAnswered !== true) send(turn, refusal(id, code, { err: ERRORS.UNKNOWN }));
  }
}

export const isAlone = (ask: Ask): boolean => entryOf(ask.method).isAlone === true;

/** How long somebody may take between sign-up and log-in, or after a log-out. */
export const PATIENCE_MS = 60_000;
