/** Whom we know and so watch: friends, and mates in the room; and what the server knows of that. */
import type { Status } from "../wire/message.ts";
import {
  difference,
  emptyRoster,
  hear,
  type Roster,
  unheard,
  watched,
  withFriend,
  withoutFriend,
} from "./roster.ts";

export type Company = {
  roster(): Roster;
  /** A guest's friends are the page's own business. */
  add(id: string): void;
  remove(id: string): void;
  /** An account's friends are what the server says. */
  setFriends(ids: ReadonlySet<string>): void;
  setMates(ids: readonly string[]): void;
  hear(statuses: ReadonlyMap<string, Status>): void;
  /** Introduced: from now on the server can be told whom we watch. */
  begin(): void;
  /** The connection is gone: nothing is known any more. */
  end(): void;
};

type Deeds = {
  readonly self: () => string;
  readonly send: (command: string, data: unknown) => void;
  readonly changed: () => void;
  /** A friend's status is another now. */
  readonly announce: (words: string) => void;
};

export function openCompany(first: readonly string[], deeds: Deeds): Company {
  const { self, send, changed, announce } = deeds;
  let roster: Roster = { ...emptyRoster, friends: new Set(first) };
  let told: ReadonlySet<string> | undefined; // Whom the server knows that we watch.

  function become(next: Roster): void {
    roster = next;
    changed();
    if (told === undefined) return;
    const now = watched(self(), roster);
    const { subscribe, unsubscribe } = difference(told, now);
    told = now;
    if (subscribe.length > 0) send("subscribe", subscribe);
    if (unsubscribe.length > 0) send("unsubscribe", unsubscribe);
  }

  return {
    roster: () => roster,
    add: (id) => become(withFriend(roster, id)),
    remove: (id) => become(withoutFriend(roster, id)),
    setFriends: (friends) => become({ ...roster, friends }),
    setMates(ids) {
      const isSame = ids.length === roster.mates.size && ids.every((id) => roster.mates.has(id));
      if (!isSame) become({ ...roster, mates: new Set(ids) });
    },
    hear(statuses) {
      const before = roster.statuses;
      roster = hear(roster, statuses);
      for (const [id, status] of statuses) {
        const isNews = before.has(id) && before.get(id) !== status && roster.friends.has(id);
        if (isNews) announce(`${id} is ${status}`);
      }
      changed();
    },
    begin() {
      told = new Set();
      become(roster);
    },
    end() {
      told = undefined;
      become(unheard(roster));
    },
  };
}
