/** What a wire protocol is. It owns no socket, no timer and no promise: the gateway lends them. */
import type { Access, Command, RoomEvent, Status, Told } from "@roundhouse/domain";
import type { Code, Facts, Millis, Result, RoomId, SessionId, UserId } from "@roundhouse/kernel";

/** What travels: text for text frames, bytes for binary ones. */
export type Frame = string | Uint8Array;

export type WebSocketCarrier = {
  readonly over: "websocket";
  /** The name that a client offers. */
  readonly subprotocol: string;
  /** Whether a client that offers no subprotocol speaks this one. */
  readonly isDefault: boolean;
  readonly frames: "text" | "binary";
};

/** TCP, or TLS, on a port of its own. */
export type StreamCarrier = {
  readonly over: "stream";
  readonly frames: "text" | "binary";
  /** A new connection's framing. */
  open(): Wire;
};

export type Carrier = WebSocketCarrier | StreamCarrier;

/** The framing of one stream: bytes to frames and back. The one part of a protocol that remembers. */
export interface Wire {
  /**
   * Takes bytes as they come and hands on every frame that is whole; the rest is kept, up to a bound.
   * A failure ends the connection, after it was told.
   */
  take(chunk: Uint8Array, each: (frame: Frame) => void): Result<void>;
  /** The frame as it travels. */
  wrap(frame: Frame): Frame;
}

/** The bounds that a protocol keeps on what one message and one connection may ask. */
export type Bounds = {
  readonly depthMax: number;
  readonly actionsMax: number;
  readonly invitesMax: number;
  readonly subscriptionsMax: number;
  readonly identifyMs: Millis;
};

export type Input<Said> =
  | {
      readonly on: "said"; // The peer said something.
      readonly said: Said;
      /** So much is `held` for all connections that what must wait is kept only if it is little. */
      readonly isCrowded?: true;
    }
  | {
      readonly on: "garbled"; // It made no sense, or asks for more than there may be.
      readonly code: Code;
      readonly facts: Facts;
      readonly request?: number | undefined;
    }
  | { readonly on: "told"; readonly told: Told } // The cluster did.
  | { readonly on: "statuses"; readonly statuses: readonly (readonly [UserId, Status])[] }
  | { readonly on: "there"; readonly users: readonly UserId[] }
  | { readonly on: "tick" } // Time passed.
  /** Each by itself, where a protocol `hears` so: `frames` as `broadcast` gave them. */
  | {
      readonly on: "heard";
      readonly room: RoomId;
      readonly events: readonly RoomEvent[];
      readonly frames: readonly Frame[];
    }
  | { readonly on: "changed"; readonly user: UserId; readonly was: Status; readonly status: Status }
  | {
      readonly on: "about";
      readonly user: UserId;
      readonly nickname?: string;
      readonly description?: string;
    }
  /** All shards answered, or those that could in time. */
  | { readonly on: "found"; readonly request: number | undefined; readonly found: Found }
  | { readonly on: "counted"; readonly request: number | undefined; readonly facts: ServerFacts }
  /** A token for the user that this connection is; undefined: this server signs none. */
  | {
      readonly on: "minted";
      readonly token: string | undefined;
      readonly request: number | undefined;
    }
  /** It has logged out: whoever it is next is another session. */
  | { readonly on: "renewed"; readonly session: SessionId };

/** What a search found, in order. */
export type Found =
  | {
      readonly on: "users";
      readonly users: readonly { readonly id: UserId; readonly nickname: string }[];
    }
  | {
      readonly on: "rooms";
      readonly rooms: readonly {
        readonly id: RoomId;
        readonly title: string;
        readonly access: Access;
      }[];
    };

/** SCRP, section 1.2. Counts of the whole cluster; what went in and out, of this node. */
export type ServerFacts = {
  readonly version: string;
  /** When this process started. */
  readonly since: Millis;
  readonly users: number;
  readonly usersMax: number;
  readonly online: number;
  readonly onlineMax: number;
  readonly rooms: number;
  readonly roomsMax: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
};

/** A command as the protocol asks for it; the gateway proves names and finds the shard. */
export type Asked = Extract<
  Command,
  { on: "join" | "leave" | "act" | "invite" | "catchUp" | "history" }
>;

