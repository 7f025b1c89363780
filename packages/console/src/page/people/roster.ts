/** Whom we watch and how they are: friends, mates in the room, ourselves. Pure. */
import type { Status } from "../wire/message.ts";

export type Roster = {
  readonly friends: ReadonlySet<string>;
  readonly mates: ReadonlySet<string>; // Seen in the room; watched so that we hear them leave.
  readonly statuses: ReadonlyMap<string, Status>;
};

export const emptyRoster: Roster = { friends: new Set(), mates: new Set(), statuses: new Map() };

/** Everybody the server should tell us about. */
export function watched(self: string, { friends, mates }: Roster): ReadonlySet<string> {
  return new Set([self, ...friends, ...mates]);
}

/** What to ask of the server when the watched set changes. */
export function difference(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): { readonly subscribe: readonly string[]; readonly unsubscribe: readonly string[] } {
  return {
    subscribe: [...after].filter((id) => !before.has(id)),
    unsubscribe: [...before].filter((id) => !after.has(id)),
  };
}

export function hear(roster: Roster, news: ReadonlyMap<string, Status>): Roster {
  return { ...roster, statuses: new Map([...roster.statuses, ...news]) };
}

/** After a lost connection nothing is known: better no word than an old one. */
export const unheard = (roster: Roster): Roster => ({ ...roster, statuses: new Map() });

export const withFriend = (roster: Roster, id: string): Roster => ({
  ...roster,
  friends: new Set([...roster.friends, id]),
});

export function withoutFriend(roster: Roster, id: string): Roster {
  return { ...roster, friends: new Set([...roster.friends].filter((it) => it !== id)) };
}

/** Presence in words that a stranger to the protocol understands. */
export const WORDS: Readonly<Record<Status | "unknown", string>> = {
  online: "online",
  busy: "busy",
  away: "away",
  offline: "offline",
  unknown: "not known yet",
};
