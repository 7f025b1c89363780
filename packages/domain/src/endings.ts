/** How a user's sessions end, and what that leaves behind. */
import type { Code } from "@roundhouse/kernel";
import { letGo } from "./bonds.ts";
import { discard, gotBy } from "./mailbox.ts";
import { announce } from "./presence.ts";
import { seenKey } from "./record.ts";
import type { Scene } from "./scene.ts";
import { isOpen, mark, type Stay, type User } from "./user.ts";

/** `left`: said goodbye. `lost`: the connection broke; a resumable session stays. */
export function depart(user: User, stay: Stay, how: "left" | "lost", scene: Scene): void {
  const { now, rules } = scene;
  if (how === "left" || stay.secret === undefined) return end(user, stay, scene);
  close(stay, scene);
  stay.partedUntil = now + rules.resumeMs;
  scene.due.add(stay.partedUntil, user.id);
  mark(user, scene);
}

/** Whoever is here without a proof has to go: the name is somebody's now. */
export function dismissUnproven(user: User, scene: Scene): void {
  dismissAll(
    user,
    user.stays.filter(({ proven }) => !proven),
    "token_missing",
    scene,
  );
}

export function dismissAll(user: User, stays: readonly Stay[], code: Code, scene: Scene): void {
  for (const stay of stays) dismiss(user, stay, code, scene);
  announce(user, scene);
}

/** Who is gone already is told nothing. */
export function dismiss(user: User, stay: Stay, code: Code, scene: Scene): void {
  const { gateway, session } = stay;
  if (isOpen(stay)) scene.effects.tellSession(gateway, session, { on: "ended", code });
  end(user, stay, scene);
}

/** With the last open one of an account's sessions it has logged off. */
export function end(user: User, stay: Stay, scene: Scene): void {
  const { effects, now } = scene;
  close(stay, scene);
  user.stays = user.stays.filter((it) => it !== stay);
  discard(user, gotBy(user, stay), scene);
  if (stay.isRegistered && !user.stays.some(isOpen))
    effects.records.set(seenKey(user.id), { at: now });
  mark(user, scene);
  const { session } = stay;
  for (const room of stay.rooms) letGo(effects, { room, session, why: undefined });
}

/** Its connection counts no longer. */
export function close(stay: Stay, { tallies }: Scene): void {
  if (isOpen(stay)) tallies.remove("sessions", stay.gateway, stay.session);
}
