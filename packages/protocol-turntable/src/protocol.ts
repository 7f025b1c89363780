/** turntable as the gateway sees it. */
import type { Bounds, Protocol } from "@roundhouse/protocol";
import { decodeJson, encodeJson, eventFrames, presenceFrame } from "./json.ts";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";
import { openSession, type Session, step } from "./session.ts";

export function turntable(bounds: Bounds): Protocol<Session, Said, Reply> {
  return {
    name: "turntable",
    carrier: { over: "websocket", subprotocol: "turntable", isDefault: true, frames: "text" },
    decode: (frame) => decodeJson(frame, bounds),
    encode: encodeJson,
    open: (session, now) => openSession(session, now + bounds.identifyMs),
    step,
    broadcast: eventFrames,
    presence: presenceFrame,
  };
}
