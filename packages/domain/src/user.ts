/**
 * A user: stays on devices, the status that others see, invites that wait. Changed in place by its
 * shard alone (style, rule 4: one user has thousands of watchers' worth of traffic, not of copies).
 */
import type { Code, GatewayId, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Bond, Means, UserCommand } from "./command.ts";
import type { Effects } from "./effects.ts";
import type { Status, UserFacts } from "./item.ts";
import type { Invite, UserRecord } from "./record.ts";
import type { Scene } from "./scene.ts";

/** A session as its user's shard knows it. */
type Stay = {
  readonly session: SessionId;
  readonly gateway: GatewayId;
  readonly means: Means;
  readonly proven: boolean;
  readonly secret: string | undefined;
  rooms: readonly RoomId[];
  /** When it began. */
  readonly since: Millis;
  /** Set while the connection is lost: until then the session may be resumed. */
  partedUntil: Millis | undefined;
};

export type User = {
  readonly id: UserId;
  /** Made anew when it changes: what grows by a push holds room for seventeen. */
  stays: readonly Stay[];
  away: boolean;
  /** What watchers were last told. */
  status: Status;
  /** Until then nobody is told that the last connection is gone. */
  graceUntil: Millis;
  guarded: boolean;
  invites: readonly Invite[];
};

export const openUser = (id: UserId, record: UserRecord | undefined): User => ({
  id,
  stays: [],
  away: false,
  status: "offline",
  graceUntil: 0,
  guarded: record?.guarded ?? false,
  invites: record?.invites ?? [],
});

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
    rooms,
    since: former?.since ?? scene.now,
    partedUntil: undefined,
  };
  user.stays = user.stays.filter((it) => it !== former).concat(stay);
  if (former !== undefined && former !== same && isOpen(former)) {
    effects.tellSession(former.gateway, former.session, { on: "ended", code: "session_resumed" });
  }
  const resumed =
    former && former !== same ? { was: former.session, rooms: [...rooms] } : undefined;
  // The seats move at once: the new connection may be lost before it can ask for them.
  for (const room of resumed?.rooms ?? []) {
    const was = resumed?.was ?? session;
    effects.send(room, { on: "reseat", room, user: user.id, session, was, gateway });
  }
  effects.tellSession(gateway, session, { on: "attached", user: user.id, resumed, request });
  if (means === "idme") deliverInvites(user, stay, effects);
  announce(user, scene);
}

export function detach(user: User, { session, how }: Of<"detach">, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay === undefined) return; // It was replaced, or had been told to end.
  depart(user, stay, how, scene);
  settle(user, scene);
}

/** The gateway died: the connections that it served are lost. */
export function loseGateway(user: User, scene: Scene): void {
  const lost = user.stays.filter((stay) => {
    return stay.gateway === scene.gateway && stay.partedUntil === undefined;
  });
  if (lost.length === 0) return;
  for (const stay of lost) depart(user, stay, "lost", scene);
  settle(user, scene);
}

/** Something may be due: resume windows that closed, a grace that ended. */
export function remind(user: User, scene: Scene): void {
  for (const stay of user.stays) {
    if (stay.partedUntil !== undefined && stay.partedUntil <= scene.now) end(user, stay, scene);
  }
  announce(user, scene);
}

export function setAway(user: User, { session, away }: Of<"status">, scene: Scene): void {
  if (!user.stays.some((stay) => stay.session === session)) return;
  user.away = away;
  announce(user, scene);
}

export function bind(user: User, { session, room }: Bond, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay === undefined) return letGo(scene.effects, { room, session, why: undefined });
  if (stay.rooms.includes(room)) return;
  if (countWith(user, room) > scene.rules.roomsPerUserMax) {
    return letGo(scene.effects, { room, session, why: "rooms_limit" });
  }
  stay.rooms = stay.rooms.concat(room);
  announce(user, scene);
}

/** The user's shard knows who is still there: a seat without a stay is given up. */
export function letGo(effects: Effects, seat: SeatOver): void {
  effects.send(seat.room, { on: "unseat", ...seat });
}

export function unbind(user: User, { session, room }: Bond, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay === undefined || !stay.rooms.includes(room)) return;
  stay.rooms = stay.rooms.filter((it) => it !== room);
  announce(user, scene);
}

