/**
 * Who asked what it missed in a room and has no answer yet: if frames are lost the answer may be among
 * them, and only who asks again hears everything after its own last number.
 */
import type { Command, Told } from "@roundhouse/domain";
import type { RoomId, SessionId } from "@roundhouse/kernel";

export type CatchUp = Extract<Command, { on: "catchUp" }>;
type Asked = { readonly shard: number; readonly round: number; readonly command: CatchUp };

export class CatchUps {
  readonly #asked = new Map<SessionId, Asked[]>();

  /** `round`: of the last resync before it. */
  ask(asked: Asked): void {
    const { session } = asked.command;
    const known = this.#asked.get(session);
    if (known === undefined) this.#asked.set(session, [asked]);
    else known.push(asked);
  }

  isAsked(session: SessionId, room: RoomId): boolean {
    return this.#asked.get(session)?.some(({ command }) => command.room === room) ?? false;
  }

  /** Something was told: perhaps the answer. */
  told(session: SessionId, told: Told): void {
    if (this.#asked.size === 0) return;
    if (told.on === "replayed" || told.on === "refused") this.#end(session, told.room);
  }

  leave(session: SessionId): void {
    this.#asked.delete(session);
  }

  /** Takes out those whose answers were on their way before a resync of that round. */
  takeLost(shard: number, round: number): readonly CatchUp[] {
    const lost: CatchUp[] = [];
    for (const [session, asked] of this.#asked) {
      const mine = asked.filter((it) => it.shard === shard && it.round < round);
      for (const { command } of mine) {
        lost.push(command);
        this.#end(session, command.room);
      }
    }
    return lost;
  }

  clear(): void {
    this.#asked.clear();
  }

  #end(session: SessionId, room: RoomId | undefined): void {
    const others = this.#asked.get(session)?.filter(({ command }) => command.room !== room) ?? [];
    if (others.length > 0) this.#asked.set(session, others);
    else this.#asked.delete(session);
  }
}
