/** One connection that speaks turntable, from the first word to the last. Pure. */
import type { Born, Means } from "@roundhouse/domain";
import type { Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Input, Output, Step } from "@roundhouse/protocol";
import { dismissed, error, NOTHING } from "./answers.ts";
import { hear } from "./hear.ts";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";
import { found, minted, tell } from "./tell.ts";

export type Attach = Extract<Out, { to: "identify" }>["attach"];
export type Version = 1 | 2;

export type Session =
  /** Nobody known yet. Whoever says nothing useful until the deadline is sent away. */
  | {
      readonly at: "greeting";
      readonly id: SessionId;
      readonly version: Version;
      readonly deadline: Millis | undefined;
      /** An account is being made; its answer names nobody. */
      readonly isSigningUp: boolean;
    }
  /** The name was said and is being checked; what needs it waits. */
  | {
      readonly at: "naming";
      readonly id: SessionId;
      readonly version: Version;
      readonly attach: Attach;
      /** Whether a password proves it, and not a token: then a token is the answer. */
      readonly isByPassword: boolean;
      readonly seen: ReadonlyMap<RoomId, number>;
      readonly waiting: readonly Said[];
    }
  | {
      readonly at: "live";
      readonly id: SessionId;
      readonly version: Version;
      readonly user: UserId;
      readonly means: Means;
      /** Of the account whose name it has proven. */
      readonly born: Born | undefined;
      readonly seen: ReadonlyMap<RoomId, number>;
    }
  | { readonly at: "over"; readonly id: SessionId; readonly version: Version };

export type Live = Session & { readonly at: "live" };
export type Naming = Session & { readonly at: "naming" };
export type Greeting = Session & { readonly at: "greeting" };
export type Out = Output<Reply>;
export type Turn = Step<Session, Reply>;

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
