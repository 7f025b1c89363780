/** Members of a created room who are told something personally, here or not. */
import type { UserId } from "@roundhouse/kernel";
import type { Created } from "./created.ts";
import type { Notice } from "./notice.ts";
import type { Scene } from "./scene.ts";

export function notify(room: Created, user: UserId, notice: Notice, { effects }: Scene): void {
  const born = room.charter.members.get(user);
  if (born !== undefined) effects.send(user, { on: "notify", user, born, notice });
}

/** What the room was told: the members of whom no seat heard it find it when they come. */
export function notifyAway(room: Created, but: UserId, notice: Notice, scene: Scene): void {
  const { charter, seats } = room;
  const here = new Set<UserId>([but]);
  for (const { user, isParted } of seats.values()) if (!isParted) here.add(user);
  for (const user of charter.members.keys()) if (!here.has(user)) notify(room, user, notice, scene);
}
