/** What a wire protocol is. It owns no socket, no timer and no promise: the gateway lends them. */
import type { Command, RoomEvent, Status, Told } from "@roundhouse/domain";
import type { Code, Facts, Millis, Result, RoomId, SessionId, UserId } from "@roundhouse/kernel";

/** What travels: text for text frames, bytes for binary ones. */
export type Frame = string | Uint8Array;

export type Carrier = {
  readonly over: "websocket";
  /** The name that a client offers. */
  readonly subprotocol: string;
  /** Whether a client that offers no subprotocol speaks this one. */
  readonly isDefault: boolean;
  readonly frames: "text" | "binary";
};

/** The bounds that a protocol keeps on what one message and one connection may ask. */
export type Bounds = {
  readonly depthMax: number;
  readonly actionsMax: number;
  readonly invitesMax: number;
  readonly subscriptionsMax: number;
  readonly identifyMs: Millis;
};

export type Input<Said> =
  | { readonly on: "said"; readonly said: Said } // The peer said something.
  | {
      readonly on: "garbled"; // It made no sense, or asks for more than there may be.
      readonly code: Code;
      readonly facts: Facts;
      readonly request?: number | undefined;
    }
  | { readonly on: "told"; readonly told: Told } // The cluster did.
  | { readonly on: "statuses"; readonly statuses: readonly (readonly [UserId, Status])[] }
  | { readonly on: "there"; readonly users: readonly UserId[] }
  | { readonly on: "tick" }; // Time passed.

/** A command as the protocol asks for it; the gateway proves names and finds the shard. */
export type Asked = Extract<
  Command,
  { on: "join" | "leave" | "act" | "invite" | "catchUp" | "history" }
>;

export type Output<Reply> =
  | { readonly to: "send"; readonly reply: Reply }
  | { readonly to: "room"; readonly command: Asked }
  | {
      readonly to: "identify";
      readonly attach: Omit<Extract<Command, { on: "attach" }>, "on" | "proven">;
      readonly token: string | undefined;
    }
  | {
      readonly to: "status";
      readonly user: UserId;
      readonly away: boolean;
      readonly request: number | undefined;
      /** What happens unless it is refused. */
      readonly done: readonly Output<Reply>[];
    }
  | {
      readonly to: "watch";
      readonly users: readonly UserId[];
      readonly request: number | undefined;
      /** What happens unless it is refused. */
      readonly done: readonly Output<Reply>[];
    }
  | { readonly to: "unwatch"; readonly users: readonly UserId[] }
  | { readonly to: "there" }
  /** Events for this connection alone: a replay. */
  | { readonly to: "replay"; readonly room: RoomId; readonly events: readonly RoomEvent[] }
  | { readonly to: "close"; readonly why: Code };

export type Step<State, Reply> = readonly [State, readonly Output<Reply>[]];

export interface Protocol<State, Said, Reply> {
  /** The folder's name after "protocol-", and the version where there are several. */
  readonly name: string;
  readonly carrier: Carrier;
  /** Never throws. */
  decode(frame: Frame): Result<Said>;
  encode(reply: Reply): Frame;
  /** A connection opened: what the server says first. */
  open(session: SessionId, now: Millis): Step<State, Reply>;
  /** The whole machine of one connection. Outputs happen in order, each whether those before it were refused or not. */
  step(state: State, input: Input<Said>, now: Millis): Step<State, Reply>;
  /** What every connection of this protocol in a room is sent for these events; none is fine. */
  broadcast(room: RoomId, events: readonly RoomEvent[]): readonly Frame[];
  /** What every connection of this protocol that watches the user is sent. */
  presence(user: UserId, status: Status): Frame;
}

/** A protocol whose state and messages nobody outside it needs to know. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where the types of a protocol are forgotten
export type AnyProtocol = Protocol<any, any, any>;
