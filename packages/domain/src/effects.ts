/**
 * What a batch of decisions wants done, collected while they are made. Nothing here happens before
 * the commit. Mutable on purpose: one collector serves a whole batch (style, rule 4).
 */
import type { Code, Facts, GatewayId, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { type Command, lasts } from "./command.ts";
import type { Item, Told } from "./item.ts";
import type { Stored } from "./record.ts";

export type Addressed = { readonly to: readonly GatewayId[]; readonly item: Item };
/** A command for whichever shard owns the id. */
export type Sent = {
  readonly subject: UserId | RoomId;
  readonly command: Command;
  /** Whether it must outlive the process: it changes what is durable there. */
  readonly lasts: boolean;
};

export class Effects {
  readonly items: Addressed[] = [];
  readonly outbox: Sent[] = [];
  /** Durable records that changed, by key; undefined removes. */
  readonly records = new Map<string, Stored | undefined>();

  /** Why something was refused, for the counters. */
  readonly refusals: Code[] = [];
  /** How many commands came to nothing because the store is full, and nobody waits for an answer. */
  shed = 0;
  /** How many notices were put into mailboxes. */
  mailKept = 0;
  /** How many notices made room for newer ones in full mailboxes. */
  mailDropped = 0;

  tell(to: readonly GatewayId[], item: Item): void {
    if (to.length > 0) this.items.push({ to, item });
  }

  tellSession(gateway: GatewayId, session: SessionId, told: Told): void {
    this.items.push({ to: [gateway], item: { to: "session", session, told } });
  }

  refuse(to: Refused, code: Code, facts: Facts = {}): void {
    const { gateway, session, room, request } = to;
    this.refusals.push(code);
    this.tellSession(gateway, session, { on: "refused", code, facts, room, request });
  }

  send(subject: UserId | RoomId, command: Command): void {
    this.outbox.push({ subject, command, lasts: lasts(command) });
  }
}

type Refused = {
  readonly gateway: GatewayId;
  readonly session: SessionId;
  readonly room?: RoomId;
  readonly request?: number | undefined;
};
