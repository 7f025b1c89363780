/** SCRP as the gateway sees it. */
import type { Bounds, Protocol } from "@roundhouse/protocol";
import { decode } from "./parse.ts";
import { eventTails } from "./pushes.ts";
import { encode, type Reply } from "./reply.ts";
import type { Said } from "./said.ts";
import { openStranger, type Session } from "./session.ts";
import { step } from "./step.ts";
import { ScrpWire } from "./wire.ts";

export function scrp(bounds: Bounds): Protocol<Session, Said, Reply> {
  return {
    name: "scrp",
    carrier: { over: "stream", frames: "text", open: () => new ScrpWire() },
    hears: "each",
    decode: (frame) => decode(frame, bounds),
    encode,
    requestOf: ({ id }) => id,
    open: (session, now) => [openStranger(session, now + bounds.identifyMs), []],
    step: (session, input, now) => step(session, input, now, bounds),
    held: (session) => (session.at === "over" ? 0 : session.waitingBytes),
    broadcast: eventTails,
    presence: () => "", // Nobody asks: each hears for itself.
  };
}
