/**
 * Who resumed a session asks each of its rooms what it missed, and hears nothing of the room before
 * the answer. So the question must arrive: it is asked again when an inbox was full, and when the
 * answer may be among frames that were lost.
 */
import type { Command, Told } from "@roundhouse/domain";
import type { RoomId, SessionId } from "@roundhouse/kernel";

export type CatchUp = Extract<Command, { on: "catchUp" }>;

export type CatchUpsOptions = {
  /** Tells whether the inbox took it. */
  readonly append: (shard: number, command: CatchUp) => boolean;
  /** Of the last resync. */
  readonly round: () => number;
};

type Asked = {
  readonly shard: number;
  readonly command: CatchUp;
  /** Of the last resync before it; undefined: no inbox has taken it yet. */
  readonly round: number | undefined;
};

export class CatchUps {
  readonly #options: CatchUpsOptions;
  readonly #asked = new Map<SessionId, readonly Asked[]>();

  constructor(options: CatchUpsOptions) {
    this.#options = options;
  }

  ask(shard: number, command: CatchUp): void {
    const { session } = command;
    const { append, round } = this.#options;
    const asked = { shard, command, round: append(shard, command) ? round() : undefined };
    this.#asked.set(session, [...this.#others(session, command.room), asked]);
  }

  /** Whether what it missed is still to come; who never heard the room cannot have missed anything. */
  isAwaited(session: SessionId, room: RoomId): boolean {
    const isMeant = ({ command }: Asked) => command.room === room && command.after !== undefined;
    return this.#asked.get(session)?.some(isMeant) ?? false;
  }

  /** Something was told: perhaps the answer. */
  told(session: SessionId, told: Told): void {
    if (this.#asked.size === 0) return;
    if (told.on !== "replayed" && told.on !== "refused") return;
    const asked = this.#asked.get(session);
    // A refusal is no answer to what no inbox has taken yet: it was meant for something else.
    const isOpen = ({ command, round }: Asked): boolean => {
      return command.room !== told.room || (told.on === "refused" && round === undefined);
    };
    const open = asked?.filter(isOpen) ?? [];
    if (open.length > 0) this.#asked.set(session, open);
    else this.#asked.delete(session);
  }

  leave(session: SessionId): void {
    this.#asked.delete(session);
  }

  /** Inboxes that were full may take it now. */
  retry(): void {
    for (const { shard, command } of this.#where(({ round }) => round === undefined)) {
      this.ask(shard, command);
    }
  }

  /** A snapshot came: whatever was asked before its resync was answered, in frames that are lost. */
  askAgain(shard: number, round: number): void {
    const isLost = (it: Asked): boolean => it.shard === shard && (it.round ?? round) < round;
    for (const { command } of this.#where(isLost)) this.ask(shard, command);
  }

  clear(): void {
    this.#asked.clear();
  }

  #others(session: SessionId, room: RoomId | undefined): readonly Asked[] {
    return this.#asked.get(session)?.filter(({ command }) => command.room !== room) ?? [];
  }

  #where(isMeant: (asked: Asked) => boolean): readonly Asked[] {
    return [...this.#asked.values()].flat().filter(isMeant);
  }
}
