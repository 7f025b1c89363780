/** What a session is told that sits down, and how a member of a created room gets its seat. */
import type { GatewayId, SessionId, UserId } from "@roundhouse/kernel";
import { isMember } from "./charter.ts";
import type { Born } from "./record.ts";
import type { Scene } from "./scene.ts";
import { makeWhole, type Room, sit } from "./seats.ts";

export type Sitter = {
  readonly user: UserId;
  readonly born?: Born | undefined;
  readonly session: SessionId;
  readonly gateway: GatewayId;
  readonly request?: number | undefined;
};

/** A member hears who the others are. Events from here on are for the new seat too: they come after this. */
export function tellSeated(room: Room, sitter: Sitter, { effects }: Scene): void {
  const { user, session, gateway, request } = sitter;
  room.open = undefined;
  const told = { on: "seated", room: room.id, seq: room.seq, request } as const;
  const { charter } = room;
  const isOneOf = charter !== undefined && isMember(charter, sitter);
  const mates = isOneOf && [...charter.members.keys()].filter((it) => it !== user);
  effects.tellSession(gateway, session, mates ? { ...told, mates } : told);
}

/** Whoever sits there already stays as it is. */
export function takeSeat(room: Room, sitter: Sitter, scene: Scene): void {
  const { session } = sitter;
  const seat = room.seats.get(session);
  if (seat?.isParted === false) return;
  if (seat === undefined) sit(room, session, sitter, scene);
  else makeWhole(room, session, seat, scene);
  tellSeated(room, sitter, scene);
}