/** The same of users with accounts and created rooms; what needs a password has outputs of its own. */
export type AccountAsked = Extract<
  Command,
  {
    on:
      | "describe"
      | "askFriend"
      | "answerFriend"
      | "removeFriend"
      | "whisper"
      | "profile"
      | "mail"
      | "heed";
  }
>;
export type CharterAsked = Extract<
  Command,
  {
    on: "answerEntry" | "removeMember" | "bar" | "setAdmin" | "removeRoom" | "say" | "describeRoom";
  }
>;
type Adjust = Extract<Command, { on: "adjust" }>;
type Create = Extract<Command, { on: "create" }>;
type Enter = Extract<Command, { on: "enter" }>;
type Attach = Extract<Command, { on: "attach" }>;

/**
 * What takes a password: hashed or checked beside the main loop, which takes a while. A connection has
 * one of them at a time; a second is refused with `session_busy`. Answered by what is told: `done`,
 * `attached` or `refused`.
 */
export type Errand =
  | {
      readonly on: "signUp";
      readonly user: UserId;
      readonly password: string;
      readonly nickname: string;
    }
  | {
      readonly on: "logIn";
      readonly attach: Omit<Attach, "on" | "proven" | "credentials" | "request">;
      readonly password: string;
    }
  | { readonly on: "deleteAccount"; readonly user: UserId; readonly password: string }
  | {
      readonly on: "setPassword";
      readonly user: UserId;
      readonly old: string;
      readonly password: string;
    }
  | {
      readonly on: "create";
      readonly create: Omit<Create, "on" | "hash" | "session" | "request">;
      readonly password: string | undefined;
    }
  | {
      readonly on: "adjust";
      readonly adjust: Omit<Adjust, "on" | "session" | "request">;
      readonly password: string | undefined;
    }
  | {
      readonly on: "enter";
      readonly enter: Pick<Enter, "room" | "user" | "born">;
      /** Undefined: none of the right form was given. */
      readonly password: string | undefined;
    };

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
  | { readonly to: "account"; readonly command: AccountAsked }
  | { readonly to: "charter"; readonly command: CharterAsked }
  | { readonly to: "errand"; readonly errand: Errand; readonly request: number | undefined }
  | {
      readonly to: "search";
      readonly kind: "users" | "rooms";
      readonly prefix: string;
      readonly request: number | undefined;
    }
  | { readonly to: "count"; readonly request: number | undefined }
  /** Asks for a token to come back with. */
  | { readonly to: "mint"; readonly request: number | undefined }
  /** The session ends, the connection stays: it is told its next one, `renewed`. */
  | { readonly to: "logOut" }
  /** Events for this connection alone: a replay. */
  | { readonly to: "replay"; readonly room: RoomId; readonly events: readonly RoomEvent[] }
  | { readonly to: "close"; readonly why: Code };

export type Step<State, Reply> = readonly [State, readonly Output<Reply>[]];

export interface Protocol<State, Said, Reply> {
  /** The folder's name after "protocol-", and the version where there are several. */
  readonly name: string;
  readonly carrier: Carrier;
  /**
   * `alike`: a room's events and a user's changes are the same bytes for all, and native topics carry
   * them. `each`: what is pushed differs from one connection to the next, so each is stepped: with
   * `heard`, for which `broadcast` prepares one frame per event, and with `changed` and `about`.
   */
  readonly hears: "alike" | "each";
  /** Never throws. */
  decode(frame: Frame): Result<Said>;
  encode(reply: Reply): Frame;
  /** Given where every request is answered by its number, also one that comes too fast to be done. */
  requestOf?(said: Said): number;
  /** A connection opened: what the server says first. */
  open(session: SessionId, now: Millis): Step<State, Reply>;
  /** The whole machine of one connection. Outputs happen in order, each whether those before it were refused or not. */
  step(state: State, input: Input<Said>, now: Millis): Step<State, Reply>;
  /** How many bytes of what was said wait in this state; without it, none ever do. */
  held?(state: State): number;
  /** What every connection of this protocol in a room is sent for these events; none is fine. */
  broadcast(room: RoomId, events: readonly RoomEvent[]): readonly Frame[];
  /** What every connection of this protocol that watches the user is sent. Not asked of who hears `each`. */
  presence(user: UserId, status: Status): Frame;
}

/** A protocol whose state and messages nobody outside it needs to know. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where the types of a protocol are forgotten
export type AnyProtocol = Protocol<any, any, any>;
