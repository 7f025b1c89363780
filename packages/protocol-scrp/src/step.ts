/** The whole machine of one connection: input by input, without a socket or a clock of its own. */
import type { Told } from "@roundhouse/domain";
import type { Millis } from "@roundhouse/kernel";
import type { Bounds, Input, Step } from "@roundhouse/protocol";
import { answered, answeredWith, attached, refused } from "./answering.ts";
import { foundFields, serverFields } from "./answers.ts";
import { giveUp, goOn, hear } from "./hearing.ts";
import { eventTails } from "./pushes.ts";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";
import { openStranger, PATIENCE_MS, refuse, type Session, type Turn } from "./session.ts";
import { changed, ended, heard, noticed, renamed, seated, unseated } from "./telling.ts";

export function step(
  session: Session,
  input: Input<Said>,
  now: Millis,
  bounds: Bounds,
): Step<Session, Reply> {
  const turn: Turn = { session, outputs: [], now, bounds };
  if (session.at !== "over") take(turn, input);
  return [turn.session, turn.outputs];
}

function take(turn: Turn, input: Input<Said>): void {
  switch (input.on) {
    case "said":
      return hear(turn, input.said, input.isCrowded === true);
    case "garbled":
      // Nobody asked for a watch that is refused: so many are not watched, and that is all.
      if (input.code === "subscriptions_limit" && input.request === undefined) return;
      return refuse(turn, input.request ?? 0, input.code, input.facts);
    case "told":
      return tell(turn, input.told);
    case "heard":
      return heard(turn, input);
    case "changed":
      return changed(turn, input.user, input.was, input.status);
    case "about":
      return renamed(turn, input);
    case "found":
      return answeredWith(turn, input.request, foundFields(input.found));
    case "counted":
      return answeredWith(turn, input.request, serverFields(input.facts, turn.now));
    case "renewed":
      return begin(turn, input.session);
    case "tick":
      return tick(turn);
    case "statuses": // How things are when a watch begins is no change.
    case "there":
    case "minted":
      return;
  }
}

function tell(turn: Turn, told: Told): void {
  switch (told.on) {
    case "attached":
      return attached(turn, told);
    case "refused":
      return refused(turn, told);
    case "done":
    case "sent":
    case "mail":
    case "profile":
    case "described":
      return answered(turn, told);
    case "seated":
      return seated(turn, told.room, told.mates);
    case "unseated":
      return unseated(turn, told.room);
    case "replayed": {
      const { room, events } = told;
      return heard(turn, { room, events, frames: eventTails(room, events) });
    }
    case "notices":
      return noticed(turn, told.notices, told.kept);
    case "ended":
      return ended(turn, told.code);
    case "accepted":
    case "invited": // Of turntable's games.
    case "credentials":
    case "challenge": // For the gateway alone.
      return;
  }
}

function begin(turn: Turn, id: Parameters<typeof openStranger>[0]): void {
  const { bounds, now, session } = turn;
  if (session.at !== "leaving") return;
  const { requests, waiting, waitingBytes } = session;
  const deadline = now + Math.max(bounds.identifyMs, PATIENCE_MS);
  turn.session = { ...openStranger(id, deadline), requests, waiting, waitingBytes };
  goOn(turn);
}

/** Whoever logs in never, or never again, is sent away; while a log-in is checked the time is not up. */
function tick(turn: Turn): void {
  giveUp(turn);
  const { now, session } = turn;
  if (session.at !== "stranger" || session.running.length > 0 || now < session.deadline) return;
  refuse(turn, 0, "identity_too_slow");
  turn.outputs.push({ to: "close", why: "identity_too_slow" });
  turn.session = { at: "over" };
}
