/** Private messages, and what waits for a user. */

import { askAbout, isFriend } from "./friends.ts";
import { discard, haveGot, read, receive } from "./mailbox.ts";
import type { Notice } from "./notice.ts";
import { mintFor } from "./numbers.ts";
import type { Of, Own } from "./own.ts";
import type { Scene } from "./scene.ts";
import type { User } from "./user.ts";

export function whisper(own: Own, { friend, text }: Of<"whisper">): void {
  const { user, account, stay, scene, asker } = own;
  if (stay === undefined) return;
  if (!isFriend(account, friend)) return askAbout(friend, own);
  const { effects, gateway, now: at } = scene;
  const id = mintFor(scene.shard, scene);
  const notice: Notice = { on: "whispered", id, at, from: user.id, text };
  effects.send(friend, { on: "notify", user: friend, notice });
  effects.tellSession(gateway, stay.session, { on: "sent", id, at, request: asker.request });
}

/** A friend of an account that ended is no friend of whoever has that name now. */
export function notify(user: User, { born, notice }: Of<"notify">, scene: Scene): void {
  const { account } = user;
  if (account === undefined || (born !== undefined && born !== account.born)) return;
  if (notice.on === "whispered" && !isFriend(account, notice.from)) return;
  receive(user, notice, scene);
}

/** The messages among what this session was told when it began; now it has all of that. */
export function tellMail({ user, stay, scene, asker }: Own): void {
  if (stay === undefined) return;
  const kept = read(user, { until: stay.mailUntil }, scene);
  const notices = kept.filter(({ on }) => on === "whispered" || on === "words");
  discard(user, stay.mailUntil, scene);
  const { session } = stay;
  const { request } = asker;
  scene.effects.tellSession(scene.gateway, session, { on: "mail", notices, request });
}

/** The client has what was told when its session began: it stays only for who fetches it. */
export function heed(user: User, { session }: Of<"heed">, scene: Scene): void {
  const stay = user.stays.find((it) => it.session === session);
  if (stay !== undefined) haveGot(user, stay.mailUntil, scene); // Nobody waits for an answer.
}
