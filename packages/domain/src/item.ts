/** What gateways are told: plain data, so that it can cross a process as well as a call. */
import type {
  Code,
  DigestValue,
  Facts,
  GatewayId,
  Millis,
  RoomId,
  SessionId,
  UserId,
} from "@roundhouse/kernel";
import type { Notice } from "./notice.ts";
import type { Access, Account, Born, Proof } from "./record.ts";

export type Status = "offline" | "online" | "busy" | "away";

export type Action = {
  readonly at: Millis;
  /** Members of a JSON object without the braces, perhaps none: `"data":{"x":1}`. */
  readonly fields: string;
};

/** What happened in a room, in the one order that all members see. */
export type RoomEvent =
  | {
      readonly on: "game";
      /** The number of the first action; the others follow one by one. */
      readonly seq: number;
      readonly from: UserId;
      readonly actions: readonly Action[];
      readonly extra: string;
    }
  /** Somebody is here, or no longer. A `member` is one for good, here or not. */
  | {
      readonly on: "joined" | "left";
      readonly seq: number;
      readonly user: UserId;
      readonly member?: true;
      /** Who put out this guest. */
      readonly by?: UserId;
    }
  /** Words, on whichever protocol they were said. The id is unique among all messages. */
  | {
      readonly on: "said";
      readonly seq: number;
      readonly id: number;
      readonly at: Millis;
      readonly from: UserId;
      readonly text: string;
    }
  /** Somebody became a member of a created room. */
  | {
      readonly on: "enrolled";
      readonly seq: number;
      readonly user: UserId;
      /** Who let the user in, if not it itself. */
      readonly by?: UserId;
    }
  | {
      readonly on: "expelled";
      readonly seq: number;
      readonly user: UserId;
      /** Of its own will, by somebody else's, or with its account. */
      readonly why: "left" | "removed" | "deleted";
      /** Who removed the user. */
      readonly by?: UserId;
    }
  /** The room is called or described otherwise, by whom. */
  | {
      readonly on: "titled";
      readonly seq: number;
      readonly by: UserId;
      readonly title?: string;
      readonly description?: string;
    };

export type Answered = { readonly request?: number | undefined };

/** What one session is told, beside the events of its rooms. */
export type Told =
  | ({
      readonly on: "attached";
      readonly user: UserId;
      /** The session that goes on over this connection, and the rooms where it has seats. */
      readonly resumed: { readonly was: SessionId; readonly rooms: readonly RoomId[] } | undefined;
      /** Of a registered name that was proven. */
      readonly account?: AccountSeen | undefined;
      /** Notices that were kept follow right behind it. */
      readonly waits?: true;
    } & Answered)
  | ({
      readonly on: "refused";
      readonly code: Code;
      readonly facts: Facts;
      readonly room?: RoomId | undefined;
    } & Answered)
  | ({
      readonly on: "seated";
      readonly room: RoomId;
      readonly seq: number;
      /** A member of a created room hears who the others are. */
      readonly mates?: readonly UserId[];
    } & Answered)
  | ({ readonly on: "unseated"; readonly room: RoomId } & Answered)
  | ({ readonly on: "accepted"; readonly room: RoomId; readonly seq: number } & Answered)
  | { readonly on: "invited"; readonly room: RoomId; readonly user: UserId; readonly from: UserId }
  | ({
      readonly on: "replayed";
      readonly room: RoomId;
      /** The last number of the room's order that these events reach. */
      readonly seq: number;
      readonly events: readonly RoomEvent[];
      /** How many numbers lie between what was seen and the first event here. */
      readonly lost: number;
    } & Answered)
  | { readonly on: "ended"; readonly code: Code }
  /** It happened, and stays so. */
  | ({
      readonly on: "done";
      /** Whom the approval of a friend request made a friend. */
      readonly friend?: UserId;
    } & Answered)
  | ({
      readonly on: "sent";
      readonly id: number;
      readonly at: Millis;
      /** For how many who are away it is kept: that costs more than saying it. */
      readonly kept?: number;
    } & Answered)
  /** For the gateway alone, which checks the password. No proof: there is no such account. */
  | ({
      readonly on: "credentials";
      readonly born: Born;
      readonly proof: Proof | undefined;
    } & Answered)
  | ({ readonly on: "challenge"; readonly room: RoomId; readonly proof: Proof } & Answered)
  /**
   * What waited is told right behind `attached`, the rest when it happens; oldest first. What is before
   * the number `until` stays in the mailbox until the shard hears that it was got.
   */
  | {
      readonly on: "notices";
      readonly notices: readonly Notice[];
      readonly kept: boolean;
      readonly until?: number | undefined;
    }
  | ({ readonly on: "mail"; readonly notices: readonly Notice[] } & Answered)
  | ({ readonly on: "profile"; readonly profile: Profile } & Answered)
  | ({ readonly on: "described"; readonly room: RoomSeen } & Answered);

/** An account as its own sessions see it. */
export type AccountSeen = {
  readonly born: Born;
  /** Which password it has by now. */
  readonly turn: number;
  readonly nickname: string;
  readonly description: string;
  readonly friends: readonly UserId[];
  readonly rooms: readonly RoomId[];
  /** Friend requests that wait for an answer here, by the names that notices call them. */
  readonly requests?: readonly {
    readonly request: string;
    readonly from: UserId;
    readonly at: Millis;
    readonly text: string;
  }[];
};

