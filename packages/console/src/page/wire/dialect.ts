/** The two versions that the page speaks: guests the documented one, accounts the one that knows of them. */
import { parseJson } from "./message.ts";
import { pack, unpack } from "./msgpack.ts";

export type Words = {
  readonly command: string;
  readonly data: unknown;
  readonly request?: number | undefined;
};

export type Dialect = {
  readonly subprotocol: string;
  /** As it goes over the wire. */
  write(words: Words): string | Uint8Array<ArrayBuffer>;
  /** Somebody's own frame; undefined if it cannot go over this wire. */
  copy(text: string): string | Uint8Array<ArrayBuffer> | undefined;
  /** A frame as JSON has it; undefined if it is none. */
  read(data: unknown): unknown;
  /** For people to read, without what nobody should see over a shoulder. */
  show(frame: string | Uint8Array | ArrayBuffer): string;
};

export const version1: Dialect = {
  subprotocol: "turntable",
  write: ({ command, data }) => JSON.stringify({ command, data }),
  copy: (text) => text,
  read: (data) => (typeof data === "string" ? parseJson(data) : undefined),
  show: (frame) => (typeof frame === "string" ? frame : ""),
};

export const version2: Dialect = {
  subprotocol: "turntable.v2",
  write: ({ command, data, request }) => {
    return pack(request === undefined ? [command, data] : [command, data, request]);
  },
  copy(text) {
    const frame = parseJson(text);
    if (Array.isArray(frame)) return pack(frame);
    if (typeof frame === "string") return pack([frame, {}]);
    if (typeof frame !== "object" || frame === null || !("command" in frame)) return undefined;
    return pack([frame.command, "data" in frame ? frame.data : {}]);
  },
  read: (data) => (data instanceof ArrayBuffer ? unpack(new Uint8Array(data)) : undefined),
  show(frame) {
    if (typeof frame === "string") return frame;
    return JSON.stringify(unpack(new Uint8Array(frame)), withoutSecrets) ?? "";
  },
};

const withoutSecrets = (name: string, value: unknown): unknown => {
  return SECRETS.has(name) && typeof value === "string" ? "…" : value;
};

const SECRETS: ReadonlySet<string> = new Set(["password", "old", "new", "token"]);
