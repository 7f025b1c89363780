/** What the server says in turntable version 1: untrusted text in, a typed message out. */

export const STATUSES = ["online", "busy", "away", "offline"] as const;
export type Status = (typeof STATUSES)[number];

export type Action = { readonly from: string; readonly data: unknown };

export type Message =
  | { readonly command: "idyou" }
  | { readonly command: "userchange"; readonly statuses: ReadonlyMap<string, Status> }
  | { readonly command: "invite"; readonly channel: string }
  | { readonly command: "there"; readonly ids: readonly string[] }
  | { readonly command: "error"; readonly code: string; readonly message: string }
  | {
      readonly command: "game";
      readonly channel: string;
      readonly seq: number | undefined; // Of the first action; the others follow one by one.
      readonly actions: readonly Action[];
    };

/** Undefined for what this page does not know: it is shown in the wire panel all the same. */
export function parseMessage(text: string): Message | undefined {
  const frame = parseJson(text);
  if (!isRecord(frame)) return undefined;
  const data = isRecord(frame["data"]) ? frame["data"] : {};
  switch (frame["command"]) {
    case "idyou":
      return { command: "idyou" };
    case "userchange":
      return { command: "userchange", statuses: new Map(Object.entries(data).filter(isStatus)) };
    case "invite":
      return { command: "invite", channel: textOf(data["channel"]) };
    case "there":
      return {
        command: "there",
        ids: listOf(frame["data"]).filter((id) => typeof id === "string"),
      };
    case "error":
      return { command: "error", code: textOf(data["code"]), message: textOf(data["message"]) };
    case "game":
      return {
        command: "game",
        channel: textOf(data["channel"]),
        seq: typeof data["seq"] === "number" ? data["seq"] : undefined,
        actions: listOf(data["actions"]).filter(isAction),
      };
    default:
      return undefined;
  }
}

/** The command of any frame, ours or the server's, also of a bare string such as "whothere". */
export function commandOf(text: string): string {
  const frame = parseJson(text);
  if (typeof frame === "string") return frame;
  return isRecord(frame) ? textOf(frame["command"]) : "";
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isAction = (value: unknown): value is Action =>
  isRecord(value) && typeof value["from"] === "string";
const isStatus = (entry: [string, unknown]): entry is [string, Status] =>
  STATUSES.some((status) => status === entry[1]);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
