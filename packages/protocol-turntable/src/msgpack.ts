/** Version 2 on the wire: one msgpack array per binary frame, [command, data, request number]. */
import type { RoomEvent, SaidAction, Status } from "@roundhouse/domain";
import { fail, ok, type Result, type RoomId, type UserId } from "@roundhouse/kernel";
import type { Bounds, Frame } from "@roundhouse/protocol";
import { Packr } from "msgpackr";
import { accountFields, eventFields, noticeFields } from "./naming.ts";
import {
  type Fields,
  isFields,
  isSequence,
  parseChannel,
  parseSaid,
  type ReadActions,
  timeOf,
} from "./parse.ts";
import { parseAccountSaid } from "./parse-account.ts";
import { isPlainMsgpack } from "./plain.ts";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";

/** Plain maps and arrays, so that any msgpack library can talk to us. */
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  // A number where JavaScript can hold it, else a bigint. Its types do not know the third way.
  int64AsType: "auto" as "number",
});

export function decodeMsgpack(frame: Frame, bounds: Bounds): Result<Said> {
  if (typeof frame === "string") return fail("frame_unexpected");
  if (!isPlainMsgpack(frame)) return fail("frame_malformed");
  let parsed: unknown;
  try {
    parsed = packr.unpack(frame);
  } catch {
    return fail("frame_malformed");
  }
  if (!Array.isArray(parsed) || parsed.length > 3) return fail("frame_malformed");
  const [command, data, number] = parsed as readonly unknown[];
  const request = number ?? undefined;
  if (request !== undefined && !isSequence(request)) {
    return fail("field_invalid", { request: "a whole number" });
  }
  const readActions: ReadActions = (fields) => actionsOf(fields, bounds);
  const shared = parseSaid(command, data, { bounds, readActions });
  const isShared = shared.ok || shared.code !== "command_unknown";
  const said = isShared ? shared : (parseOwn(command, data) ?? shared);
  if (request === undefined) return said;
  // What is wrong with a numbered request is answered under its number.
  if (said.ok) return ok({ ...said.value, request });
  return ok({ command: "garbled", code: said.code, facts: said.facts, request });
}

export function encodeMsgpack(reply: Reply): Uint8Array {
  switch (reply.command) {
    case "idyou":
      return pack("idyou", { version: 2 });
    case "userchange":
      return pack("userchange", new Map(reply.statuses)); // A Map: an id may be called __proto__.
    case "invite":
      return pack("invite", { channel: reply.channel, user: reply.user, from: reply.from });
    case "there":
      return pack("there", reply.users);
    case "error":
      return pack("error", { code: reply.code, message: reply.message }, reply.request);
    case "resumed":
      return pack("resumed", { channels: reply.channels });
    case "gap":
      return pack("gap", { channel: reply.channel, lost: reply.lost });
    case "ok":
      return pack("ok", reply.facts, reply.request);
    case "account":
      return pack("account", accountFields(reply.user, reply.account));
    case "notice":
      return pack("notice", noticeFields(reply.notice, reply.kept));
  }
}

export const packPresence = (user: UserId, status: Status): Uint8Array => {
  return pack("userchange", new Map([[user, status]]));
};

/** Room events in their order; consecutive actions share a frame, as in version 1. */
export function packEvents(channel: RoomId, events: readonly RoomEvent[]): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let actions: unknown[] = [];
  let seq = 0;
  const flush = (): void => {
    if (actions.length > 0) frames.push(pack("game", { channel, seq, actions }));
    actions = [];
  };
  for (const event of events) {
    if (event.on !== "game") {
      flush();
      frames.push(pack(event.on, eventFields(channel, event)));
      continue;
    }
    const more = event.actions.map(({ at, fields }) => {
      return { timestamp: at, from: event.from, ...objectOf(fields) };
    });
    if (event.extra === "" && more.length > 0) {
      if (actions.length >= FRAME_ACTIONS_MAX) flush();
      if (actions.length === 0) seq = event.seq;
      actions.push(...more);
    } else {
      flush();
      const extra = objectOf(event.extra);
      frames.push(pack("game", { channel, seq: event.seq, actions: more, ...extra }));
    }
  }
  flush();
  return frames;
}

function pack(command: string, data: unknown, request?: number): Uint8Array {
  return packr.pack(request === undefined ? [command, data] : [command, data, request]);
}

/** Members without their braces, as an object again. */
const objectOf = (fields: string): object => (fields === "" ? {} : JSON.parse(`{${fields}}`));

/** What version 1 does not know. */
function parseOwn(command: unknown, data: unknown): Result<Said> | undefined {
  return command === "history" ? parseHistory(data) : parseAccountSaid(command, data);
}

function parseHistory(data: unknown): Result<Said> {
  const channel = parseChannel(data);
  if (!channel.ok) return channel;
  const { after } = data as Fields;
  if (!isSequence(after)) return fail("field_invalid", { after: "the last number seen" });
  return ok({ command: "history", channel: channel.value, after });
}

/** Inside the house an action is JSON: what JSON cannot say is refused, not bent. */
function actionsOf(data: Fields, { depthMax }: Bounds): ReturnType<ReadActions> {
  const { channel: _channel, actions: listed, seq: _seq, ...others } = data;
  const actions: SaidAction[] = [];
  for (const action of listed as readonly Fields[]) {
    const { timestamp: _timestamp, from: _from, ...rest } = action;
    const trouble = troubleIn(rest, depthMax - ACTION_DEPTH + 1);
    if (trouble !== undefined) return trouble;
    actions.push({ at: timeOf(action), fields: membersOf(rest) });
  }
  const trouble = troubleIn(others, depthMax - 1);
  return trouble ?? ok({ actions, extra: membersOf(others) });
}

const membersOf = (fields: Fields): string => JSON.stringify(fields).slice(1, -1);

function troubleIn(value: unknown, depth: number): ReturnType<typeof fail> | undefined {
  if (depth < 0) return fail("frame_too_deep");
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  const isPlain = isFields(value) && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain && !Array.isArray(value)) {
    return fail("field_invalid", { actions: "text, finite numbers, booleans, nil, arrays, maps" });
  }
  for (const inner of Object.values(value)) {
    const trouble = troubleIn(inner, depth - 1);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

/** Message, data, actions, action: so deep an action lies. */
const ACTION_DEPTH = 4;
const FRAME_ACTIONS_MAX = 512;
