/** Created rooms: what may be asked of them, and what follows from it. */
import type { RoomId } from "@roundhouse/kernel";
import { adjust, setAdmin } from "./adjusting.ts";
import { askerOf } from "./answers.ts";
import { type Case, done, type Of, refuse } from "./case.ts";
import type { CharterAsked, CharterCommand } from "./charter-command.ts";
import { isCreated, recordOf } from "./created.ts";
import { arrive, create, enter } from "./entering.ts";
import { answerEntry } from "./entry-requests.ts";
import { outlive } from "./membership.ts";
import { meetRoom } from "./needs.ts";
import { roomKey } from "./record.ts";
import { bar, expel, removeMember, removeRoom } from "./removal.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";
import { say } from "./words.ts";

export function decideCharter(state: ShardState, command: CharterCommand, scene: Scene): void {
  scene.visited.push(command.room);
  const place = { state, scene };
  if (command.on !== "expel") outlive(state, command, scene);
  switch (command.on) {
    case "create":
      return create(state, command, scene);
    case "say":
      return say(state, command, scene);
    case "arrive":
      return arrive(state, command, scene);
    case "expel":
      return expel(state, command, scene);
    case "enter":
      return whereCreated(place, command, enter);
    case "answerEntry":
      return whereCreated(place, command, answerEntry);
    case "removeMember":
      return whereCreated(place, command, removeMember);
    case "bar":
      return whereCreated(place, command, bar);
    case "setAdmin":
      return whereCreated(place, command, setAdmin);
    case "removeRoom":
      return whereCreated(place, command, removeRoom);
    case "adjust":
      return whereCreated(place, command, adjust);
    case "describeRoom":
      return whereCreated(place, command, describe);
  }
}

/** After a batch: what changed is written, and a room where nobody sits leaves memory. */
export function leaveAlone(state: ShardState, id: RoomId, { effects }: Scene): void {
  const room = state.rooms.get(id);
  if (room === undefined) return;
  const isDeserted = room.seats.size === 0;
  if (isCreated(room) && (room.charter.isChanged || (isDeserted && room.charter.seq < room.seq))) {
    effects.records.set(roomKey(id), recordOf(room));
    room.charter.seq = room.seq;
    room.charter.isChanged = false;
  }
  if (isDeserted) state.rooms.delete(id);
}

/** Whatever takes a room that somebody created. */
function whereCreated<Command extends CharterAsked>(
  { state, scene }: Place,
  command: Command,
  decide: (it: Case<Command>) => void,
): void {
  const asker = askerOf(command, scene);
  const room = meetRoom(state, command.room);
  if (isCreated(room)) decide({ state, room, command, asker, scene });
  else if (command.on === "removeMember" || command.on === "setAdmin") {
    // That there is nobody of that name comes before it, and only that name's shard knows.
    const asked = { on: "vouch", user: command.subject, room: command.room, asker } as const;
    scene.effects.send(command.subject, { ...asked, otherwise: "room_unknown" });
  } else refuse({ asker, command, scene }, "room_unknown");
}

type Place = { readonly state: ShardState; readonly scene: Scene };

/** An operator reads it in the store; a session is told. */
function describe({ room, asker, scene }: Case<Of<"describeRoom">>): void {
  const { session, gateway, request } = asker;
  if (session === undefined) return done({ asker, scene });
  const { title, description, owner, access, members } = room.charter;
  const seen = { id: room.id, title, description, owner, access, members: members.size };
  scene.effects.tellSession(gateway, session, { on: "described", room: seen, request });
}
