/** The status of a user as others see it: the sum of all sessions, told once per real transition. */
import type { Millis } from "@roundhouse/kernel";
import type { UserCommand } from "./command.ts";
import type { Status } from "./item.ts";
import type { Scene } from "./scene.ts";
import { isOpen, mark, type Stay, type User } from "./user.ts";

export function setAway(
  user: User,
  { session, away }: Extract<UserCommand, { on: "status" }>,
  scene: Scene,
): void {
  if (!user.stays.some((stay) => stay.session === session)) return;
  user.away = away;
  mark(user, scene);
  announce(user, scene);
}

/** After connections went: grace begins with the last of them. */
export function settle(user: User, scene: Scene): void {
  const { now, rules } = scene;
  if (rules.presenceGraceMs > 0 && !user.stays.some(isOpen)) {
    user.graceUntil = now + rules.presenceGraceMs;
    scene.due.add(user.graceUntil, user.id);
  }
  announce(user, scene);
}

/** Tells the watchers, once per real transition. */
export function announce(user: User, scene: Scene): void {
  const status = statusOf(user, scene.now);
  if (status === "offline") user.away = false;
  if (status === user.status) return;
  user.status = status;
  mark(user, scene);
  const told = scene.watchers.get(user.id);
  if (told !== undefined) scene.effects.tell(told, { to: "watchers", user: user.id, status });
}

function statusOf(user: User, now: Millis): Status {
  if (!user.stays.some(isOpen)) return now < user.graceUntil ? user.status : "offline";
  if (user.away) return "away"; // The user's own word is stronger than what we conclude.
  return user.stays.some(isBusy) ? "busy" : "online";
}

/** Membership is no game: who logged in sits in all its rooms, and is there for others. */
const isBusy = ({ means, rooms }: Stay): boolean => means !== "account" && rooms.length > 0;
