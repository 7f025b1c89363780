/** What was said, in rooms and between friends, as far as this tab heard it. Pure. */

/** A room by its name, or a friend. */
export type Place =
  | { readonly in: "room"; readonly channel: string }
  | { readonly in: "private"; readonly friend: string };

export type Line = {
  readonly place: Place;
  readonly from: string;
  readonly text: string;
  readonly at: number;
  /** It waited while its reader was away. */
  readonly kept: boolean;
};

export type Talk = readonly Line[];

/** The oldest lines make room. */
export const withLine = (talk: Talk, line: Line): Talk => [...talk.slice(1 - LINES_MAX), line];

export const LINES_MAX = 200;

/** Who says it to whom, for a reader called `self`. */
export function headOf({ from, place, kept }: Line, self: string): string {
  const who = from === self ? "you" : from;
  const whom =
    place.in === "private" ? privateWords(place.friend, from === self) : `in ${place.channel}`;
  return `${who} ${whom}${kept ? ", while you were away" : ""}`;
}

const privateWords = (friend: string, isMine: boolean): string => {
  return isMine ? `to ${friend}` : "to you";
};

/** The words of a game action that carries nothing else: how version 1 says them. */
export function wordsIn(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || Object.keys(data).length !== 1) return undefined;
  return "text" in data && typeof data.text === "string" ? data.text : undefined;
}
