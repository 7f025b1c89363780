/** A user's sessions: how they begin, are resumed, get lost and end. */
import type { Code, SessionId } from "@roundhouse/kernel";
import { letGo } from "./bonds.ts";
import type { UserCommand } from "./command.ts";
import { deliverInvites } from "./invites.ts";
import { announce, settle } from "./presence.ts";
import type { Scene } from "./scene.ts";
import { isOpen, keep, mark, type Stay, type User } from "./user.ts";

export function attach(user: User, command: Of<"attach">, scene: Scene): void {
  const { session, resume, request } = command;
  const { gateway, effects } = scene;
  if (user.guarded && !command.proven) {
    return effects.refuse({ gateway, session, request }, "token_missing");
  }
  // The same connection again: a game's connection that now sends idme keeps its seats.
  const same = user.stays.find((it) => it.session === session);
  const former = same ?? findBySecret(user, resume);
  const { means, proven } = command;
  const isNewPresence = means === "idme" && same?.means === "joingame";
  if ((former === undefined || isNewPresence) && !admits(user, command, scene)) return;

  const rooms = former?.rooms ?? [];
  const stay: Stay = {
    session,
    gateway,
    means,
    proven,
    secret: resume,
    isRegistered: user.account !== undefined,
    takesNotices: command.takesNotices === true,
    mailUntil: 0,
    hasHeeded: false,
    rooms,
    since: former?.since ?? scene.now,
    partedUntil: undefined,
  };
  if (former !== undefined) {
    if (former !== same && isOpen(former)) {
      effects.tellSession(former.gateway, former.session, { on: "ended", code: "session_resumed" });
    }
    close(former, scene);
  }
  user.stays = user.stays.filter((it) => it !== former).concat(stay);
  scene.tallies.add("sessions", gateway, session);
  mark(user, scene);
  const resumed =
    former && former !== same ? { was: former.session, rooms: [...rooms] } : undefined;
  // The seats move at once: the new connection may be lost before it can ask for them.
  for (const room of resumed?.rooms ?? []) {
    const was = resumed?.was ?? session;
    effects.send(room, { on: "reseat", room, user: user.id, session, was, gateway });
  }
  effects.tellSession(gateway, session, { on: "attached", user: user.id, resumed, request });
  if (means === "idme") deliverInvites(user, stay, scene);
  announce(user, scene);
}

export function detach(user: User, { session, how }: Of<"detach">, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay === undefined) return; // It was replaced, or had been told to end.
  depart(user, stay, how, scene);
  settle(user, scene);
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
  if (!guarded) return;
  for (const stay of user.stays.filter((it) => !it.proven)) {
    dismiss(user, stay, "token_missing", scene);
  }
  announce(user, scene);
}

type Of<On extends UserCommand["on"]> = Extract<UserCommand, { on: On }>;

function findBySecret(user: User, secret: string | undefined): Stay | undefined {
  return secret === undefined ? undefined : user.stays.find((stay) => stay.secret === secret);
}

/** Whether a session may begin, or become a presence; ends others where the rule says so. */
function admits(user: User, command: Of<"attach">, scene: Scene): boolean {
  const { session, means, request } = command;
  const { gateway, effects, rules } = scene;
  const most = rules.sessionsPerUserMax;
  if (user.stays.filter((stay) => stay.session !== session).length >= most) {
    effects.refuse({ gateway, session, request }, "session_limit", { most });
    return false;
  }
  // A game's own connection stands beside the presence: only idme competes with idme.
  if (means !== "idme" || rules.sessions === "many") return true;
  const others = user.stays.filter((stay) => stay.means === "idme");
  if (rules.sessions === "refuse" && others.some(isOpen)) {
    effects.refuse({ gateway, session, request }, "session_refused");
    return false;
  }
  for (const other of others) dismiss(user, other, "session_replaced", scene);
  return true;
}

function depart(user: User, stay: Stay, how: "left" | "lost", scene: Scene): void {
  const { now, rules } = scene;
  if (how === "left" || stay.secret === undefined) return end(user, stay, scene);
  close(stay, scene);
  stay.partedUntil = now + rules.resumeMs;
  scene.due.add(stay.partedUntil, user.id);
  mark(user, scene);
}

/** Who is gone already is told nothing. */
function dismiss(user: User, stay: Stay, code: Code, scene: Scene): void {
  const { gateway, session } = stay;
  if (isOpen(stay)) scene.effects.tellSession(gateway, session, { on: "ended", code });
  end(user, stay, scene);
}

function end(user: User, stay: Stay, scene: Scene): void {
  close(stay, scene);
  user.stays = user.stays.filter((it) => it !== stay);
  mark(user, scene);
  const { session } = stay;
  for (const room of stay.rooms) letGo(scene.effects, { room, session, why: undefined });
}

/** Its connection counts no longer. */
function close(stay: Stay, { tallies }: Scene): void {
  if (isOpen(stay)) tallies.remove("sessions", stay.gateway, stay.session);
}
