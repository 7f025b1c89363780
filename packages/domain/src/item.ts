/** What gateways are told: plain data, so that it can cross a process as well as a call. */
import type { Code, Facts, GatewayId, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";

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
  | { readonly on: "joined" | "left"; readonly seq: number; readonly user: UserId };

export type Answered = { readonly request?: number | undefined };

/** What one session is told, beside the events of its rooms. */
export type Told =
  | ({
      readonly on: "attached";
      readonly user: UserId;
      /** The session that goes on over this connection, and the rooms where it has seats. */
      readonly resumed: { readonly was: SessionId; readonly rooms: readonly RoomId[] } | undefined;
    } & Answered)
  | ({
      readonly on: "refused";
      readonly code: Code;
      readonly facts: Facts;
      readonly room?: RoomId | undefined;
    } & Answered)
  | ({ readonly on: "seated"; readonly room: RoomId; readonly seq: number } & Answered)
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
  | { readonly on: "ended"; readonly code: Code };

export type Item =
  | { readonly to: "room"; readonly room: RoomId; readonly events: RoomEvent[] }
  | { readonly to: "session"; readonly session: SessionId; readonly told: Told }
  | { readonly to: "watchers"; readonly user: UserId; readonly status: Status }
  | { readonly to: "gateway"; readonly statuses: readonly (readonly [UserId, Status])[] }
  | { readonly to: "operator"; readonly request: number; readonly answer: Answer };

export type RoomFacts = {
  readonly id: RoomId;
  readonly owner: UserId;
  readonly members: number;
  readonly seq: number;
};

export type UserFacts = {
  readonly user: UserId;
  readonly status: Status;
  readonly guarded: boolean;
  readonly invites: number;
  readonly sessions: readonly {
    readonly id: SessionId;
    readonly gateway: GatewayId;
    readonly since: Millis;
    readonly connected: boolean;
    readonly rooms: readonly RoomId[];
  }[];
};

export type Answer =
  | { readonly on: "rooms"; readonly rooms: readonly RoomFacts[] }
  | { readonly on: "who"; readonly user: UserFacts }
  | { readonly on: "guarded" };
