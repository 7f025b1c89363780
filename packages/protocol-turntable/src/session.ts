/** One connection that speaks turntable, from the first word to the last. Pure. */
import type { Means, Told } from "@roundhouse/domain";
import {
  type Code,
  type Facts,
  type Millis,
  type RoomId,
  type SessionId,
  sentence,
  type UserId,
} from "@roundhouse/kernel";
import type { Input, Output, Step } from "@roundhouse/protocol";
import type { Reply } from "./reply.ts";
import type { Said } from "./said.ts";
import { wordsOf } from "./words.ts";

type Attach = Extract<Out, { to: "identify" }>["attach"];

export type Session =
  /** Nobody known yet. Whoever says nothing useful until the deadline is sent away. */
  | { readonly at: "greeting"; readonly id: SessionId; readonly deadline: Millis | undefined }
  /** The name was said and is being checked; what needs it waits. */
  | {
      readonly at: "naming";
      readonly id: SessionId;
      readonly attach: Attach;
      readonly seen: ReadonlyMap<RoomId, number>;
      readonly waiting: readonly Said[];
    }
  | {
      readonly at: "live";
      readonly id: SessionId;
      readonly user: UserId;
      readonly means: Means;
      readonly seen: ReadonlyMap<RoomId, number>;
    }
  | { readonly at: "over"; readonly id: SessionId };

type Out = Output<Reply>;
type Turn = Step<Session, Reply>;

export function openSession(id: SessionId, deadline: Millis): Turn {
  return [{ at: "greeting", id, deadline }, [{ to: "send", reply: { command: "idyou" } }]];
}

export function step(session: Session, input: Input<Said>, now: Millis): Turn {
  if (session.at === "over") return [session, NOTHING];
  switch (input.on) {
    case "said":
      return hear(session, input.said);
    case "told":
      return tell(session, input.told);
    case "statuses":
      return [
        session,
        [{ to: "send", reply: { command: "userchange", statuses: input.statuses } }],
      ];
    case "there":
      return [session, [{ to: "send", reply: { command: "there", users: input.users } }]];
    case "garbled":
      return [session, [error(input.code, input.facts, input.request)]];
    case "tick":
      if (session.at !== "greeting" || session.deadline === undefined) return [session, NOTHING];
      return now < session.deadline ? [session, NOTHING] : dismissed(session, "identity_too_slow");
    case "heard":
    case "changed":
    case "about":
    case "found":
    case "counted":
    case "minted":
    case "renewed":
      return [session, NOTHING];
  }
}

function hear(session: Session, said: Said): Turn {
  switch (said.command) {
    case "game":
      return hearGame(session, said);
    case "subscribe":
    case "unsubscribe": {
      const { ids: users, request } = said;
      const outputs: readonly Out[] =
        said.command === "subscribe"
          ? [{ to: "watch", users, request, done: confirmed(said) }]
          : [{ to: "unwatch", users }, ...confirmed(said)];
      return [settled(session), outputs];
    }
    case "whothere":
      return [settled(session), [{ to: "there" }, ...confirmed(said)]];
    case "garbled":
      return [session, [error(said.code, said.facts, said.request)]];
    default:
      return hearNamed(session, said);
  }
}

/** The hot path: straight to the room, which knows who may speak in it. */
function hearGame(session: Session, said: Extract<Said, { command: "game" }>): Turn {
  if (session.at === "naming") return wait(session, said);
  if (session.at === "over") return [session, NOTHING];
  const { channel: room, actions, extra, request } = said;
  const text = session.at === "live" ? wordsOf(actions, extra) : undefined;
  if (text !== undefined && session.at === "live") {
    const { id, user } = session;
    return [
      session,
      [{ to: "charter", command: { on: "say", room, user, session: id, text, request } }],
    ];
  }
  const command = { on: "act", room, session: session.id, actions, extra, request } as const;
  return [settled(session), [{ to: "room", command }]];
}

/** What only somebody may say. */
function hearNamed(session: Session, said: Said): Turn {
  switch (session.at) {
    case "greeting":
      return hearStranger(session, said);
    case "naming":
      if (said.command !== "idme") return wait(session, said);
      return said.id === session.attach.user
        ? [session, confirmed(said)]
        : dismissed(session, "identity_fixed");
    case "live":
      return hearLive(session, said);
    case "over":
      return [session, NOTHING];
  }
}

function hearStranger(session: Session & { at: "greeting" }, said: Said): Turn {
  switch (said.command) {
    case "idme": {
      const { id: user, resume, request, seen, token } = said;
      const attach = { user, session: session.id, means: "idme", resume, request } as const;
      return [
        { at: "naming", id: session.id, attach, seen, waiting: [] },
        [{ to: "identify", attach, token }],
      ];
    }
    case "joingame": {
      const { self: user, token } = said;
      if (user === undefined) return dismissed(session, "identity_missing");
      const attach = { user, session: session.id, means: "joingame", resume: undefined } as const;
      return [
        { at: "naming", id: session.id, attach, seen: NOTHING_SEEN, waiting: [said] },
        [{ to: "identify", attach, token }],
      ];
    }
    default:
      return [session, [error("identity_missing", {}, said.request)]];
  }
}

