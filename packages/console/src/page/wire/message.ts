/** What the server says, in either version: untrusted values in, a typed message out. */

export const STATUSES = ["online", "busy", "away", "offline"] as const;
export type Status = (typeof STATUSES)[number];

export type Action = { readonly from: string; readonly data: unknown };

/** Somebody asks to become a friend, or to enter a room: named by `request`. */
export type Request = {
  readonly request: string;
  readonly from: string;
  readonly text: string;
  /** The room, if it is about one. */
  readonly channel: string;
};

export type Message =
  | { readonly command: "idyou" }
  | { readonly command: "userchange"; readonly statuses: ReadonlyMap<string, Status> }
  | { readonly command: "invite"; readonly channel: string }
  | { readonly command: "there"; readonly ids: readonly string[] }
  | {
      readonly command: "error";
      readonly code: string;
      readonly message: string;
      readonly request: number | undefined;
    }
  | {
      readonly command: "game";
      readonly channel: string;
      readonly seq: number | undefined; // Of the first action; the others follow one by one.
      readonly actions: readonly Action[];
    }
  // What only version 2 says.
  | {
      readonly command: "said";
      readonly channel: string;
      readonly from: string;
      readonly text: string;
      readonly timestamp: number;
    }
  | {
      readonly command: "account";
      readonly friends: readonly string[];
      readonly requests: readonly Request[];
    }
  | ({ readonly command: "notice" } & Notice)
  | {
      readonly command: "ok";
      readonly token: string | undefined;
      readonly timestamp: number;
      readonly request: number | undefined;
    };

/** What concerns us, of whichever kind: what a kind does not have is empty. */
export type Notice = Request & {
  readonly kind: string;
  readonly user: string;
  readonly why: string;
  readonly timestamp: number;
  readonly kept: boolean;
};

/** Undefined for what this page does not know: it is shown in the wire panel all the same. */
export function parseMessage(frame: unknown): Message | undefined {
  const [command, said, request] = partsOf(frame);
  const data = isRecord(said) ? said : {};
  const channel = textOf(data["channel"]);
  switch (command) {
    case "idyou":
      return { command };
    case "userchange":
      return { command, statuses: new Map(Object.entries(data).filter(isStatus)) };
    case "invite":
      return { command, channel };
    case "there":
      return { command, ids: listOf(said).filter(isText) };
    case "error": {
      const [code, message] = [textOf(data["code"]), textOf(data["message"])];
      return { command, code, message, request: numberOf(request) };
    }
    case "game": {
      const actions = listOf(data["actions"]).filter(isAction);
      return { command, channel, seq: numberOf(data["seq"]), actions };
    }
    case "said": {
      const [from, text] = [textOf(data["from"]), textOf(data["text"])];
      return { command, channel, from, text, timestamp: timeOf(data) };
    }
    case "account": {
      const requests = listOf(data["requests"]).filter(isRecord).map(requestOf);
      return { command, friends: listOf(data["friends"]).filter(isText), requests };
    }
    case "notice":
      return { command, ...noticeOf(data) };
    case "ok": {
      const token = isText(data["token"]) ? data["token"] : undefined;
      return { command, token, timestamp: timeOf(data), request: numberOf(request) };
    }
    default:
      return undefined;
  }
}

/** The command of any frame, ours or the server's, also of a bare string such as "whothere". */
export function commandOf(text: string): string {
  const frame = parseJson(text);
  return textOf(typeof frame === "string" ? frame : partsOf(frame)[0]);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Version 1 sends objects, version 2 lists. */
function partsOf(frame: unknown): readonly unknown[] {
  if (Array.isArray(frame)) return frame;
  return isRecord(frame) ? [frame["command"], frame["data"]] : [];
}

function requestOf(data: Fields): Request {
  const [request, from] = [textOf(data["request"]), textOf(data["from"])];
  return { request, from, text: textOf(data["text"]), channel: textOf(data["channel"]) };
}

function noticeOf(data: Fields): Notice {
  return {
    ...requestOf(data),
    kind: textOf(data["kind"]),
    user: textOf(data["user"]),
    why: textOf(data["why"]),
    timestamp: timeOf(data),
    kept: data["kept"] === true,
  };
}

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isText = (value: unknown): value is string => typeof value === "string";
const isAction = (value: unknown): value is Action =>
  isRecord(value) && typeof value["from"] === "string";
const isStatus = (entry: [string, unknown]): entry is [string, Status] =>
  STATUSES.some((status) => status === entry[1]);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (isText(value) ? value : "");
const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" ? value : undefined;
const timeOf = (data: Fields): number => numberOf(data["timestamp"]) ?? 0;
