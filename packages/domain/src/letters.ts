/** Private messages, and what waits for a user. */

import type { NotifyAll } from "./account-command.ts";
import { askAbout, bondsWith } from "./friends.ts";
import { discard, haveGot, read, receive } from "./mailbox.ts";
import { meet } from "./needs.ts";
import type { Notice } from "./notice.ts";
import { mintMessage } from "./numbers.ts";
import type { Of, Own } from "./own.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";
import type { User } from "./user.ts";

export function whisper(own: Own, { friend, text }: Of<"whisper">): void {
  const { user, account, stay, scene, asker } = own;
  if (stay === undefined) return;
  const bonds = bondsWith(account, friend);
  if (bonds.length === 0) return askAbout(friend, own);
  const { effects, gateway, now: at } = scene;
  const id = mintMessage(scene.shard, scene);
  const notice: Notice = { on: "whispered", id, at, from: user.id, text };
  effects.send(friend, { on: "notify", user: friend, bonds, notice });
  effects.tellSession(gateway, stay.session, { on: "sent", id, at, request: asker.request });
}

/**
 * A friend of an account that ended is no friend of whoever has that name now. If that one became a
 * friend of the sender too, then in another friendship than the one in which it was said.
 */
export function notify(user: User, command: Of<"notify">, scene: Scene): void {
  const { account } = user;
  const { born, bonds = [], notice } = command;
  if (account === undefined || (born !== undefined && born !== account.born)) return;
  if (notice.on === "whispered") {
    const present = bondsWith(account, notice.from);
    if (!present.some((bond) => bonds.includes(bond))) return;
  }
  receive(user, notice, scene);
}

/** The same for several users of this shard. */
export function notifyAll(state: ShardState, { users, notice }: NotifyAll, scene: Scene): void {
  for (const [id, born] of users) {
    const user = meet(state, id);
    if (user === undefined) continue;
    scene.touched.push(id);
    notify(user, { on: "notify", user: id, born, notice }, scene);
  }
}

/** The messages among what waited when this session began; now it has all of that. */
export function tellMail({ user, stay, scene, asker }: Own): void {
  if (stay === undefined) return;
  const kept = read(user, { until: stay.waitedUntil }, scene);
  const notices = kept.filter(({ on }) => on === "whispered" || on === "words");
  discard(user, stay.waitedUntil, scene);
  const { session } = stay;
  const { request } = asker;
  scene.effects.tellSession(scene.gateway, session, { on: "mail", notices, request });
}

/** Nobody waits for an answer. */
export function heed(user: User, { session, until }: Of<"heed">, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay === undefined) return; // Whoever came in its place was told all of it again.
  haveGot(user, Math.min(until ?? stay.waitedUntil, stay.mailUntil), scene);
}