function hearLive(session: Session & { at: "live" }, said: Said): Turn {
  const { id, user } = session;
  const { request } = said;
  switch (said.command) {
    case "idme": {
      if (said.id !== user) return dismissed(session, "identity_fixed");
      if (session.means === "idme") return [session, confirmed(said)];
      // A game's connection becomes the presence as well.
      const attach = { user, session: id, means: "idme", resume: said.resume, request } as const;
      return [session, [{ to: "identify", attach, token: said.token }]];
    }
    case "joingame": {
      if (said.self !== undefined && said.self !== user)
        return dismissed(session, "identity_fixed");
      const { channel: room, invite } = said;
      const command = { on: "join", room, user, session: id, invite, request } as const;
      return [session, [{ to: "room", command }]];
    }
    case "leavegame": {
      const command = { on: "leave", room: said.channel, session: id, request } as const;
      return [session, [{ to: "room", command }]];
    }
    case "invite": {
      const { channel: room } = said;
      const command = { on: "invite", room, session: id, users: [said.user], request } as const;
      return [session, [{ to: "room", command }]];
    }
    case "history": {
      const { channel: room, after } = said;
      const command = { on: "history", room, session: id, after, request } as const;
      return [session, [{ to: "room", command }]];
    }
    case "status": {
      const { away } = said;
      return [session, [{ to: "status", user, away, request, done: confirmed(said) }]];
    }
    default:
      return hear(session, said);
  }
}

function tell(session: Session, told: Told): Turn {
  switch (told.on) {
    case "attached":
      if (session.at === "naming") return attached(session, told);
      // Only a game's connection asks twice: now it is the presence as well.
      return [session.at === "live" ? { ...session, means: "idme" } : session, done(told.request)];
    case "refused":
      // A name that was refused ends the connection; anything else is only said.
      return session.at === "naming" && told.room === undefined
        ? dismissed(session, told.code, told.facts, told.request)
        : [session, [error(told.code, told.facts, told.request)]];
    case "ended":
      return dismissed(session, told.code);
    case "invited": {
      const { room: channel, user, from } = told;
      return [session, [{ to: "send", reply: { command: "invite", channel, user, from } }]];
    }
    case "replayed": {
      const { room, events, lost, request } = told;
      const gap: Out = { to: "send", reply: { command: "gap", channel: room, lost } };
      const replay: Out = { to: "replay", room, events };
      return [session, [...(lost > 0 ? [gap] : []), replay, ...done(request)]];
    }
    case "seated":
    case "accepted":
      return [session, done(told.request, told.seq)];
    case "unseated":
    case "done":
    case "sent":
      return [session, done(told.request)];
    case "credentials":
    case "challenge":
    case "notices":
    case "mail":
    case "profile":
    case "described":
      return [session, NOTHING];
  }
}

function attached(
  naming: Session & { at: "naming" },
  told: Extract<Told, { on: "attached" }>,
): Turn {
  const { id, attach, seen } = naming;
  const { user, means } = attach;
  let session: Session = { at: "live", id, user, means, seen };
  // Not told.request: a repair that finds the name confirmed knows of no request.
  const outputs: Out[] = [...done(attach.request)];
  const channels = told.resumed?.rooms ?? [];
  if (attach.resume !== undefined) {
    outputs.push({ to: "send", reply: { command: "resumed", channels } });
  }
  for (const room of channels) {
    const was = told.resumed?.was ?? id;
    const command = { on: "catchUp", room, user, session: id, was, after: seen.get(room) } as const;
    outputs.push({ to: "room", command });
  }
  for (const said of naming.waiting) {
    if (session.at === "over") break;
    const [next, more] = hear(session, said);
    session = next;
    outputs.push(...more);
  }
  return [session, outputs];
}

function wait(session: Session & { at: "naming" }, said: Said): Turn {
  if (session.waiting.length >= WAITING_MAX) {
    return [session, [error("session_busy", {}, said.request)]];
  }
  return [{ ...session, waiting: [...session.waiting, said] }, NOTHING];
}

function dismissed(
  session: Session,
  code: Code,
  facts: Facts = {},
  request: number | undefined = undefined,
): Turn {
  const told = error(code, facts, request);
  return [{ at: "over", id: session.id }, [told, { to: "close", why: code }]];
}

function error(code: Code, facts: Facts, request?: number): Out {
  const message = sentence(code, facts);
  return { to: "send", reply: { command: "error", code, message, request } };
}

/** It has done something useful: nobody waits for its name any longer. */
const settled = (session: Session): Session => {
  if (session.at !== "greeting" || session.deadline === undefined) return session;
  return { ...session, deadline: undefined };
};

const done = (request: number | undefined, seq?: number): readonly Out[] => {
  return request === undefined ? NOTHING : [{ to: "send", reply: { command: "ok", request, seq } }];
};

const confirmed = (said: Said): readonly Out[] => done(said.request);

const NOTHING: readonly Out[] = [];
const NOTHING_SEEN: ReadonlyMap<RoomId, number> = new Map();
/** How much may be said before the name is confirmed. */
const WAITING_MAX = 64;
