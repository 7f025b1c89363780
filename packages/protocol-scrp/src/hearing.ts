/** The client said something: it is answered, refused, asked of a shard, or waits for its turn. */
import type { Millis } from "@roundhouse/kernel";
import { askedByAnybody, askedByUser, type Out } from "./asking.ts";
import { ERRORS, numberOf } from "./errors.ts";
import { isIdStart } from "./fields.ts";
import { type Ask, entryOf, type Method } from "./methods.ts";
import { seconds } from "./pushes.ts";
import type { Said } from "./said.ts";
import {
  abandon,
  answer,
  type Fault,
  isAlone,
  leave,
  PATIENCE_MS,
  refuse,
  type Session,
  type Turn,
} from "./session.ts";
import { call, keptOf, waitAt } from "./waiting.ts";

export function hear(turn: Turn, said: Said, isCrowded: boolean): void {
  giveUp(turn);
  const { session } = turn;
  if (session.at === "over") return;
  if (session.waiting.length === 0 && mayBegin(session, said)) return begin(turn, said);
  const waiting = waitAt(session, keptOf(session, said), isCrowded);
  if (waiting === undefined) return refuse(turn, said.id, "session_busy");
  turn.session = waiting;
}

/** Something was answered, or has changed: whoever waited and may begin now does. */
export function goOn(turn: Turn): void {
  for (;;) {
    const { session } = turn;
    if (session.at === "over") return;
    const [first, without] = call(session);
    if (first === undefined || !mayBegin(session, first)) return;
    turn.session = without;
    begin(turn, first);
  }
}

/** An answer may be lost on its way when nodes die. The next request does not wait for it forever. */
export function giveUp(turn: Turn): void {
  const { now, session } = turn;
  if (session.at === "over" || session.running.length === 0) return;
  const isLate = ({ until }: { readonly until: Millis }): boolean => now >= until;
  const late = session.running.filter(isLate);
  if (late.length === 0) return;
  abandon(turn, late, "shard_unavailable");
  turn.session = { ...session, running: session.running.filter((it) => !isLate(it)) };
  // Whether it is logged in now nobody knows: it begins again as another session.
  if (late.some(({ ask }) => ask.method === "LOG_IN")) return leave(turn);
  rest(turn);
  goOn(turn);
}

function mayBegin(session: Exclude<Session, { at: "over" }>, said: Said): boolean {
  const { running } = session;
  const [first] = running;
  if (session.at === "leaving") return false;
  if (first === undefined) return true;
  if (isAlone(first.ask) || running.length >= RUNNING_MAX) return false;
  return said.on === "faulty" || !isAlone(said.ask);
}

/** Errors in ascending order: 233, 250 or 251, 3xx; only then anybody else is asked. */
function begin(turn: Turn, said: Said): void {
  heed(turn, said);
  const isBad = said.on === "faulty" && numberOf(said.code) === ERRORS.BAD_REQUEST;
  if (isBad) return refuse(turn, said.id, said.code, said.facts);
  rest(turn);
  const method = said.on === "asked" ? said.ask.method : said.method;
  if (method !== undefined && !isWelcome(turn, said.id, method)) return;
  if (said.on === "asked") perform(turn, said.id, said.ask);
  else if (said.doubt === undefined) refuse(turn, said.id, said.code, said.facts);
  else if (isAboutSelf(turn, said)) refuse(turn, said.id, "account_unknown");
  else run(turn, said.id, said.doubt, { code: said.code, facts: said.facts });
}

/** Nobody is a friend of itself: such a one is not there. */
function isAboutSelf({ session }: Turn, { doubt, method }: Faulty): boolean {
  if (method !== "ADD_FRIEND" || doubt?.method !== "GET_USER") return false;
  return session.at === "live" && doubt.user_id === session.me.user;
}

function isWelcome(turn: Turn, id: number, method: Method): boolean {
  const isLive = turn.session.at === "live";
  const welcome = entryOf(method).for;
  if (welcome === "user" && !isLive) refuse(turn, id, "not_logged_in");
  else if (welcome === "stranger" && isLive) refuse(turn, id, "logged_in_already");
  else return true;
  return false;
}

function perform(turn: Turn, id: number, ask: Ask): void {
  switch (ask.method) {
    case "GET_TIME":
      return answer(turn, id, { time: seconds(turn.now) });
    case "LOG_OUT":
      answer(turn, id, {});
      return leave(turn);
    case "SEARCH_USER":
    case "SEARCH_ROOM": {
      if (isIdStart(ask.keyword)) return run(turn, id, ask);
      return answer(turn, id, ask.method === "SEARCH_USER" ? { users: [] } : { rooms: [] });
    }
    default:
      return run(turn, id, ask);
  }
}

/** With a fault it is only asked whether something is there. */
export function run(turn: Turn, id: number, ask: Ask, fault?: Fault): void {
  const { now, session } = turn;
  if (session.at !== "stranger" && session.at !== "live") return;
  const request = session.requests + 1;
  const output = outputOf(session, ask, request);
  // Names of requests are opaque: one that cannot be is one that is not there.
  if (output === undefined) return refuse(turn, id, "request_unknown");
  const until = now + (output.to === "errand" ? ERRAND_MS : ANSWER_MS);
  const begun = { request, id, ask, until };
  const running = [...session.running, fault === undefined ? begun : { ...begun, fault }];
  turn.session = { ...session, requests: request, running };
  turn.outputs.push(output);
}

type Faulty = Extract<Said, { on: "faulty" }>;
type Speaking = Extract<Session, { at: "stranger" | "live" }>;

function outputOf(session: Speaking, ask: Ask, request: number): Out | undefined {
  const asking = { session: session.session, request };
  const asked = askedByAnybody(ask, asking);
  if (asked !== undefined || session.at === "stranger") return asked;
  return askedByUser(ask, session.me, asking);
}

/** The first request behind the kept notices says that they came; fetching the mail says so itself. */
function heed(turn: Turn, said: Said): void {
  const { session } = turn;
  if (session.at !== "live" || session.unheeded === undefined) return;
  const isLater = session.unheeded === 0;
  const isFetched = said.on === "asked" && said.ask.method === "RECEIVE_MESSAGE";
  const unheeded = isLater || isFetched ? undefined : session.unheeded - 1;
  turn.session = { ...session, unheeded };
  if (!isLater || isFetched) return;
  const { me, session: id } = session;
  const command = { on: "heed", user: me.user, session: id } as const;
  turn.outputs.push({ to: "account", command });
}

/** A stranger that says something which makes sense, or is answered, is given time for more. */
export function rest(turn: Turn): void {
  const { bounds, now, session } = turn;
  if (session.at !== "stranger") return;
  const deadline = now + Math.max(bounds.identifyMs, PATIENCE_MS);
  if (deadline > session.deadline) turn.session = { ...session, deadline };
}

const ANSWER_MS = 60_000;
/** What takes a password may wait in line for minutes, and is given up by the gateway before this. */
const ERRAND_MS = 300_000;
const RUNNING_MAX = 256;
