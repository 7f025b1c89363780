/** What a connection is told by the cluster, as it says it. */
import type { Told } from "@roundhouse/domain";
import type { RoomId } from "@roundhouse/kernel";
import type { Input } from "@roundhouse/protocol";
import { dismissed, done, error, NOTHING } from "./answers.ts";
import { hear } from "./hear.ts";
import type { Said } from "./said.ts";
import type { Live, Naming, Out, Session, Turn } from "./state.ts";

type Attached = Extract<Told, { on: "attached" }>;

export function tell(session: Session, told: Told): Turn {
  switch (told.on) {
    case "attached":
      if (session.at === "naming") return attached(session, told);
      return session.at === "live" ? attachedAgain(session, told) : [session, done(told.request)];
    case "refused":
      return refused(session, told);
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
    case "seated": {
      const { mates, request, seq } = told;
      return [session, done(request, mates === undefined ? { seq } : { seq, mates })];
    }
    case "accepted":
      return [session, done(told.request, { seq: told.seq })];
    case "unseated":
      return [session, done(told.request)];
    case "done":
      return [signedUp(session), done(told.request)];
    case "sent":
      return [session, done(told.request, { id: told.id, timestamp: told.at })];
    case "notices":
      return [session, notices(session, told)];
    case "profile":
    case "described":
      return [session, described(told)];
    // Between the gateway and the shard; and mail is told here without being fetched.
    case "credentials":
    case "challenge":
    case "mail":
      return [session, NOTHING];
  }
}

/** A name that was refused ends the connection; anything else is only said. */
function refused(session: Session, told: Extract<Told, { on: "refused" }>): Turn {
  const { facts, request, room } = told;
  // Version 1 knows only channels that are there while somebody is.
  const isChannel = session.version === 1 && told.code === "room_unknown";
  const code = isChannel ? "not_a_member" : told.code;
  if (session.at === "naming" && room === undefined) {
    return dismissed(session, code, facts, request);
  }
  return [room === undefined ? signedUp(session) : session, [error(code, facts, request)]];
}

/** The answer to a sign-up is here: now it may say who it is. */
const signedUp = (session: Session): Session => {
  return session.at === "greeting" && session.isSigningUp
    ? { ...session, isSigningUp: false }
    : session;
};

function attached(naming: Naming, told: Attached): Turn {
  const { attach, id, seen, version } = naming;
  const { user, means } = attach;
  const born = told.account?.born;
  let session: Session = { at: "live", id, version, user, means, born, seen };
  const outputs: Out[] = [...welcome(naming, told)];
  outputs.push(...resumption(session, attach.resume, told));
  for (const said of naming.waiting) {
    if (session.at === "over") break;
    const [next, more] = hear(session, said);
    session = next;
    outputs.push(...more);
  }
  return [session, outputs];
}

/** Only a game's connection asks twice: now it is the presence as well. */
function attachedAgain(live: Live, told: Attached): Turn {
  const born = told.account?.born ?? live.born;
  return [{ ...live, means: "idme", born }, [...facts(live, told), ...done(told.request)]];
}

/** Who one is. After a password the answer waits for the token to come back with. */
function welcome(naming: Naming, told: Attached): readonly Out[] {
  // Not told.request: a repair that finds the name confirmed knows of no request.
  const { request } = naming.attach;
  const answer: readonly Out[] =
    naming.isByPassword && request !== undefined ? [{ to: "mint", request }] : done(request);
  return [...facts(naming, told), ...answer];
}

/** The account that was proven. Version 1 has no words for it. */
function facts({ version }: Session, { account, user }: Attached): readonly Out[] {
  if (version === 1 || account === undefined) return NOTHING;
  return [{ to: "send", reply: { command: "account", user, account } }];
}

/** The seats that were kept, and what was missed there. */
function resumption(
  { id, seen, user }: Live,
  secret: string | undefined,
  { resumed }: Attached,
): readonly Out[] {
  const channels: readonly RoomId[] = resumed?.rooms ?? [];
  const was = resumed?.was ?? id;
  const outputs: Out[] = [];
  if (secret !== undefined) outputs.push({ to: "send", reply: { command: "resumed", channels } });
  for (const room of channels) {
    const command = { on: "catchUp", room, user, session: id, was, after: seen.get(room) } as const;
    outputs.push({ to: "room", command });
  }
  return outputs;
}

/** One frame for each. Version 1 has no words for them, and never asks for them. */
function notices(
  { version }: Session,
  { notices: all, kept }: Extract<Told, { on: "notices" }>,
): readonly Out[] {
  if (version === 1) return NOTHING;
  return all.map((notice) => ({ to: "send", reply: { command: "notice", notice, kept } }));
}

function described(told: Extract<Told, { on: "profile" | "described" }>): readonly Out[] {
  if (told.on === "profile") {
    const { user, nickname, description, since, seenAt } = told.profile;
    return done(told.request, { user, nickname, description, since, seen: seenAt });
  }
  const { id: channel, title, description, owner, access, members } = told.room;
  return done(told.request, { channel, title, description, owner, access, members });
}

export function found({ found: all, request }: Extract<Input<Said>, { on: "found" }>) {
  if (all.on === "users") return done(request, { users: all.users });
  const rooms = all.rooms.map(({ id: channel, title, access }) => ({ channel, title, access }));
  return done(request, { rooms });
}

/** Without a token the answer says only that it is done: this server signs none. */
export function minted({ request, token }: Extract<Input<Said>, { on: "minted" }>) {
  return done(request, token === undefined ? {} : { token });
}
