/** Words of its rooms that one connection has perhaps not got: the last of them, bounded. */
import type { Born, RoomEvent } from "@roundhouse/domain";
import type { Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";

type Said = Extract<RoomEvent, { on: "said" }>;

/** They become a notice only if they are given back: most of them never are. */
export type Telling = {
  readonly at: Millis;
  readonly told: { readonly room: RoomId; readonly said: Said };
  readonly length: number;
  /** Told behind the peer's last word: perhaps it listens yet, perhaps it is gone. */
  readonly isLate: boolean;
};

/** Whom it was told. The connection may go on as somebody else before it says anything. */
export type Owner = {
  readonly user: UserId;
  readonly home: number;
  readonly session: SessionId;
  readonly born: Born;
};

export class Tellings {
  owner: Owner | undefined = undefined;
  readonly #tellings: Telling[] = [];
  #length = 0;
  #isLate = false;

  add(owner: Owner, told: Telling["told"], at: Millis): void {
    if (this.owner?.session !== owner.session) this.take("all", 0);
    this.owner = owner;
    const length = lengthOf(told);
    this.#tellings.push({ at, told, length, isLate: this.#isLate });
    this.#length += length;
    while (this.#tellings.length > TELLINGS_MAX || this.#length > LENGTH_MAX) this.#shift();
  }

  /** The peer says something: it has what was told a while before. */
  heard(now: Millis): void {
    if (this.#isLate) return;
    for (;;) {
      const [first] = this.#tellings;
      if (first === undefined || first.at > now - UNDERWAY_MS) return;
      this.#shift();
    }
  }

  /** The peer has said its last word. */
  end(): void {
    this.#isLate = true;
  }

  /** All that it may lack, or what came behind its last word. */
  take(which: "all" | "late", since: Millis): readonly Telling[] {
    this.#length = 0;
    return this.#tellings.splice(0).filter(({ at, isLate }) => {
      return isLate || (which === "all" && at >= since);
    });
  }

  #shift(): void {
    this.#length -= this.#tellings.shift()?.length ?? 0;
  }
}

const lengthOf = ({ said }: Telling["told"]): number => PLAIN_LENGTH + said.text.length;

const TELLINGS_MAX = 64;
const LENGTH_MAX = 65_536;
/** What a notice weighs without its text, about. */
const PLAIN_LENGTH = 100;
/** Longer than a message is on its way between living peers. */
const UNDERWAY_MS = 5_000;
