/** How a test's client writes and reads its frames; turntable's JSON unless a test brings another. */
import type { Frame } from "@roundhouse/protocol";

export type Heard = { readonly command: string; readonly data: unknown; readonly request?: number };

export type Tongue = {
  /** The subprotocol that it offers; where a protocol comes by streams, its name. */
  readonly subprotocol: string;
  write(command: string, data: unknown, request?: number): Frame;
  read(frame: Frame): Heard;
};

export const json: Tongue = {
  subprotocol: "turntable",
  write: (command, data) => JSON.stringify({ command, data }),
  read: (frame) => JSON.parse(String(frame)) as Heard,
};

type Fields = { readonly [name: string]: unknown };

/** A frame as sentences, one for each thing that it tells. */
export function sentences({ command, data, request }: Heard): readonly string[] {
  const fields = (data ?? {}) as Fields;
  switch (command) {
    case "userchange":
      return Object.entries(fields).map(([user, status]) => `${user} is ${status}`);
    case "invite":
      return [`invited to ${fields["channel"]}`];
    case "there":
      return [`there: ${(data as readonly string[]).join(", ")}`];
    case "game":
      return actions(fields);
    case "joined":
    case "left":
      return [`${fields["channel"]} ${fields["seq"]} ${fields["user"]} ${command}`];
    case "error":
      return [`error ${fields["code"]}`];
    case "resumed":
      return [`resumed ${(fields["channels"] as readonly string[]).join(", ")}`];
    case "gap":
      return [`${fields["channel"]} lost ${fields["lost"]}`];
    case "ok":
      return [`ok ${request}`];
    default:
      return [command];
  }
}

/** `pit 7 ana {"data":1}`: where, which number, who, and what else the action carries. */
function actions({ channel, seq, actions: listed }: Fields): readonly string[] {
  return (listed as readonly Fields[]).map((action, index) => {
    const { timestamp: _timestamp, from, ...rest } = action;
    return `${channel} ${Number(seq) + index} ${from} ${JSON.stringify(rest)}`;
  });
}
