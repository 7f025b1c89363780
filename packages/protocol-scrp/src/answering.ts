/** The shards answered: the client is told, and what follows for the session happens. */
import type { Told } from "@roundhouse/domain";
import type { Code } from "@roundhouse/kernel";
import { type Answering, fieldsOf } from "./answers.ts";
import { befriend, openCircle, unfriend } from "./circle.ts";
import { doubtAbout } from "./doubts.ts";
import { ERRORS, numberOf } from "./errors.ts";
import { goOn, rest, run } from "./hearing.ts";
import type { Method } from "./methods.ts";
import { type Fields, refusal } from "./reply.ts";
import {
  abandon,
  answer,
  type Live,
  leave,
  move,
  type Running,
  refuse,
  send,
  type Turn,
} from "./session.ts";

export function attached(turn: Turn, told: Extract<Told, { on: "attached" }>): void {
  const { session } = turn;
  if (session.at !== "stranger") return; // A repair tells again what is known.
  // Not by its number: a repair that finds the name confirmed knows of no request.
  const running = session.running.find(({ ask }) => ask.method === "LOG_IN");
  if (running === undefined) return;
  const { account, user } = told;
  if (account === undefined) {
    // It is logged in, but what its account holds was lost on the way: it may try again.
    abandon(turn, [running], "shard_unavailable");
    return leave(turn);
  }
  answer(turn, running.id, {});
  const { deadline: _, ...desk } = session;
  const me = { user, born: account.born };
  const circle = openCircle();
  // What was kept comes before whatever the client said meanwhile.
  const left = told.waits === true ? [{ ...running, isAnswered: true } as const] : [];
  const live: Live = {
    ...desk,
    at: "live",
    running: left,
    me,
    pushes: 0,
    circle,
    unheeded: undefined,
  };
  turn.session = live;
  move(turn, live, befriend(circle, account.friends, turn.bounds.subscriptionsMax));
  goOn(turn);
}

/** By a shard, or by all of them together. */
export function answered(turn: Turn, told: Answering): void {
  const running = settle(turn, told.request);
  if (running === undefined) return;
  const { ask, fault, id } = running;
  if (fault !== undefined) refuse(turn, id, fault.code, fault.facts);
  else answer(turn, id, fieldsOf(ask.method, told));
  follow(turn, running, told);
  goOn(turn);
}

export function answeredWith(turn: Turn, request: number | undefined, fields: Fields): void {
  const running = settle(turn, request);
  if (running === undefined) return;
  answer(turn, running.id, fields);
  goOn(turn);
}

export function refused(turn: Turn, told: Extract<Told, { on: "refused" }>): void {
  const running = settle(turn, told.request);
  if (running === undefined) return; // Nobody asked: a seat that was not to be had, for instance.
  const { ask, fault, id } = running;
  // Whoever could not say whether it is there leaves the fault as it is.
  const isLess = fault === undefined || numberOf(told.code) < numberOf(fault.code);
  const { code, facts } = isLess ? told : fault;
  const doubt = doubtAbout(ask, code);
  if (doubt !== undefined) run(turn, id, doubt, { code, facts });
  else send(turn, refusal(id, code, { facts, err: errorOf(ask.method, code) }));
  goOn(turn);
}

/** Takes the request that an answer is for out of those that run; undefined: it waits for none. */
function settle(turn: Turn, request: number | undefined): Running | undefined {
  const { session } = turn;
  if (session.at === "over" || request === undefined) return undefined;
  const running = session.running.find((it) => it.request === request && it.isAnswered !== true);
  if (running === undefined) return undefined;
  turn.session = { ...session, running: session.running.filter((it) => it !== running) };
  rest(turn);
  return running;
}

/** What an answer means beyond itself. */
function follow(turn: Turn, { ask }: Running, told: Answering): void {
  const { bounds, session } = turn;
  if (session.at !== "live" || told.on !== "done") return;
  if (ask.method === "DELETE_USER") return leave(turn);
  if (ask.method === "REMOVE_FRIEND") {
    move(turn, session, unfriend(session.circle, ask.subject_user_id));
  }
  if (told.friend !== undefined) {
    move(turn, session, befriend(session.circle, [told.friend], bounds.subscriptionsMax));
  }
}

/** The number for a method: where a failure can mean only one thing, it is that. */
export function errorOf(method: Method, code: Code): number {
  switch (method) {
    case "LOG_IN":
      // Nobody learns from a log-in who has an account.
      return code === "account_unknown" ? ERRORS.ID_PASSWORD_NOT_MATCH : numberOf(code);
    case "APPROVE_REQUEST":
    case "IGNORE_REQUEST":
    case "REJECT_REQUEST":
    case "HANDLE_REQUEST":
      // Whose request waits nowhere has made none.
      return code === "account_unknown" || code === "room_unknown"
        ? ERRORS.FORBIDDEN
        : numberOf(code);
    case "DELETE_USER":
    case "CHANGE_USER_PASSWORD":
    case "CHANGE_USER_NICKNAME":
    case "CHANGE_USER_DESCRIPTION":
    case "CREATE_ROOM":
    case "ENTER_ROOM":
      // These name no other user: it is the asker's own account that is gone.
      return code === "account_unknown" ? ERRORS.USER_NOT_LOGGED_IN : numberOf(code);
    default:
      return numberOf(code);
  }
}