export type Profile = {
  readonly user: UserId;
  readonly nickname: string;
  readonly description: string;
  readonly since: Millis;
  /** When it last logged off; its beginning if it never did. */
  readonly seenAt: Millis;
};

/** A created room as anybody sees it. */
export type RoomSeen = {
  readonly id: RoomId;
  readonly title: string;
  readonly description: string;
  readonly owner: UserId;
  readonly access: Access;
  readonly members: number;
};

/** One shard's part of an answer that all shards give together. */
export type Survey =
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
    }
  | {
      readonly on: "counts";
      readonly accounts: number;
      /** Accounts with an open session. */
      readonly online: number;
      readonly rooms: number;
    };

export type Item =
  | { readonly to: "room"; readonly room: RoomId; readonly events: RoomEvent[] }
  | { readonly to: "session"; readonly session: SessionId; readonly told: Told }
  | { readonly to: "watchers"; readonly user: UserId; readonly status: Status }
  /** A watched user is called or described otherwise. */
  | {
      readonly to: "about";
      readonly user: UserId;
      readonly nickname?: string;
      readonly description?: string;
    }
  | { readonly to: "survey"; readonly request: number; readonly survey: Survey }
  | { readonly to: "gateway"; readonly statuses: readonly (readonly [UserId, Status])[] }
  | ({ readonly to: "digest"; readonly round: number } & Digests)
  | Snapshot
  | { readonly to: "operator"; readonly request: number; readonly answer: Answer };

/**
 * What a shard knows of one gateway, in short: equal digests mean equal knowledge.
 *
 * The gateway can only compare if it hears of every change in the place of the order where it
 * happens. So whatever changes these sets, beside the gateway's own detach, part, watch, unwatch and
 * resync, is told to it in the same commit: a stay counts from `attached` until `ended`; a seat counts
 * from `seated` or `replayed` on, not from a reseat alone, and whoever takes one away that counts
 * (unseat, a reseat or catchUp that moves it, leave) tells that gateway `unseated`.
 */
export type Digests = {
  /** Its open sessions. */
  readonly sessions: DigestValue;
  /** The seats of its open connections, each as `session room`. */
  readonly seats: DigestValue;
  /** The users that it watches. */
  readonly watches: DigestValue;
};

/** The answer to a resync: how things stand, for one gateway. */
export type Snapshot = {
  readonly to: "snapshot";
  /** The resync that it answers. */
  readonly round: number;
  /** How many of the shard's own facts were wrong and are right now. */
  readonly repaired: {
    readonly sessions: number;
    readonly seats: number;
    readonly watches: number;
  };
  /** Of the sessions named, those that live, and where they sit. */
  readonly known: readonly (readonly [SessionId, readonly RoomId[]])[];
  /** Of the sessions named, those that do not. */
  readonly strangers: readonly SessionId[];
  readonly rooms: readonly {
    readonly room: RoomId;
    readonly seq: number;
    /** What happened after the event named, whole again but for `lost` numbers before it. */
    readonly events: readonly RoomEvent[];
    readonly lost: number;
    /** Who sits there without having been named, and who was named but has no seat. */
    readonly seated: readonly SessionId[];
    readonly unseated: readonly SessionId[];
  }[];
  /** Everybody it watches. */
  readonly statuses: readonly (readonly [UserId, Status])[];
};

export type RoomFacts = {
  readonly id: RoomId;
  readonly owner: UserId;
  /** Users who sit there. */
  readonly members: number;
  readonly seq: number;
  /** Of a room that was created, in short; `members` are those for good, here or not. */
  readonly created?: {
    readonly title: string;
    readonly access: Access;
    readonly members: number;
  };
};

export type UserFacts = {
  readonly user: UserId;
  readonly status: Status;
  readonly guarded: boolean;
  readonly invites: number;
  /** Of a registered name, in short. */
  readonly account?: {
    readonly born: Born;
    /** Which of its passwords is the present one. */
    readonly turn: number;
    readonly nickname: string;
    readonly isBanned: boolean;
    readonly friends: number;
    readonly rooms: number;
    /** How many notices are kept. */
    readonly mail: number;
  };
  readonly sessions: readonly {
    readonly id: SessionId;
    readonly gateway: GatewayId;
    readonly since: Millis;
    readonly connected: boolean;
    readonly rooms: readonly RoomId[];
  }[];
};

/** Everything that is kept of an account, for who asks for it. */
export type AccountExport = {
  readonly user: UserId;
  readonly account: Omit<Account, "proof">;
  readonly seenAt: Millis;
  readonly mail: readonly Notice[];
};

export type Answer =
  | { readonly on: "done" }
  | { readonly on: "refused"; readonly code: Code; readonly facts: Facts }
  | { readonly on: "exported"; readonly account: AccountExport }
  | { readonly on: "rooms"; readonly rooms: readonly RoomFacts[] }
  | { readonly on: "who"; readonly user: UserFacts }
  | { readonly on: "guarded" }
  | { readonly on: "pong" };
