/** What a room with owner, admins, members and rights may be asked. */
import type { GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Asking, HowAnswered } from "./account-command.ts";
import type { Access, Born } from "./record.ts";

/** From a gateway: `user` is whom the connection of `session` is logged in as. */
type Asked =
  /** Answered `done` when the user's shard has it too. */
  | ({
      readonly on: "create";
      readonly born: Born;
      readonly title: string;
      readonly access: Access;
      /** Of a room by password. */
      readonly hash?: string | undefined;
    } & Mine)
  /**
   * To become a member. A room by password without a `turn` answers `challenge`: the gateway checks
   * the password and asks again. By permission the answer is `done`, and the request waits.
   */
  | ({
      readonly on: "enter";
      readonly born: Born;
      /** Whether a password of the right form was given. */
      readonly hasPassword: boolean;
      /** Of the room's proof that the password was checked against. */
      readonly turn?: number | undefined;
      /** Where the attempt came from: wrong ones are counted. */
      readonly address: string;
    } & Mine)
  /** A request to enter that waits here for an answer. */
  | ({ readonly on: "answerEntry"; readonly id: number; readonly how: HowAnswered } & Mine)
  /** By owner or admin, or of oneself: leaving for good. */
  | ({ readonly on: "removeMember"; readonly subject: UserId } & Mine)
  | ({ readonly on: "bar"; readonly subject: UserId; readonly isBarred: boolean } & Mine)
  | ({ readonly on: "setAdmin"; readonly subject: UserId; readonly isAdmin: boolean } & Mine)
  | ({ readonly on: "removeRoom" } & Mine)
  | ({ readonly on: "adjust"; readonly changes: Adjustment } & Mine)
  /** Words. Answered `sent`. Also in rooms that nobody created, by who sits there. */
  | ({ readonly on: "say"; readonly text: string } & Mine)
  /** Answered `described`. */
  | ({ readonly on: "describeRoom" } & Mine);

/** From users' shards, by their outboxes. */
type Relayed =
  /** A member's session begins: it takes its seat. */
  | {
      readonly on: "arrive";
      readonly room: RoomId;
      readonly user: UserId;
      readonly born: Born;
      readonly session: SessionId;
      readonly gateway: GatewayId;
    }
  /** The account is gone, or has too many rooms; the asker waits for the answer `code` of the user's shard. */
  | {
      readonly on: "expel";
      readonly room: RoomId;
      readonly user: UserId;
      readonly born: Born;
      readonly why: "deleted" | "refused";
      /** Who had let it in, and knows by the answer. */
      readonly by?: UserId | undefined;
    };

/** Title and description by owner and admins, the rest by the owner alone. */
export type Adjustment = {
  readonly title?: string;
  readonly description?: string;
  readonly access?: Access;
  /** Together with access by password. */
  readonly hash?: string;
  readonly capacity?: number;
  readonly isLocked?: boolean;
};

export type CharterCommand = Asked | Relayed;
export type CharterAsked = Asked;

/**
 * Of which life of its name the asker is. Without it a session has no account, and is no member of any
 * room; an operator, who has no session, speaks for whoever is called so.
 */
type Mine = {
  readonly room: RoomId;
  readonly user: UserId;
  readonly born?: Born | undefined;
} & Asking;
