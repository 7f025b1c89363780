/**
 * What rooms said under an owner before this one: kept by the ledger for a while, recalled when a
 * command asks for events that a restored room has not seen itself.
 */
import type { Millis, RoomId } from "@roundhouse/kernel";
import type { Command } from "./command.ts";
import { type Dated, lastOf } from "./history.ts";
import type { Item } from "./item.ts";
import type { ShardState } from "./state.ts";

export type PastItem = { readonly at: Millis; readonly item: Item };

/** Whether the past should be recalled before the command is decided. */
export function needsPast(state: ShardState, command: Command): boolean {
  switch (command.on) {
    case "catchUp":
    case "history":
      return reachesBack(state, command.room, command.after);
    case "part":
      return reachesBack(state, command.room, command.after);
    case "resync":
      return command.rooms.some(({ room, after }) => reachesBack(state, room, after));
    default:
      return false;
  }
}

/** Takes the past into the rooms' histories; rooms that are gone or have no past are left alone. */
export function remember(state: ShardState, past: readonly PastItem[]): void {
  const events = lastLives(state, past);
  for (const room of state.rooms.values()) {
    if (!room.isYoung) continue;
    room.isYoung = false;
    const first = room.history.first ?? room.seq + 1;
    room.history.prepend(endingBefore(first, events.get(room.id) ?? []), state.rules);
  }
}

function reachesBack({ rooms }: ShardState, id: RoomId, after: number | undefined): boolean {
  const room = rooms.get(id);
  if (room === undefined || !room.isYoung || after === undefined) return false;
  return after < (room.history.first ?? room.seq + 1) - 1;
}

/** The events of each young room, without gap and repetition: a room may have lived several times. */
function lastLives(state: ShardState, past: readonly PastItem[]): Map<RoomId, Dated[]> {
  const lives = new Map<RoomId, Dated[]>();
  for (const { at, item } of past) {
    if (item.to !== "room" || state.rooms.get(item.room)?.isYoung !== true) continue;
    let life = lives.get(item.room) ?? [];
    for (const event of item.events) {
      const last = life.at(-1);
      const next = last === undefined ? event.seq : lastOf(last.event) + 1;
      if (event.seq !== 1 && event.seq < next) continue; // Known already.
      if (event.seq !== next) life = []; // A new life, or a hole: what was before cannot be used.
      life.push({ at, event });
    }
    lives.set(item.room, life);
  }
  return lives;
}

/** Those that lead up to an event without a hole; none if the one just before it is missing. */
function endingBefore(seq: number, events: readonly Dated[]): readonly Dated[] {
  const older = events.filter(({ event }) => event.seq < seq);
  const last = older.at(-1);
  return last !== undefined && lastOf(last.event) === seq - 1 ? older : [];
}
