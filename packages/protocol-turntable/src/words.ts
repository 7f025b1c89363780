/**
 * Words in a game message: one action that carries nothing but a text is something said, on every
 * protocol. Whatever looks a little different stays the action that it is.
 */
import type { SaidAction } from "@roundhouse/domain";

/** The words, if these actions are nothing else. Most actions are seen to be none by their first letters. */
export function wordsOf(actions: readonly SaidAction[], extra: string): string | undefined {
  const fields = actions[0]?.fields;
  if (fields === undefined || actions.length > 1 || extra !== "") return undefined;
  if (!fields.startsWith(DATA)) return undefined;
  const quoted = WORDS.exec(fields)?.[1];
  if (quoted === undefined) return undefined;
  const text: string = JSON.parse(quoted); // It was checked as JSON: a string is one.
  return isMessage(text) && !HALF_PAIR.test(text) ? text : undefined;
}

/** 1 to 4096 characters, as SCRP counts them. */
export const isMessage = (text: string): boolean => {
  return text !== "" && isWithin(text, MESSAGE_LENGTH_MAX);
};

/** Whether a text has at most so many code points; most are seen to without counting. */
export function isWithin(text: string, most: number): boolean {
  if (text.length <= most) return true;
  if (text.length > most * 2) return false;
  let count = 0;
  for (const _point of text) count++;
  return count <= most;
}

const DATA = '"data"';
const WORDS = /^"data"\s*:\s*\{\s*"text"\s*:\s*("(?:[^"\\]|\\.)*")\s*\}$/;
/** Half a surrogate pair is no character: no other wire could say it. */
const HALF_PAIR = /\p{Surrogate}/u;
const MESSAGE_LENGTH_MAX = 4096;
