/** A user's sessions: how they begin, are resumed, get lost and end. */
import type { SessionId } from "@roundhouse/kernel";
import { admits, forgive, isNewKind, objection } from "./admission.ts";
import type { UserCommand } from "./command.ts";
import type { Effects } from "./effects.ts";
import { close, depart, dismissUnproven, end } from "./endings.ts";
import { deliverInvites } from "./invites.ts";
import type { Told } from "./item.ts";
import { due, haveGot, takeBack } from "./mailbox.ts";
import { arrive } from "./memberships.ts";
import { announce, settle } from "./presence.ts";
import { seenBySelf } from "./profiles.ts";
import type { Scene } from "./scene.ts";
import { isOpen, keep, mark, type Stay, type User } from "./user.ts";

export function attach(user: User, command: Of<"attach">, scene: Scene): void {
  const { session, resume, means, request } = command;
  const { gateway, effects } = scene;
  const refusal = objection(user, command);
  if (refusal !== undefined) return effects.refuse({ gateway, session, request }, refusal);
  forgive(user, command.credentials, scene);
  // The same connection again: a game's connection that now sends idme keeps its seats.
  const same = user.stays.find((it) => it.session === session);
  const former = same ?? findBySecret(user, resume);
  if (isNewKind(command, former, same) && !admits(user, command, scene)) return;

  if (former !== undefined) replace(user, former, session, scene);
  const stay = begin(user, command, { former, same, scene });
  const resumed =
    former && former !== same ? { was: former.session, rooms: [...former.rooms] } : undefined;
  // The seats move at once: the new connection may be lost before it can ask for them.
  for (const room of resumed?.rooms ?? []) {
    const was = resumed?.was ?? session;
    effects.send(room, { on: "reseat", room, user: user.id, session, was, gateway });
  }
  const notices = due(user, stay, scene);
  tellAttached(user, stay, { resumed, request, waits: notices.length > 0 }, effects);
  if (notices.length > 0) {
    const { mailUntil: until } = stay;
    effects.tellSession(gateway, session, { on: "notices", notices, kept: true, until });
  }
  if (stay.means === "account") arrive(user, stay, scene);
  if (means === "idme") deliverInvites(user, stay, scene);
  announce(user, scene);
}

export function detach(user: User, command: Of<"detach">, scene: Scene): void {
  const { session, how, got, unread } = command;
  const stay = user.stays.find((it) => it.session === session);
  if (stay !== undefined) {
    const most = got ?? (how === "left" ? stay.mailUntil : 0);
    haveGot(user, Math.min(most, stay.mailUntil), scene);
    depart(user, stay, how, scene);
    settle(user, scene);
  } // Else it was replaced, or had been told to end.
  if (unread !== undefined) takeBack(user, { ...unread, isReplaced: stay === undefined }, scene);
}

/** Connections of the asking gateway, those that `isGone` says, are lost; tells which. */
export function lose(
  user: User,
  isGone: (session: SessionId) => boolean,
  scene: Scene,
): readonly Stay[] {
  const lost = user.stays.filter((stay) => {
    return stay.gateway === scene.gateway && isOpen(stay) && isGone(stay.session);
  });
  if (lost.length === 0) return lost;
  for (const stay of lost) depart(user, stay, "lost", scene);
  settle(user, scene);
  return lost;
}

/** The gateway died: the connections that it served are lost. */
export function loseGateway(user: User, scene: Scene): void {
  for (const stay of lose(user, () => true, scene)) {
    if (!user.stays.includes(stay)) continue;
    // Rooms hear of the death too, but a question of the dead may reach them after it, by our word.
    const { session, rooms } = stay;
    for (const room of rooms) scene.effects.send(room, { on: "part", room, session });
  }
}

/** The gateway knows better: the connection is there. Tells whether that was news. */
export function reopen(user: User, stay: Stay, scene: Scene): boolean {
  if (isOpen(stay)) return false;
  stay.partedUntil = undefined;
  scene.tallies.add("sessions", stay.gateway, stay.session);
  mark(user, scene);
  announce(user, scene);
  return true;
}

/** Something may be due: resume windows that closed, a grace that ended. */
export function remind(user: User, scene: Scene): void {
  for (const stay of user.stays) {
    if (stay.partedUntil !== undefined && stay.partedUntil <= scene.now) end(user, stay, scene);
  }
  announce(user, scene);
}

export function guard(user: User, guarded: boolean, scene: Scene): void {
  user.guarded = guarded;
  keep(user, scene);
  if (guarded) dismissUnproven(user, scene);
}

type Of<On extends UserCommand["on"]> = Extract<UserCommand, { on: On }>;

function findBySecret(user: User, secret: string | undefined): Stay | undefined {
  return secret === undefined ? undefined : user.stays.find((stay) => stay.secret === secret);
}

/** The session goes on over another connection, or as something else. */
function replace(user: User, former: Stay, session: SessionId, scene: Scene): void {
  if (former.session !== session && isOpen(former)) {
    const told = { on: "ended", code: "session_resumed" } as const;
    scene.effects.tellSession(former.gateway, former.session, told);
  }
  close(former, scene);
  user.stays = user.stays.filter((it) => it !== former);
}

function tellAttached(
  user: User,
  stay: Stay,
  { waits, ...told }: Attached,
  effects: Effects,
): void {
  const account = seenBySelf(user);
  effects.tellSession(stay.gateway, stay.session, {
    on: "attached",
    user: user.id,
    ...told,
    ...(account !== undefined && { account }),
    ...(waits && { waits }),
  });
}

type Attached = Pick<Extract<Told, { on: "attached" }>, "resumed" | "request"> & {
  readonly waits: boolean;
};

function begin(user: User, command: Of<"attach">, { former, same, scene }: Beginning): Stay {
  const { session, proven, resume } = command;
  const { gateway, now, tallies } = scene;
  const means = same?.means === "account" ? "account" : command.means;
  const rooms = former?.rooms ?? [];
  const memberships = means === "account" ? (user.account?.rooms ?? []) : [];
  const stay: Stay = {
    session,
    gateway,
    means,
    proven,
    secret: resume,
    isRegistered: user.account !== undefined,
    takesNotices: command.takesNotices === true,
    mailUntil: same?.mailUntil ?? 0,
    waitedUntil: same?.waitedUntil ?? 0,
    rooms: memberships.length === 0 ? rooms : [...new Set([...rooms, ...memberships])],
    since: former?.since ?? now,
    partedUntil: undefined,
  };
  user.stays = user.stays.concat(stay);
  tallies.add("sessions", gateway, session);
  mark(user, scene);
  return stay;
}

type Beginning = {
  /** The one that goes on in it. */
  readonly former: Stay | undefined;
  /** The former, if it is that of the same connection. */
  readonly same: Stay | undefined;
  readonly scene: Scene;
};
