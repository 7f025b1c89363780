/**
 * Who resumed a session asks each of its rooms what it missed, and hears nothing of the room before
 * the answer, nor says anything there: its seat may still be on the way. So the question must arrive:
 * it is asked again when an inbox was full, and when the answer may be among frames that were lost.
 */
import type { Command, Told } from "@roundhouse/domain";
import type { RoomId, SessionId } from "@roundhouse/kernel";
import type { Asked, CharterAsked } from "@roundhouse/protocol";
import type { Connection } from "./connection.ts";

export type CatchUp = Extract<Command, { on: "catchUp" }>;
/** What may have to wait for the answer. */
export type Holdable = Asked | CharterAsked;

export type CatchUpsOptions = {
  /** Tells whether the inbox took it. */
  readonly append: (shard: number, command: CatchUp) => boolean;
  /** Of the last resync. */
  readonly round: () => number;
  /** What waited for the answer may be asked now. */
  readonly release: (connection: Connection, command: Holdable) => void;
};

type Question = {
  readonly shard: number;
  readonly command: CatchUp;
  /** Of the last resync before it; undefined: no inbox has taken it yet. */
  readonly round: number | undefined;
  /** What the session asks of the room meanwhile, in order. */
  readonly held: { readonly connection: Connection; readonly command: Holdable }[];
};

export class CatchUps {
  readonly #options: CatchUpsOptions;
  readonly #asked = new Map<SessionId, readonly Question[]>();
  /** Where more than one answer may come, because the question was asked more than once. */
  readonly #surplus = new Map<SessionId, Map<RoomId, number>>();

  constructor(options: CatchUpsOptions) {
    this.#options = options;
  }

  ask(shard: number, command: CatchUp): void {
    const { session } = command;
    const { append, round } = this.#options;
    const before = this.#find(session, command.room);
    if (before?.round !== undefined) this.#expect(session, command.room);
    const held = before?.held ?? [];
    const asked = { shard, command, round: append(shard, command) ? round() : undefined, held };
    this.#asked.set(session, [...this.#others(session, command.room), asked]);
  }

  /** Whether the command waits for the answer, or would have to and finds no room. */
  holds(connection: Connection, command: Holdable): "no" | "held" | "full" {
    if (this.#asked.size === 0) return "no";
    const held = this.#find(connection.session, command.room)?.held;
    if (held === undefined) return "no";
    if (held.length >= HELD_MAX) return "full";
    held.push({ connection, command });
    return "held";
  }

  /** Whether what it missed is still to come; who never heard the room cannot have missed anything. */
  isAwaited(session: SessionId, room: RoomId): boolean {
    return this.#find(session, room)?.command.after !== undefined;
  }

  /** Whether this answers a question that was answered already. */
  isRepeated(session: SessionId, told: Told): boolean {
    if (this.#surplus.size === 0 || told.on !== "replayed" || told.request !== undefined)
      return false;
    const rooms = this.#surplus.get(session);
    const surplus = rooms?.get(told.room) ?? 0;
    if (surplus === 0 || this.#find(session, told.room) !== undefined) return false;
    rooms?.set(told.room, surplus - 1);
    return true;
  }

  /** Something was told: perhaps the answer, or that the seat is given up and nothing is to be missed. */
  told(session: SessionId, told: Told): void {
    if (this.#asked.size === 0) return;
    if (told.on !== "replayed" && told.on !== "refused" && told.on !== "unseated") return;
    const asked = this.#asked.get(session);
    // A refusal is no answer to what no inbox has taken yet: it was meant for something else.
    const isOpen = ({ command, round }: Question): boolean => {
      return command.room !== told.room || (told.on === "refused" && round === undefined);
    };
    const open = asked?.filter(isOpen) ?? [];
    if (open.length > 0) this.#asked.set(session, open);
    else this.#asked.delete(session);
    for (const question of asked ?? []) if (!isOpen(question)) this.#release(question);
  }

  leave(session: SessionId): void {
    const asked = this.#asked.get(session);
    this.#asked.delete(session);
    this.#surplus.delete(session);
    for (const question of asked ?? []) this.#release(question);
  }

  /** Inboxes that were full may take it now. */
  retry(): void {
    for (const { shard, command } of this.#where(({ round }) => round === undefined)) {
      this.ask(shard, command);
    }
  }

  /** A snapshot came: whatever was asked before its resync was answered, in frames that are lost. */
  askAgain(shard: number, round: number): void {
    const isLost = (it: Question): boolean => it.shard === shard && (it.round ?? round) < round;
    for (const { command } of this.#where(isLost)) this.ask(shard, command);
  }

  clear(): void {
    this.#asked.clear();
    this.#surplus.clear();
  }

  #release({ held }: Question): void {
    for (const { connection, command } of held) this.#options.release(connection, command);
  }

  #find(session: SessionId, room: RoomId): Question | undefined {
    return this.#asked.get(session)?.find(({ command }) => command.room === room);
  }

  #expect(session: SessionId, room: RoomId): void {
    const rooms = this.#surplus.get(session) ?? new Map<RoomId, number>();
    this.#surplus.set(session, rooms.set(room, (rooms.get(room) ?? 0) + 1));
  }

  #others(session: SessionId, room: RoomId | undefined): readonly Question[] {
    return this.#asked.get(session)?.filter(({ command }) => command.room !== room) ?? [];
  }

  #where(isMeant: (asked: Question) => boolean): readonly Question[] {
    return [...this.#asked.values()].flat().filter(isMeant);
  }
}

/** So much may be said before the answer; what is more is refused: it must not overtake the rest. */
const HELD_MAX = 64;
