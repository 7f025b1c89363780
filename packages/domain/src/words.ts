/** What is said in a room: heard by all who are there, kept for members who are not. */
import { answerDone, askerOf } from "./answers.ts";
import { type Of, refuse } from "./case.ts";
import { isMember } from "./charter.ts";
import { isCreated } from "./created.ts";
import { meetRoom } from "./needs.ts";
import { notifyAway } from "./notifying.ts";
import { mintFor } from "./numbers.ts";
import type { Scene } from "./scene.ts";
import { happen } from "./seats.ts";
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
  const said = { id: mintFor(state, scene), at: scene.now, from: user, text };
  happen(room, { on: "said", seq: ++room.seq, ...said }, scene);
  if (isCreated(room)) notifyAway(room, user, { on: "words", room: room.id, ...said }, scene);
  if (session === undefined) return answerDone(asker, scene);
  const { id, at } = said;
  scene.effects.tellSession(scene.gateway, session, { on: "sent", id, at, request: asker.request });
}
