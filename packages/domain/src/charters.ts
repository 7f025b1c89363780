/** Created rooms: what may be asked of them, and what follows from it. */
import type { RoomId } from "@roundhouse/kernel";
import type { CharterCommand } from "./charter-command.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";

export function decideCharter(_state: ShardState, _command: CharterCommand, _scene: Scene): void {}

/** After a batch: a room where nobody sits leaves memory. */
export function leaveAlone(state: ShardState, id: RoomId, _scene: Scene): void {
  const room = state.rooms.get(id);
  if (room !== undefined && room.seats.size === 0) state.rooms.delete(id);
}
