/** What is said in many places: that it was done, that it was refused, that it is over. */
import { type Code, type Facts, sentence } from "@roundhouse/kernel";
import type { Answer } from "./reply.ts";
import type { Said } from "./said.ts";
import type { Out, Session, Turn } from "./state.ts";

export const NOTHING: readonly Out[] = [];
const NO_FACTS: Answer = {};

export function done(request: number | undefined, facts: Answer = NO_FACTS): readonly Out[] {
  return request === undefined
    ? NOTHING
    : [{ to: "send", reply: { command: "ok", request, facts } }];
}

export const confirmed = (said: Said): readonly Out[] => done(said.request);

export function error(code: Code, facts: Facts, request?: number): Out {
  const message = sentence(code, facts);
  return { to: "send", reply: { command: "error", code, message, request } };
}

export function dismissed(
  session: Session,
  code: Code,
  facts: Facts = {},
  request: number | undefined = undefined,
): Turn {
  const { id, version } = session;
  const told = error(code, facts, request);
  return [{ at: "over", id, version }, [told, { to: "close", why: code }]];
}

/** It has done something useful: nobody waits for its name any longer. */
export const settled = (session: Session): Session => {
  if (session.at !== "greeting" || session.deadline === undefined) return session;
  return { ...session, deadline: undefined };
};
