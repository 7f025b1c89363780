/** How version 2 names what the house tells: a room is a channel, a time is a timestamp. */
import type { AccountSeen, Notice, RoomEvent } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";
import type { Answer } from "./reply.ts";

/** What happened in a room beside its game. */
export function eventFields(
  channel: RoomId,
  { on: _on, ...event }: Exclude<RoomEvent, { on: "game" }>,
): Answer {
  if (!("at" in event)) return { channel, ...event };
  const { at: timestamp, ...fields } = event;
  return { channel, ...fields, timestamp };
}

export function noticeFields(notice: Notice, kept: boolean): Answer {
  const { on: kind, ...fields } = notice;
  return { kind, ...renamed(fields), kept };
}

/** Its `born` is the house's own. */
export function accountFields(user: UserId, account: AccountSeen): Answer {
  const { nickname, description, friends, rooms: channels, requests = [] } = account;
  return { user, nickname, description, friends, channels, requests: requests.map(renamed) };
}

/** `by` says of which kind the id is: there is either a user or a channel. */
function renamed(fields: Answer): Answer {
  const named: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === "by") Object.assign(named, renamed(value as Answer));
    else named[NAMES.get(name) ?? name] = value;
  }
  return named;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ["at", "timestamp"],
  ["room", "channel"],
]);
