/**
 * What was committed of accounts: messages that were accepted and kept. Each is kept for whom it is for,
 * once, also one that is told at once; and none is thrown away before somebody heard it.
 */
import {
  type Account,
  type Item,
  lastOf,
  type Notice,
  type RoomEvent,
  type Told,
} from "@roundhouse/domain";
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Broken } from "./trace.ts";
import { HALL } from "./truth.ts";

/** A record as a commit found it and left it. */
export type Change = { readonly before: unknown; readonly after: unknown };

/** A private message that was accepted. */
export type Letter = {
  readonly id: number;
  readonly from: UserId;
  readonly to: UserId;
  /** What made its receiver a friend, for its sender. */
  readonly bonds: Bonds;
  /** Whoever it is for was no friend by any of that at some time since: then it may be dropped. */
  isExcused: boolean;
};

type Bonds = readonly number[];
type Records = ReadonlyMap<string, Change>;

export class Registry {
  /** Accepted and not kept so far, by number. */
  readonly underway = new Map<number, Letter>();
  accepted = 0;
  kept = 0;
  /** Who speaks by a session. */
  readonly users = new Map<SessionId, UserId>();
  /** By session and request: whom a private message is for. */
  readonly #asked = new Map<string, { readonly from: UserId; readonly to: UserId }>();
  /** By user and number: it was kept; and it was heard. */
  readonly #given = new Set<string>();
  readonly #heard = new Set<string>();
  /** By created room, the number of its last event. */
  readonly #ends = new Map<RoomId, number>();
  readonly #friends = new Map<UserId, ReadonlyMap<UserId, Bonds>>();

  /** Somebody is about to say a private message. */
  whispers(session: SessionId, request: number, letter: { from: UserId; to: UserId }): void {
    this.#asked.set(`${session} ${request}`, letter);
  }

  /** Somebody heard it, really. */
  hears(user: UserId, notice: Notice): void {
    if (isMessage(notice)) this.#heard.add(`${user} ${notice.id}`);
  }

  commit(items: readonly Item[], records: Records): void {
    for (const item of items) {
      if (item.to === "session") this.#accept(item.session, item.told, records);
      else if (item.to === "room" && item.room.startsWith(HALL)) {
        for (const event of item.events) this.#follow(item.room, event);
      }
    }
    for (const [key, change] of records) {
      const [kind = "", ...rest] = key.split("/");
      if (kind === "mail") this.#mail(rest[1] as UserId, change, records);
    }
    for (const item of items)
      if (item.to === "session") this.#tell(item.session, item.told, records);
    for (const [key, change] of records) {
      if (key.startsWith("account/")) this.#account(key.slice(8) as UserId, change);
    }
  }

  /** A created room goes on when nobody is there; under its name there may be another one after it. */
  #follow(room: RoomId, event: RoomEvent): void {
    const next = (this.#ends.get(room) ?? 0) + 1;
    if (event.seq !== next && event.seq !== 1) {
      throw new Broken("same_order", `${room}: ${event.on} has number ${event.seq}, not ${next}`);
    }
    this.#ends.set(room, lastOf(event));
  }

  #accept(session: SessionId, told: Told, records: Records): void {
    if (told.on !== "sent") return;
    const asked = this.#asked.get(`${session} ${told.request}`);
    if (asked === undefined) return; // Words of a room.
    const bonds = this.#bonds(asked.from, asked.to, records);
    const isExcused = !share(bonds, this.#friends.get(asked.to)?.get(asked.from));
    this.accepted++;
    this.underway.set(told.id, { id: told.id, ...asked, bonds, isExcused });
  }

  /** Nothing is told that is not kept, but to an account that ends at once. */
  #tell(session: SessionId, told: Told, records: Records): void {
    const user = this.users.get(session);
    if (told.on !== "notices" || user === undefined) return;
    if (isOver(records.get(`account/${user}`))) return;
    for (const notice of told.notices) {
      if (!isMessage(notice) || this.#given.has(`${user} ${notice.id}`)) continue;
      throw new Broken("no_loss", `${user} is told ${notice.id}, which is not kept`);
    }
  }

  #mail(user: UserId, { before, after }: Change, records: Records): void {
    if (after !== undefined) {
      this.kept++;
      return this.#give(user, after as Notice);
    }
    const notice = before as Notice | undefined;
    if (notice === undefined || !isMessage(notice) || isOver(records.get(`account/${user}`)))
      return;
    if (this.#heard.has(`${user} ${notice.id}`)) return;
    throw new Broken("no_loss", `${notice.id}, kept for ${user}, is thrown away and was not heard`);
  }

  #give(user: UserId, notice: Notice): void {
    if (!isMessage(notice)) return;
    const key = `${user} ${notice.id}`;
    if (this.#given.has(key)) throw new Broken("no_dup", `${notice.id} is kept for ${user} again`);
    this.#given.add(key);
    if (notice.on === "whispered") this.underway.delete(notice.id);
  }

  /** From before this commit; who became a friend in it is so by what that left. */
  #bonds(from: UserId, to: UserId, records: Records): Bonds {
    const after = records.get(`account/${from}`)?.after as Account | undefined;
    return this.#friends.get(from)?.get(to) ?? friendsIn(after).get(to) ?? [];
  }

  /** Whoever is no friend any more may be deaf to what is on its way. */
  #account(user: UserId, { after }: Change): void {
    const friends = friendsIn(after as Account | undefined);
    for (const letter of this.underway.values()) {
      const isFriend = letter.to !== user || share(letter.bonds, friends.get(letter.from));
      if (!isFriend) letter.isExcused = true;
    }
    this.#friends.set(user, friends);
  }
}

const friendsIn = (account: Account | undefined): ReadonlyMap<UserId, Bonds> => {
  return new Map((account?.friends ?? []).map(({ user, bonds }) => [user, bonds]));
};
const share = (some: Bonds, others: Bonds = []): boolean => some.some((it) => others.includes(it));

const isMessage = (notice: Notice): notice is Extract<Notice, { id: number }> => {
  return notice.on === "whispered" || notice.on === "words";
};

/** The life of a name ended in this commit, perhaps for another one. */
function isOver(change: Change | undefined): boolean {
  const before = change?.before as Account | undefined;
  const after = change?.after as Account | undefined;
  return before !== undefined && before.born !== after?.born;
}
