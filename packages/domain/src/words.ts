/** What is said in a room: heard by all who are there, kept for members who are not. */

import { spend } from "./allowance.ts";
import { answerDone, askerOf } from "./answers.ts";
import { type Of, refuse } from "./case.ts";
import { isMember } from "./charter.ts";
import { isCreated } from "./created.ts";
import { meetRoom } from "./needs.ts";
import { away, notifyAll } from "./notifying.ts";
import { mintMessage } from "./numbers.ts";
import { KEEPING } from "./rules.ts";
import type { Scene } from "./scene.ts";
import { happen, type Room } from "./seats.ts";
import type { ShardState } from "./state.ts";

export function say(state: ShardState, command: Of<"say">, scene: Scene): void {
  const asker = askerOf(command, scene);
  const { session, user, text } = command;
  const room = meetRoom(state, command.room);
  if (room === undefined) return refuse({ asker, command, scene }, "room_unknown");
  const isHere = session !== undefined && room.seats.get(session)?.user === user;
  if (!isHere && !(isCreated(room) && isMember(room.charter, command))) {
    return refuse({ asker, command, scene }, "not_a_member");
  }
  const absent = isCreated(room) ? away(room, user) : NOBODY;
  if (!mayKeep(room, absent.length, scene)) {
    return refuse({ asker, command, scene }, "rate_exceeded");
  }
  const said = { id: mintMessage(state, scene), at: scene.now, from: user, text };
  happen(room, { on: "said", seq: ++room.seq, ...said }, scene);
  notifyAll(absent, { on: "words", room: room.id, ...said }, scene);
  if (session === undefined) return answerDone(asker, scene);
  const { id, at } = said;
  const told = { on: "sent", id, at, kept: absent.length, request: asker.request } as const;
  scene.effects.tellSession(scene.gateway, session, told);
}

/** What is said once is written for each of those who are away: a crowd of them is not spoken to fast. */
function mayKeep(room: Room, notices: number, { now }: Scene): boolean {
  return notices === 0 || !isCreated(room) || spend(room.charter.keeping, notices, KEEPING, now);
}

const NOBODY = [] as const;
