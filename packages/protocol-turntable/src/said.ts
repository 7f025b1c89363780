/** What a turntable client says, apart from how it looks on the wire. */
import type { SaidAction } from "@roundhouse/domain";
import type { Code, Facts, RoomId, UserId } from "@roundhouse/kernel";
import type { AccountSaid } from "./account-said.ts";

/** Version 2 may number what it says; the answer carries the number. */
export type Said = (
  | {
      readonly command: "idme";
      readonly id: UserId;
      readonly token: string | undefined;
      readonly resume: string | undefined;
      /** The last number seen in each channel before the connection was lost. */
      readonly seen: ReadonlyMap<RoomId, number>;
    }
  | { readonly command: "subscribe" | "unsubscribe"; readonly ids: readonly UserId[] }
  | {
      readonly command: "joingame";
      readonly channel: RoomId;
      readonly self: UserId | undefined;
      readonly token: string | undefined;
      readonly invite: readonly UserId[];
    }
  | { readonly command: "leavegame"; readonly channel: RoomId }
  | {
      readonly command: "game";
      readonly channel: RoomId;
      readonly actions: readonly SaidAction[];
      /** Unknown members of the message, without braces; usually none. */
      readonly extra: string;
    }
  | { readonly command: "invite"; readonly channel: RoomId; readonly user: UserId }
  | { readonly command: "status"; readonly away: boolean }
  | { readonly command: "whothere" }
  /** Version 2 alone: the events of a channel after a number. */
  | { readonly command: "history"; readonly channel: RoomId; readonly after: number }
  /** Version 2 alone. */
  | AccountSaid
  /** Version 2 alone: a numbered request that made no sense. */
  | { readonly command: "garbled"; readonly code: Code; readonly facts: Facts }
) & { readonly request?: number | undefined };
