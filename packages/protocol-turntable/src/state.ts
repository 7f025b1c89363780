/** What a connection is between two steps, and what one step gives. */
import type { Born, Means } from "@roundhouse/domain";
import type { Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Output, Step } from "@roundhouse/protocol";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";

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