export function receiveInvite(user: User, { room, from }: Of<"invited">, scene: Scene): void {
  const { effects, rules } = scene;
  const present = user.stays.filter((stay) => stay.means === "idme" && isOpen(stay));
  const told = { on: "invited", room, user: user.id, from } as const;
  for (const { gateway, session } of present) effects.tellSession(gateway, session, told);
  if (present.length > 0) return;
  // The same invite again takes the place of the first: nobody fills another's queue by repeating.
  const others = user.invites.filter((it) => it.room !== room || it.from !== from);
  const invites = [...others, { room, from }];
  user.invites = invites.slice(Math.max(0, invites.length - rules.invitesQueuedMax));
  keep(user, effects);
}

export function guard(user: User, guarded: boolean, scene: Scene): void {
  user.guarded = guarded;
  keep(user, scene.effects);
  if (!guarded) return;
  for (const stay of user.stays.filter((it) => !it.proven)) {
    dismiss(user, stay, "token_missing", scene);
  }
  announce(user, scene);
}

/** Nobody needs it in memory: what must last is in its record. */
export const isForgettable = (user: User): boolean => {
  return user.stays.length === 0 && user.status === "offline";
};

export const userFacts = (user: User): UserFacts => ({
  user: user.id,
  status: user.status,
  guarded: user.guarded,
  invites: user.invites.length,
  sessions: user.stays.map((stay) => {
    const { session: id, gateway, since, rooms } = stay;
    return { id, gateway, since, connected: isOpen(stay), rooms: [...rooms] };
  }),
});

type Of<On extends UserCommand["on"]> = Extract<UserCommand, { on: On }>;
type SeatOver = {
  readonly room: RoomId;
  readonly session: SessionId;
  readonly why: Code | undefined;
};

const isOpen = (stay: Stay): boolean => stay.partedUntil === undefined;

/** How many rooms the user is in with this one, each counted once over all devices. */
function countWith({ stays }: User, room: RoomId): number {
  const [only] = stays;
  if (stays.length === 1 && only !== undefined) return only.rooms.length + 1;
  return new Set(stays.flatMap((stay) => stay.rooms)).add(room).size;
}

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
  stay.partedUntil = now + rules.resumeMs;
  scene.due.add(stay.partedUntil, user.id);
}

/** After connections went: grace begins with the last of them. */
function settle(user: User, scene: Scene): void {
  const { now, rules } = scene;
  if (rules.presenceGraceMs > 0 && !user.stays.some(isOpen)) {
    user.graceUntil = now + rules.presenceGraceMs;
    scene.due.add(user.graceUntil, user.id);
  }
  announce(user, scene);
}

function dismiss(user: User, stay: Stay, code: Code, scene: Scene): void {
  scene.effects.tellSession(stay.gateway, stay.session, { on: "ended", code });
  end(user, stay, scene);
}

function end(user: User, stay: Stay, { effects }: Scene): void {
  user.stays = user.stays.filter((it) => it !== stay);
  const { session } = stay;
  for (const room of stay.rooms) letGo(effects, { room, session, why: undefined });
}

/** Tells the watchers, once per real transition. */
function announce(user: User, { effects, now, watchers }: Scene): void {
  const status = statusOf(user, now);
  if (status === "offline") user.away = false;
  if (status === user.status) return;
  user.status = status;
  const told = watchers.get(user.id);
  if (told !== undefined) effects.tell(told, { to: "watchers", user: user.id, status });
}

function statusOf(user: User, now: Millis): Status {
  if (!user.stays.some(isOpen)) return now < user.graceUntil ? user.status : "offline";
  if (user.away) return "away"; // The user's own word is stronger than what we conclude.
  return user.stays.some((stay) => stay.rooms.length > 0) ? "busy" : "online";
}

function deliverInvites(user: User, { gateway, session }: Stay, effects: Effects): void {
  if (user.invites.length === 0) return;
  for (const { room, from } of user.invites) {
    effects.tellSession(gateway, session, { on: "invited", room, user: user.id, from });
  }
  user.invites = [];
  keep(user, effects);
}

function keep({ id, guarded, invites }: User, effects: Effects): void {
  const isPlain = !guarded && invites.length === 0;
  effects.records.set(id, isPlain ? undefined : { guarded, invites });
}
