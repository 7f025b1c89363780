/** Whoever asked is answered: a session, or an operator. */
import type { UserId } from "@roundhouse/kernel";
import type { Asker, Asking, Refusal } from "./account-command.ts";
import type { Scene } from "./scene.ts";

/** Who asks the command that is being decided. */
export function askerOf({ session, request }: Asking, { gateway }: Scene): Asker {
  return { session, request, gateway };
}

/** It happened, and stays so. */
export function answerDone(asker: Asker, { effects }: Scene, more: More = {}): void {
  const { session, request, gateway } = asker;
  if (session !== undefined)
    effects.tellSession(gateway, session, { on: "done", request, ...more });
  else if (request !== undefined) {
    effects.tell([gateway], { to: "operator", request, answer: { on: "done" } });
  }
}

export function answerRefused(asker: Asker, refusal: Refusal, { effects }: Scene): void {
  const { session, request, gateway } = asker;
  const { code, facts = {}, room } = refusal;
  if (session !== undefined) {
    const to = { gateway, session, request };
    return effects.refuse(room === undefined ? to : { ...to, room }, code, facts);
  }
  effects.refusals.push(code);
  if (request === undefined) return;
  effects.tell([gateway], { to: "operator", request, answer: { on: "refused", code, facts } });
}

/** What the session of an approver should know: who is a friend now. */
type More = { readonly friend?: UserId };
