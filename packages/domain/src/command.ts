/** What a shard may be asked. Each command names the user or the room that its shard owns. */
import type { Code, GatewayId, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { AccountCommand, NotifyAll } from "./account-command.ts";
import type { CharterCommand } from "./charter-command.ts";
import type { Notice } from "./notice.ts";
import type { Born } from "./record.ts";

/** A game action as its sender said it; `fields` is the rest of it, untouched. */
export type SaidAction = {
  /** The sender's time. The room's shard, whose command this is, puts the right one in its place. */
  at: number | undefined;
  /** Members of a JSON object without the braces, perhaps none: `"data":{"x":1}`. */
  readonly fields: string;
};

/**
 * How a connection said who it is: as a presence, only for a game, or by logging in to an account. Of
 * the last kind a user has one: a newer one ends it. Such a session sits in all rooms where its user
 * is a member, and that makes nobody busy.
 */
export type Means = "idme" | "joingame" | "account";

/** Set when the asker wants an answer that names its request. */
type Request = { readonly request?: number | undefined };

export type UserCommand =
  | ({
      readonly on: "attach";
      readonly user: UserId;
      readonly session: SessionId;
      readonly means: Means;
      /** Whether a token, or the account's password, proved the name. */
      readonly proven: boolean;
      /** What the password was checked against: it must still be so. */
      readonly credentials?: Credentials | undefined;
      /** What the token says of the account that it was made for: that must still be so. */
      readonly vouched?: Vouched | undefined;
      /** Whether notices can be said to this session; else they are kept. */
      readonly takesNotices?: boolean | undefined;
      /** A secret of the client's choosing: whoever shows it again gets the session back. */
      readonly resume: string | undefined;
    } & Request)
  | {
      readonly on: "detach";
      readonly user: UserId;
      readonly session: SessionId;
      /** `left`: said goodbye. `lost`: the connection broke; a resumable session stays. */
      readonly how: "left" | "lost";
      /** Notices before this number it has surely got: if nothing is said, who left has got all. */
      readonly got?: number | undefined;
      /** What it was told and perhaps never got, the oldest first. */
      readonly unread?: Unread | undefined;
    }
  | {
      readonly on: "status";
      readonly user: UserId;
      readonly session: SessionId;
      readonly away: boolean;
    }
  /** From a room's shard: the user holds a seat there now, or no longer. */
  | ({ readonly on: "bound" } & Bond)
  | ({ readonly on: "unbound" } & Bond)
  /** From a room's shard: a member invites this user. */
  | {
      readonly on: "invited";
      readonly user: UserId;
      readonly room: RoomId;
      readonly from: UserId;
    }
  /** From an operator: from now on this name needs a proof, or no longer. */
  | ({ readonly on: "guard"; readonly user: UserId; readonly guarded: boolean } & Request)
  | ({ readonly on: "who"; readonly user: UserId } & Request);

/** Of a password that was right a moment ago. */
export type Credentials = {
  readonly born: Born;
  readonly turn: number;
  /** Where it came from: its wrong attempts are forgotten. */
  readonly address: string;
};

/** Of a token that was made for an account: it proves no other life of that name. */
export type Vouched = {
  readonly born: Born;
  /** Which password it was made under, if it is to end with that. */
  readonly turn?: number | undefined;
};

export type RoomCommand =
  | ({
      readonly on: "join";
      readonly room: RoomId;
      readonly user: UserId;
      /** Of which life of its name, if it has an account: without it one sits as a guest. */
      readonly born?: Born | undefined;
      readonly session: SessionId;
      readonly invite: readonly UserId[];
    } & Request)
  | ({
      readonly on: "leave";
      readonly room: RoomId;
      readonly session: SessionId;
    } & Request)
  /** From a user's shard: this session's stay here is over. With a reason, the session is told. */
  | {
      readonly on: "unseat";
      readonly room: RoomId;
      readonly session: SessionId;
      readonly why: Code | undefined;
    }
  | ({
      readonly on: "act";
      readonly room: RoomId;
      readonly session: SessionId;
      readonly actions: readonly SaidAction[];
      /** Members beside the known ones of the message, without braces; usually empty. */
      readonly extra: string;
    } & Request)
  | ({
      readonly on: "invite";
      readonly room: RoomId;
      readonly session: SessionId;
      readonly users: readonly UserId[];
    } & Request)
  /** From a user's shard: a session was resumed, and its seat here goes on under the new one. */
  | ({ readonly on: "reseat"; readonly was: SessionId; readonly gateway: GatewayId } & Bond)
  /** A session that moved to a new connection takes its seat along and asks what it missed. */
  | ({
      readonly on: "catchUp";
      /** Whose connection it is, when the question comes by way of the user's shard. */
      readonly gateway?: GatewayId | undefined;
    } & CaughtUp)
  /** From a gateway, or the user's shard: the connection is gone; its seat stays, and hears nothing. */
  | {
      readonly on: "part";
      readonly room: RoomId;
      readonly session: SessionId;
      /** The last event that its connection heard. Of what came since, words are kept for a member. */
      readonly after?: number | undefined;
    }
  | ({
      readonly on: "history";
      readonly room: RoomId;
      readonly session: SessionId;
      readonly after: number;
    } & Request);

/** Told to a session of this life of the name, each so long ago. */
export type Unread = {
  readonly born: Born;
  readonly notices: readonly (readonly [Notice, ago: Millis])[];
};

/** A user's session and the room where it has a seat. */
export type Bond = {
  readonly user: UserId;
  readonly session: SessionId;
  readonly room: RoomId;
};

/** What a session that moved to a new connection says of a room where it has a seat. */
type CaughtUp = Bond & {
  readonly was: SessionId;
  /** The last event number it has seen; undefined when it cannot say. */
  readonly after: number | undefined;
};

/** From a room's shard to the user's: the seat of a resumed session is not there, or not yet. */
export type Seek = { readonly on: "seek"; readonly gateway: GatewayId } & CaughtUp;

/** To a shard as a whole. */
export type ShardCommand =
  /** The asking gateway wants to hear of these users' changes, or no longer. */
  | { readonly on: "watch" | "unwatch"; readonly users: readonly UserId[] }
  /** Time has passed: whatever is due happens now. */
  | { readonly on: "tick" }
  /** A gateway died: its sessions lost their connections. */
  | { readonly on: "gatewayGone" }
  /** The asking gateway compares what it knows with what the shard knows of it. */
  | { readonly on: "digest"; readonly round: number }
  | Resync
  /** Answered: the whole way there and back works. */
  | { readonly on: "ping"; readonly request: number }
  | { readonly on: "rooms"; readonly limit: number; readonly request: number }
  /** Accounts or created rooms whose id begins so, in order: answered by a `survey`. */
  | {
      readonly on: "search";
      readonly kind: "users" | "rooms";
      readonly prefix: string;
      readonly limit: number;
      readonly request: number;
    }
  /** How many there are: answered by a `survey`. */
  | { readonly on: "count"; readonly request: number };

/**
 * The asking gateway says all that it takes for true of this shard, after frames were lost or digests
 * differed: the shard corrects itself where the gateway knows better, and answers with a snapshot.
 */
export type Resync = {
  readonly on: "resync";
  /** Told again by the snapshot: only one that was asked for after the last loss repairs it. */
  readonly round: number;
  /** Its connections that asked for a name of this shard's, and were not refused it. */
  readonly sessions: readonly (readonly [SessionId, UserId])[];
  readonly rooms: readonly {
    readonly room: RoomId;
    /** The connections that sit there, as far as it knows. */
    readonly sessions: readonly SessionId[];
    /** The last event that it passed on. */
    readonly after: number;
  }[];
  /** Everybody of this shard that somebody there watches. */
  readonly watches: readonly UserId[];
};

export type Command =
  | UserCommand
  | RoomCommand
  | AccountCommand
  | NotifyAll
  | CharterCommand
  | Seek
  | ShardCommand;

/**
 * Whether a command that one shard sends another must outlive both processes: it changes what is
 * durable there. What concerns sessions and seats ends with them anyway.
 */
export function lasts(command: Command): boolean {
  switch (command.on) {
    case "invited":
    case "friendAsked":
    case "befriended":
    case "bonded":
    case "unfriended":
    case "notify":
    case "notifyAll":
    case "enrolled":
    case "disenrolled":
    case "expel":
      return true;
    default:
      return false;
  }
}

/**
 * How much a command makes its shard do and say, an action being 1. A replay may be a quarter of a
 * megabyte, a snapshot a few: few of them go into one commit.
 */
export function weightOf(command: Command): number {
  switch (command.on) {
    case "catchUp":
    case "history":
    case "seek":
      return 250;
    case "resync":
      return 1_000;
    case "join":
      return 1 + command.invite.length / 4;
    case "invite":
      return 1 + command.users.length / 4;
    case "act":
      return command.actions.length;
    case "watch":
    case "unwatch":
      return 1 + command.users.length / 16;
    case "attach":
      return command.takesNotices === true ? 20 : 1; // All that waited is told at once.
    case "detach":
      return 1 + (command.unread?.notices.length ?? 0);
    case "mail":
    case "search":
    case "export":
      return 50;
    case "notifyAll":
      return command.users.length;
    case "deleteAccount":
      return 100; // All friends and rooms are told.
    default:
      return 1;
  }
}
