/** What the shard of a registered user may be asked. */
import type { Code, Facts, GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Notice } from "./notice.ts";
import type { Born } from "./record.ts";

/** Who wants an answer. Without a session it is an operator. The gateway is the scene's. */
export type Asking = {
  readonly session: SessionId | undefined;
  readonly request?: number | undefined;
};

/** The same, when another shard answers than was asked. */
export type Asker = Asking & { readonly gateway: GatewayId };

/** Why somebody is refused. */
export type Refusal = { readonly code: Code; readonly facts?: Facts; readonly room?: RoomId };

export type HowAnswered = "approve" | "reject" | "ignore";

/** From a gateway: the connection of `session` is logged in as `user`, who asks for itself. */
type OwnAsked =
  | ({ readonly on: "setPassword"; readonly hash: string } & Checked & Mine)
  | ({ readonly on: "deleteAccount" } & Checked & Mine)
  | ({ readonly on: "describe"; readonly nickname?: string; readonly description?: string } & Mine)
  /** A friend request. */
  | ({ readonly on: "askFriend"; readonly friend: UserId; readonly text: string } & Mine)
  /** A friend request that waits here for an answer. */
  | ({ readonly on: "answerFriend"; readonly id: number; readonly how: HowAnswered } & Mine)
  | ({ readonly on: "removeFriend"; readonly friend: UserId } & Mine)
  /** A private message. Answered `sent`. */
  | ({ readonly on: "whisper"; readonly friend: UserId; readonly text: string } & Mine)
  /** What waited when this session began and has not been fetched: answered `mail`, and then gone. */
  | ({ readonly on: "mail" } & Mine);

/** From a gateway: a connection asks about `user`, whoever it is itself, or an operator asks. */
type AboutAsked =
  /** The client goes on after what was kept for it was sent: it has that. Not answered. */
  /** Its client has what was told before that number; without one, what waited when it began. */
  | ({ readonly on: "heed"; readonly until?: number | undefined } & Mine)
  /** Answered `done`. The hash was made by the gateway. */
  | ({ readonly on: "signUp"; readonly hash: string; readonly nickname: string } & Mine)
  /**
   * Answered `credentials`, for the gateway to check the password against. Each counts as a wrong
   * attempt from this address until an attach with what it proved clears it.
   */
  | ({ readonly on: "credentials"; readonly address: string } & Mine)
  /** Of anybody: answered `profile`. */
  | ({ readonly on: "profile" } & Mine)
  | ({ readonly on: "ban"; readonly isBanned: boolean } & Mine)
  | ({ readonly on: "export" } & Mine);

/** From other shards, by their outboxes. */
type Relayed =
  | {
      readonly on: "friendAsked";
      readonly user: UserId;
      readonly from: UserId;
      readonly born: Born;
      readonly id: number;
      readonly text: string;
      readonly asker: Asker;
    }
  /** `by` approved the request `bond` that this user made in the life `born`, and waits for an answer. */
  | {
      readonly on: "befriended";
      readonly user: UserId;
      readonly born: Born;
      readonly by: UserId;
      readonly bond: number;
      readonly asker: Asker;
    }
  /** `by` took the bond that this user's approval made, or did not, for a reason: answers the asker. */
  | {
      readonly on: "bonded";
      readonly user: UserId;
      readonly by: UserId;
      readonly bond: number;
      readonly refusal?: Refusal | undefined;
      readonly asker: Asker;
    }
  /** `by` gives these bonds up. */
  | {
      readonly on: "unfriended";
      readonly user: UserId;
      readonly by: UserId;
      readonly bonds: readonly number[];
      readonly why: "removed" | "deleted";
    }
  /** Answers the asker: nobody of this name, or else `otherwise`; of a room, which it names. */
  | {
      readonly on: "vouch";
      readonly user: UserId;
      readonly otherwise: Code;
      readonly room?: RoomId;
      readonly asker: Asker;
    }
  /** To all devices that take notices; kept if there is none. `born`: only for that account. */
  | {
      readonly on: "notify";
      readonly user: UserId;
      readonly born?: Born | undefined;
      /** Of a private message: the friendship in which it was said, as its sender has it. */
      readonly bonds?: readonly number[] | undefined;
      readonly notice: Notice;
    }
  /** A room took this user as a member: answers the asker `done`, or has itself left again. */
  | {
      readonly on: "enrolled";
      readonly user: UserId;
      readonly born: Born;
      readonly room: RoomId;
      readonly asker: Asker;
      /** It had asked to enter, and is told; the asker is who let it in. */
      readonly approval?: Approval | undefined;
    }
  /** The membership ended. */
  | {
      readonly on: "disenrolled";
      readonly user: UserId;
      readonly born: Born;
      readonly room: RoomId;
      readonly notice: Notice | undefined;
    };

/** A request to enter a room, by its name, and who approved it. */
export type Approval = { readonly request: string; readonly by: UserId };

/** `notify` for several users of one shard: what many are told is on its way once for each shard. */
export type NotifyAll = {
  readonly on: "notifyAll";
  readonly users: readonly (readonly [UserId, Born])[];
  readonly notice: Notice;
};

/** What a gateway may ask in the name of a connection. */
export type AccountAsked = OwnAsked | AboutAsked;
export type AccountCommand = AccountAsked | Relayed;
export type { OwnAsked };

/** Of the proof that the present password was checked against; an operator needs none. */
type Checked = {
  readonly turn?: number;
  /** Where it came from: its wrong attempts are forgotten. */
  readonly address?: string;
};

type Mine = { readonly user: UserId } & Asking;
