/** turntable as the gateway sees it: two versions of the wire over one session. */
import type { Code } from "@roundhouse/kernel";
import type { Bounds, Protocol } from "@roundhouse/protocol";
import { decodeJson, encodeJson, eventFrames, presenceFrame } from "./json.ts";
import { decodeMsgpack, encodeMsgpack, packEvents, packPresence } from "./msgpack.ts";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";
import { openSession, step } from "./session.ts";
import type { Session } from "./state.ts";

type Turntable = Protocol<Session, Said, Reply>;

export function turntable(bounds: Bounds): Turntable {
  return {
    name: "turntable",
    carrier: { over: "websocket", subprotocol: "turntable", isDefault: true, frames: "text" },
    hears: "alike",
    decode: (frame) => decodeJson(frame, bounds),
    encode: encodeJson,
    open: (session, now) => openSession(session, 1, now + bounds.identifyMs),
    step: (session, input, now) => {
      // What the original ignores is ignored here too; the gateway counts it under its code.
      const isIgnored = input.on === "garbled" && IGNORED.has(input.code);
      return isIgnored ? [session, []] : step(session, input, now);
    },
    broadcast: eventFrames,
    presence: presenceFrame,
  };
}

export function turntable2(bounds: Bounds): Turntable {
  return {
    name: "turntable.v2",
    carrier: { over: "websocket", subprotocol: "turntable.v2", isDefault: false, frames: "binary" },
    hears: "alike",
    decode: (frame) => decodeMsgpack(frame, bounds),
    encode: encodeMsgpack,
    open: (session, now) => openSession(session, 2, now + bounds.identifyMs),
    step,
    broadcast: packEvents,
    presence: packPresence,
  };
}

const IGNORED: ReadonlySet<Code> = new Set([
  "frame_malformed",
  "frame_unexpected",
  "command_unknown",
  "channel_missing",
]);
