/** Invites: told at once to whoever is there, kept for the next idme of whoever is not. */
import type { UserCommand } from "./command.ts";
import type { Scene } from "./scene.ts";
import { isOpen, keep, type Stay, type User } from "./user.ts";

export function receiveInvite(
  user: User,
  { room, from }: Extract<UserCommand, { on: "invited" }>,
  scene: Scene,
): void {
  const { effects, rules } = scene;
  if (isTooMuch(user, scene)) {
    effects.shed++;
    return;
  }
  const present = user.stays.filter((stay) => stay.means === "idme" && isOpen(stay));
  const told = { on: "invited", room, user: user.id, from } as const;
  for (const { gateway, session } of present) effects.tellSession(gateway, session, told);
  if (present.length > 0) return;
  // The same invite again takes the place of the first: nobody fills another's queue by repeating.
  const others = user.invites.filter((it) => it.room !== room || it.from !== from);
  const invites = [...others, { room, from }];
  user.invites = invites.slice(Math.max(0, invites.length - rules.invitesQueuedMax));
  keep(user, scene);
}

export function deliverInvites(user: User, { gateway, session }: Stay, scene: Scene): void {
  if (user.invites.length === 0) return;
  for (const { room, from } of user.invites) {
    scene.effects.tellSession(gateway, session, { on: "invited", room, user: user.id, from });
  }
  user.invites = [];
  keep(user, scene);
}

/** A full store begins no record for a name that is not here: it could be any name. */
function isTooMuch(user: User, { isFull }: Scene): boolean {
  const { guarded, invites, account, stays } = user;
  const isKept = guarded || invites.length > 0 || account !== undefined;
  return !isKept && stays.length === 0 && isFull();
}
