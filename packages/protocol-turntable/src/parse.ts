/** From a command and its data to what a client said: the checks that both versions share. */
import type { SaidAction } from "@roundhouse/domain";
import {
  fail,
  ok,
  parseRoomId,
  parseUserId,
  type Result,
  type RoomId,
  type UserId,
} from "@roundhouse/kernel";
import type { Bounds } from "@roundhouse/protocol";
import type { Said } from "./said.ts";

/** How a version finds the untouched text of a game's actions. */
export type ReadActions = (data: Fields) => Result<{
  readonly actions: readonly SaidAction[];
  readonly extra: string;
}>;

export type Fields = { readonly [name: string]: unknown };

export const isFields = (value: unknown): value is Fields => {
  return typeof value === "object" && value !== null && !Array.isArray(value);
};

export function parseSaid(
  command: unknown,
  data: unknown,
  { bounds, readActions }: { readonly bounds: Bounds; readonly readActions: ReadActions },
): Result<Said> {
  switch (command) {
    case "game":
      return parseGame(data, bounds, readActions);
    case "idme":
      return parseIdme(data);
    case "subscribe":
    case "unsubscribe": {
      const ids = parseIds(data, bounds.subscriptionsMax, "subscriptions_limit");
      return ids.ok ? ok({ command, ids: ids.value }) : ids;
    }
    case "joingame":
      return parseJoin(data, bounds);
    case "leavegame": {
      const channel = parseChannel(data);
      return channel.ok ? ok({ command, channel: channel.value }) : channel;
    }
    case "invite": {
      const channel = parseChannel(data);
      if (!channel.ok) return channel;
      const user = parseUserId(isFields(data) ? data["user"] : undefined);
      return user.ok ? ok({ command, channel: channel.value, user: user.value }) : user;
    }
    case "status":
      if (data === "away" || data === "online") return ok({ command, away: data === "away" });
      return fail("field_invalid", { command, data: "away or online" });
    case "whothere":
      return ok({ command });
    default:
      return fail("command_unknown");
  }
}

export function parseChannel(data: unknown): Result<RoomId> {
  if (!isFields(data) || data["channel"] === undefined) return fail("channel_missing");
  return parseRoomId(data["channel"]);
}

/** The time that an action names, if it names a usable one. */
export function timeOf(action: Fields): number | undefined {
  const at = action["timestamp"];
  return typeof at === "number" && Number.isFinite(at) ? Math.trunc(at) : undefined;
}

function parseGame(data: unknown, bounds: Bounds, readActions: ReadActions): Result<Said> {
  const channel = parseChannel(data);
  if (!channel.ok) return channel;
  const fields = data as Fields;
  const listed = fields["actions"];
  if (!Array.isArray(listed) || !listed.every(isFields)) {
    return fail("field_invalid", { command: "game", actions: "an array of objects" });
  }
  if (listed.length > bounds.actionsMax) return fail("actions_limit", { most: bounds.actionsMax });
  const read = readActions(fields);
  if (!read.ok) return read;
  const { actions, extra } = read.value;
  return ok({ command: "game", channel: channel.value, actions, extra });
}

export function parseIdme(data: unknown): Result<Extract<Said, { command: "idme" }>> {
  const fields: Fields = isFields(data) ? data : { id: data };
  const id = parseUserId(fields["id"]);
  if (!id.ok) return id;
  const { token, resume } = fields;
  if (!isTextOrAbsent(token)) return fail("field_invalid", { command: "idme", token: "text" });
  if (!isSecretOrAbsent(resume)) return fail("resume_secret_invalid");
  const seen = parseSeen(fields["seen"]);
  return seen.ok ? ok({ command: "idme", id: id.value, token, resume, seen: seen.value }) : seen;
}

function parseJoin(data: unknown, bounds: Bounds): Result<Said> {
  const channel = parseChannel(data);
  if (!channel.ok) return channel;
  const { self, token, invite } = data as Fields;
  if (!isTextOrAbsent(token)) return fail("field_invalid", { command: "joingame", token: "text" });
  const named = self === undefined ? ok(undefined) : parseUserId(self);
  if (!named.ok) return named;
  const invited = invite === undefined ? [] : invite;
  const ids = parseIds(invited, bounds.invitesMax, "invites_limit");
  if (!ids.ok) return ids;
  return ok({
    command: "joingame",
    channel: channel.value,
    self: named.value,
    token,
    invite: ids.value,
  });
}

function parseIds(
  data: unknown,
  most: number,
  limit: "subscriptions_limit" | "invites_limit",
): Result<readonly UserId[]> {
  if (!Array.isArray(data)) return fail("field_invalid", { data: "an array of ids" });
  if (data.length > most) return fail(limit, { most });
  const ids = new Set<UserId>(); // Who is named twice is meant once.
  for (const given of data) {
    const id = parseUserId(given);
    if (!id.ok) return id;
    ids.add(id.value);
  }
  return ok([...ids]);
}

function parseSeen(data: unknown): Result<ReadonlyMap<RoomId, number>> {
  if (data === undefined) return ok(NOTHING_SEEN);
  if (!isFields(data)) return fail("field_invalid", SEEN);
  const seen = new Map<RoomId, number>();
  for (const [name, seq] of Object.entries(data)) {
    const channel = parseRoomId(name);
    if (!channel.ok) return channel;
    if (!isSequence(seq)) return fail("field_invalid", SEEN);
    seen.set(channel.value, seq);
  }
  return ok(seen);
}

export const isSequence = (value: unknown): value is number => {
  return Number.isSafeInteger(value) && (value as number) >= 0;
};

const isTextOrAbsent = (value: unknown): value is string | undefined => {
  return value === undefined || typeof value === "string";
};

const isSecretOrAbsent = (value: unknown): value is string | undefined => {
  if (value === undefined) return true;
  return typeof value === "string" && value.length >= 16 && value.length <= 128;
};

const SEEN = { seen: "an object from channel to the last number seen" };
const NOTHING_SEEN: ReadonlyMap<RoomId, number> = new Map();
