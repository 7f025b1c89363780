/** Version 1 on the wire: one JSON object per text frame. */
import type { RoomEvent, SaidAction, Status } from "@roundhouse/domain";
import { fail, ok, type Result, type RoomId, type UserId } from "@roundhouse/kernel";
import type { Bounds, Frame } from "@roundhouse/protocol";
import { type GameText, readGame } from "./fields.ts";
import { type Fields, isFields, parseSaid, type ReadActions, timeOf } from "./parse.ts";
import { readQuickGame } from "./quick-game.ts";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";

export function decodeJson(frame: Frame, bounds: Bounds): Result<Said> {
  if (typeof frame !== "string") return fail("frame_unexpected");
  const game = readQuickGame(frame, bounds);
  return game === undefined ? decodeAny(frame, bounds) : ok(game);
}

/** The general reader, for every command and every layout. */
export function decodeAny(frame: string, bounds: Bounds): Result<Said> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(frame);
  } catch {
    return fail("frame_malformed");
  }
  // The original takes a bare string for a command without data.
  const { command, data } = isFields(parsed) ? parsed : { command: parsed, data: undefined };
  const readActions: ReadActions = (fields) => actionsOf(readGame(frame), fields, bounds);
  return parseSaid(command, data, { bounds, readActions });
}

export function encodeJson(reply: Reply): string {
  switch (reply.command) {
    case "idyou":
      return '{"command":"idyou","data":{}}';
    case "userchange":
      return `{"command":"userchange","data":{${reply.statuses.map(statusText).join(",")}}}`;
    case "invite": {
      const { channel, user } = reply;
      return `{"command":"invite","data":{"channel":${quoted(channel)},"user":${quoted(user)}}}`;
    }
    case "there":
      return `{"command":"there","data":[${reply.users.map(quoted).join(",")}]}`;
    case "error":
      return JSON.stringify({
        command: "error",
        data: { code: reply.code, message: reply.message },
      });
    case "resumed":
      return JSON.stringify({ command: "resumed", data: { channels: reply.channels } });
    case "gap": {
      const { channel, lost } = reply;
      return JSON.stringify({ command: "gap", data: { channel, lost } });
    }
    // Version 1 numbers no request and has no accounts: nothing asks for these.
    case "account":
    case "notice":
    case "ok":
      return JSON.stringify({ command: reply.command, data: {} });
  }
}

export const presenceFrame = (user: UserId, status: Status): string => {
  return `{"command":"userchange","data":{${quoted(user)}:"${status}"}}`;
};

/**
 * Game frames: consecutive actions share one, up to a size. Words are an action that carries a text.
 * Other events do not show here.
 */
export function eventFrames(channel: RoomId, events: readonly RoomEvent[]): readonly string[] {
  const frames: string[] = [];
  let actions = "";
  let seq = 0;
  const flush = (): void => {
    if (actions !== "") frames.push(gameFrame(channel, seq, actions, ""));
    actions = "";
  };
  for (const event of events) {
    if (event.on !== "game" && event.on !== "said") flush();
    else if (event.on === "game" && !isPlain(event)) {
      flush();
      frames.push(gameFrame(channel, event.seq, actionsText(event), event.extra));
    } else {
      if (actions.length >= FRAME_LENGTH_MAX) flush();
      if (actions === "") seq = event.seq;
      else actions += ",";
      actions += event.on === "game" ? actionsText(event) : wordsText(event);
    }
  }
  flush();
  return frames;
}

type Game = Extract<RoomEvent, { on: "game" }>;

/** Whether its actions may stand in a frame beside those of others. */
const isPlain = (game: Game): boolean => game.extra === "" && game.actions.length > 0;

function gameFrame(channel: RoomId, seq: number, actions: string, extra: string): string {
  const more = extra === "" ? "" : `,${extra}`;
  const head = `{"command":"game","data":{"channel":${quoted(channel)},"seq":${seq},"actions":[`;
  return `${head}${actions}]${more}}}`;
}

function actionsText({ from, actions }: Game): string {
  const sender = quoted(from);
  let text = "";
  for (const { at, fields } of actions) {
    if (text !== "") text += ",";
    text += `{"timestamp":${at},"from":${sender}${fields === "" ? "" : `,${fields}`}}`;
  }
  return text;
}

const wordsText = ({ at, from, text }: Extract<RoomEvent, { on: "said" }>): string => {
  return `{"timestamp":${at},"from":${quoted(from)},"data":{"text":${JSON.stringify(text)}}}`;
};

const statusText = ([user, status]: readonly [UserId, Status]): string => {
  return `${quoted(user)}:"${status}"`;
};

/** An id as JSON text; most need no escape, which is much cheaper to see than to ask for. */
export function quoted(id: string): string {
  for (let index = 0; index < id.length; index++) {
    const unit = id.charCodeAt(index);
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c) return JSON.stringify(id);
  }
  return `"${id}"`;
}

function actionsOf(text: GameText, fields: Fields, { depthMax }: Bounds): ReturnType<ReadActions> {
  if (text.depth > depthMax) return fail("frame_too_deep", { most: depthMax });
  const listed = fields["actions"] as readonly Fields[];
  const actions: SaidAction[] = [];
  for (let index = 0; index < listed.length; index++) {
    const action = listed[index];
    if (action !== undefined) {
      actions.push({ at: timeOf(action), fields: text.actions[index] ?? "" });
    }
  }
  return ok({ actions, extra: text.extra });
}

/** Actions are gathered into one frame only while it is shorter than this. */
const FRAME_LENGTH_MAX = 65_536;
