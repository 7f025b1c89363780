/** One connection that speaks turntable, from the first word to the last. Pure. */
import type { Millis, SessionId } from "@roundhouse/kernel";
import type { Input } from "@roundhouse/protocol";
import { dismissed, error, NOTHING } from "./answers.ts";
import { hear } from "./hear.ts";
import type { Said } from "./said.ts";
import type { Session, Turn, Version } from "./state.ts";
import { found, minted, tell } from "./tell.ts";

export function openSession(id: SessionId, version: Version, deadline: Millis): Turn {
  const session = { at: "greeting", id, version, deadline, isSigningUp: false } as const;
  return [session, [{ to: "send", reply: { command: "idyou" } }]];
}

export function step(session: Session, input: Input<Said>, now: Millis): Turn {
  if (session.at === "over") return [session, NOTHING];
  switch (input.on) {
    case "said":
      return hear(session, input.said);
    case "told":
      return tell(session, input.told);
    case "statuses":
      return [
        session,
        [{ to: "send", reply: { command: "userchange", statuses: input.statuses } }],
      ];
    case "there":
      return [session, [{ to: "send", reply: { command: "there", users: input.users } }]];
    case "garbled":
      return [session, [error(input.code, input.facts, input.request)]];
    case "found":
      return [session, found(input)];
    case "minted":
      return [session, minted(input)];
    case "tick":
      if (session.at !== "greeting" || session.deadline === undefined) return [session, NOTHING];
      return now < session.deadline ? [session, NOTHING] : dismissed(session, "identity_too_slow");
    // Only for protocols that hear each by itself, count, or log out.
    case "heard":
    case "changed":
    case "about":
    case "counted":
    case "renewed":
      return [session, NOTHING];
  }
}
