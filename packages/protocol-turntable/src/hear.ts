/** What a connection asks for by what it says. */
import type { RoomId } from "@roundhouse/kernel";
import { confirmed, dismissed, error, NOTHING, settled } from "./answers.ts";
import { hearAccount, logIn, signUp } from "./hear-account.ts";
import type { Said } from "./said.ts";
import type { Greeting, Live, Naming, Out, Session, Turn } from "./state.ts";
import { wordsOf } from "./words.ts";

export function hear(session: Session, said: Said): Turn {
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
  if (session.at === "live") {
    const text = wordsOf(actions, extra);
    if (text !== undefined) {
      return hearAccount(session, { command: "say", channel: room, text, request });
    }
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

function hearStranger(session: Greeting, said: Said): Turn {
  // A refusal could else be of either.
  if (session.isSigningUp) return [session, [error("session_busy", {}, said.request)]];
  switch (said.command) {
    case "idme":
      return hearName(session, said);
    case "joingame": {
      const { self: user, token } = said;
      if (user === undefined) return dismissed(session, "identity_missing");
      const { id, version } = session;
      const attach = { user, session: id, means: "joingame", resume: undefined } as const;
      const waiting = { isByPassword: false, seen: NOTHING_SEEN, waiting: [said] };
      return [
        { at: "naming", id, version, attach, ...waiting },
        [{ to: "identify", attach, token }],
      ];
    }
    case "login":
      return logIn(session, said);
    case "signup":
      return [{ ...session, deadline: undefined, isSigningUp: true }, [signUp(said)]];
    default:
      return [session, [error("identity_missing", {}, said.request)]];
  }
}

function hearName(session: Greeting, said: Extract<Said, { command: "idme" }>): Turn {
  const { id, version } = session;
  const attach = attachOf(session, said);
  return [
    { at: "naming", id, version, attach, isByPassword: false, seen: said.seen, waiting: [] },
    [{ to: "identify", attach, token: said.token }],
  ];
}

/** A token may prove an account: then version 2 can tell it what was kept. */
function attachOf({ id: session, version }: Session, said: Extract<Said, { command: "idme" }>) {
  const { id: user, resume, request, token } = said;
  const takesNotices = version === 2 && token !== undefined ? { takesNotices: true } : {};
  return { user, session, means: "idme", resume, request, ...takesNotices } as const;
}

function hearLive(session: Live, said: Said): Turn {
  const { id, user, born } = session;
  const { request } = said;
  switch (said.command) {
    case "idme": {
      if (said.id !== user) return dismissed(session, "identity_fixed");
      if (session.means === "idme") return [session, confirmed(said)];
      // A game's connection becomes the presence as well.
      return [session, [{ to: "identify", attach: attachOf(session, said), token: said.token }]];
    }
    case "joingame": {
      if (said.self !== undefined && said.self !== user)
        return dismissed(session, "identity_fixed");
      const { channel: room, invite } = said;
      const command = { on: "join", room, user, born, session: id, invite, request } as const;
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
    case "game":
    case "subscribe":
    case "unsubscribe":
    case "whothere":
    case "garbled":
      return hear(session, said);
    default:
      return hearAccount(session, said);
  }
}

function wait(session: Naming, said: Said): Turn {
  if (session.waiting.length >= WAITING_MAX) {
    return [session, [error("session_busy", {}, said.request)]];
  }
  return [{ ...session, waiting: [...session.waiting, said] }, NOTHING];
}

const NOTHING_SEEN: ReadonlyMap<RoomId, number> = new Map();
/** How much may be said before the name is confirmed. */
const WAITING_MAX = 64;
