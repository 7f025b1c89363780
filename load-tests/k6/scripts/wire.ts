/** Both versions of turntable as one kind of message: command, fields and, in version 2, a request's number. */
import { pack, unpack, type Value } from "./msgpack.ts";

export type Fields = { readonly [field: string]: Value };
export type Message = {
  readonly command: string;
  readonly data: Value;
  readonly request?: number | undefined;
};

export type Wire = {
  readonly version: 1 | 2;
  readonly subprotocol: string;
  encode(message: Message): string | ArrayBuffer;
  /** Throws when it is none: a server that says what cannot be read is a fault of its own. */
  decode(frame: string | ArrayBuffer): Message;
};

export const json: Wire = {
  version: 1,
  subprotocol: "turntable",
  encode: ({ command, data }) => JSON.stringify({ command, data }),
  decode(frame) {
    if (typeof frame !== "string") throw new Error("version 1 is text");
    return JSON.parse(frame) as Message;
  },
};

export const msgpack: Wire = {
  version: 2,
  subprotocol: "turntable.v2",
  encode({ command, data, request }) {
    const bytes = pack(request === undefined ? [command, data] : [command, data, request]);
    return bytes.buffer as ArrayBuffer;
  },
  decode(frame) {
    if (typeof frame === "string") throw new Error("version 2 is binary");
    const [command, data, request] = unpack(frame) as readonly Value[];
    return { command: String(command), data, request: request as number | undefined };
  },
};

export const fieldsOf = (data: Value): Fields => {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Fields) : {};
};

/** An action of ours: who said it, in which run of theirs, and the how-manieth it is there. */
export type Spoken = { readonly from: string; readonly run: number; readonly n: number };

/** The actions of a `game` message that load tests said; undefined stands for somebody else's. */
export function spokenIn(fields: Fields): readonly (Spoken | undefined)[] {
  const actions = fields["actions"];
  if (!Array.isArray(actions)) return [];
  return actions.map((action: Value) => {
    const { from, data } = fieldsOf(action);
    const { run, n } = fieldsOf(data);
    if (typeof from !== "string" || typeof run !== "number" || typeof n !== "number") {
      return undefined;
    }
    return { from, run, n };
  });
}
