/** What a turntable client is told, apart from how it looks on the wire. */
import type { AccountSeen, Notice, Status } from "@roundhouse/domain";
import type { Code, RoomId, UserId } from "@roundhouse/kernel";

export type Reply =
  | { readonly command: "idyou" }
  | { readonly command: "userchange"; readonly statuses: readonly (readonly [UserId, Status])[] }
  | {
      readonly command: "invite";
      readonly channel: RoomId;
      readonly user: UserId;
      /** Who invites; version 1 has no place for it. */
      readonly from: UserId;
    }
  | { readonly command: "there"; readonly users: readonly UserId[] }
  | {
      readonly command: "error";
      readonly code: Code;
      readonly message: string;
      readonly request: number | undefined;
    }
  /** To who asked to resume: the channels where the seats were kept. */
  | { readonly command: "resumed"; readonly channels: readonly RoomId[] }
  /** So many numbers of the channel's order can no longer be replayed. */
  | { readonly command: "gap"; readonly channel: RoomId; readonly lost: number }
  /** Version 2 alone: the account whose name was proven. */
  | { readonly command: "account"; readonly user: UserId; readonly account: AccountSeen }
  /** Version 2 alone: something that concerns this user; `kept` while it was away. */
  | { readonly command: "notice"; readonly notice: Notice; readonly kept: boolean }
  /** Version 2 alone: a numbered request was carried out, and what there is to say of it. */
  | { readonly command: "ok"; readonly request: number; readonly facts: Answer };

/** As it goes over the wire. */
export type Answer = { readonly [name: string]: unknown };
