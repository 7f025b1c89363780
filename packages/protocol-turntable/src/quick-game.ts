/**
 * The usual game message, read in one pass and without building what it carries: the hot path.
 *
 * It knows one layout, the one that JSON.stringify writes, and is strict in it. Whatever looks
 * different it leaves to the general reader by answering undefined, so it can never be more liberal
 * than JSON; that both agree is a property test.
 */
import type { SaidAction } from "@roundhouse/domain";
import { parseRoomId } from "@roundhouse/kernel";
import type { Bounds } from "@roundhouse/protocol";
import type { Said } from "./said.ts";

export function readQuickGame(text: string, bounds: Bounds): Said | undefined {
  if (text.charCodeAt(PLACE_OF_G) !== LETTER_G || !text.startsWith(HEAD)) return undefined;
  const channelEnd = endOfString(text, HEAD.length - 1) - 1;
  if (channelEnd < 0 || !text.startsWith(MIDDLE, channelEnd)) return undefined;
  const channel = parseRoomId(text.slice(HEAD.length, channelEnd));
  if (!channel.ok) return undefined;

  const reader = new ActionReader(text, channelEnd + MIDDLE.length, bounds.depthMax);
  if (!reader.read()) return undefined;
  const actions: SaidAction[] = [reader.action]; // A literal: a first push would make room for 17.
  while (text.charCodeAt(reader.at) === COMMA) {
    reader.at++;
    if (actions.length >= bounds.actionsMax || !reader.read()) return undefined;
    actions.push(reader.action);
  }
  if (text.length !== reader.at + TAIL.length || !text.endsWith(TAIL)) return undefined;
  if (text.length > LONG && carried(actions) * 2 < text.length) return undefined;
  return { command: "game", channel: channel.value, actions, extra: "" };
}

/** How much of the text goes on. Slices keep the whole of it in memory, so it must be most of it. */
function carried(actions: readonly SaidAction[]): number {
  let length = 0;
  for (const { fields } of actions) length += fields.length;
  return length;
}

/** Reads one `{"timestamp":…,"from":…, the rest}` after the other. */
class ActionReader {
  readonly #text: string;
  readonly #depth: number;
  at: number;
  action: SaidAction = NO_ACTION;

  constructor(text: string, at: number, depthMax: number) {
    this.#text = text;
    this.at = at;
    this.#depth = depthMax - ACTION_DEPTH;
  }

  /** Reads the action that begins here; false if anything about it is unusual. */
  read(): boolean {
    const text = this.#text;
    if (text.charCodeAt(this.at) !== BRACE_OPEN || this.#depth < 0) return false;
    let at = this.at + 1;
    let time: number | undefined;
    if (text.charCodeAt(at + 1) === LETTER_T && text.startsWith(TIMESTAMP, at)) {
      const value = at + TIMESTAMP.length;
      at = endOfValue(text, value, 0);
      if (at < 0) return false;
      time = timeIn(text, value, at);
      if (text.charCodeAt(at) === COMMA) at++;
      else return this.#ends(at, { at: time, fields: "" });
    }
    if (text.charCodeAt(at + 1) === LETTER_F && text.startsWith(FROM, at)) {
      at = endOfValue(text, at + FROM.length, 0);
      if (at < 0) return false;
      if (text.charCodeAt(at) === COMMA) at++;
      else return this.#ends(at, { at: time, fields: "" });
    }
    const end = endOfMembers(text, at, this.#depth, true);
    return end >= 0 && this.#ends(end, { at: time, fields: text.slice(at, end) });
  }

  #ends(at: number, action: SaidAction): boolean {
    if (this.#text.charCodeAt(at) !== BRACE_CLOSE) return false;
    this.at = at + 1;
    this.action = action;
    return true;
  }
}

/** Where the closing brace of an object is whose members begin here; -1 if anything is unusual. */
function endOfMembers(text: string, start: number, depth: number, isAction: boolean): number {
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) return -1;
    // What the server says itself must not be passed on from further back in the action either.
    if (isAction && isServers(text, at)) return -1;
    at = endOfString(text, at);
    if (at < 0 || text.charCodeAt(at) !== COLON) return -1;
    at = endOfValue(text, at + 1, depth);
    if (at < 0) return -1;
    const unit = text.charCodeAt(at);
    if (unit === BRACE_CLOSE) return at;
    if (unit !== COMMA) return -1;
    at++;
  }
}

/** Whether the key that begins here is one that the server says itself. */
function isServers(text: string, at: number): boolean {
  const letter = text.charCodeAt(at + 1); // Most keys begin otherwise, and this is cheaper to see.
  if (letter === LETTER_T) return text.startsWith(TIMESTAMP, at);
  return letter === LETTER_F && text.startsWith(FROM, at);
}

function endOfElements(text: string, start: number, depth: number): number {
  let at = start;
  for (;;) {
    at = endOfValue(text, at, depth);
    if (at < 0) return -1;
    const unit = text.charCodeAt(at);
    if (unit === BRACKET_CLOSE) return at;
    if (unit !== COMMA) return -1;
    at++;
  }
}

/** Where the value that begins here ends; -1 if it is no JSON, too deep, or spaced out. */
function endOfValue(text: string, at: number, depth: number): number {
  const unit = text.charCodeAt(at);
  if (unit === QUOTE) return endOfString(text, at);
  if ((unit >= DIGIT_0 && unit <= DIGIT_9) || unit === MINUS) return endOfNumber(text, at);
  if (unit === BRACE_OPEN) {
    if (depth <= 0) return -1;
    if (text.charCodeAt(at + 1) === BRACE_CLOSE) return at + 2;
    const end = endOfMembers(text, at + 1, depth - 1, false);
    return end < 0 ? -1 : end + 1;
  }
  if (unit === BRACKET_OPEN) {
    if (depth <= 0) return -1;
    if (text.charCodeAt(at + 1) === BRACKET_CLOSE) return at + 2;
    const end = endOfElements(text, at + 1, depth - 1);
    return end < 0 ? -1 : end + 1;
  }
  if (text.startsWith("true", at) || text.startsWith("null", at)) return at + 4;
  return text.startsWith("false", at) ? at + 5 : -1;
}

/** Behind the closing quote of a string without escapes; -1 for one with any. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at + 1;
    if (unit === BACKSLASH || unit < SPACE) return -1;
  }
  return -1;
}

function endOfNumber(text: string, start: number): number {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  let at = endOfDigits(text, first);
  if (at < 0 || (text.charCodeAt(first) === DIGIT_0 && at > first + 1)) return -1; // No 01.
  if (text.charCodeAt(at) === DOT) {
    at = endOfDigits(text, at + 1);
    if (at < 0) return -1;
  }
  if ((text.charCodeAt(at) | LOWER_CASE) !== LETTER_E) return at;
  const sign = text.charCodeAt(at + 1);
  return endOfDigits(text, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  for (let unit = text.charCodeAt(at); unit >= DIGIT_0 && unit <= DIGIT_9; ) {
    unit = text.charCodeAt(++at);
  }
  return at === start ? -1 : at;
}

/** The time in a number; undefined in anything else. */
function timeIn(text: string, start: number, end: number): number | undefined {
  const unit = text.charCodeAt(start);
  if (unit !== MINUS && !(unit >= DIGIT_0 && unit <= DIGIT_9)) return undefined;
  const time = Number(text.slice(start, end));
  return Number.isFinite(time) ? Math.trunc(time) : undefined;
}

const NO_ACTION: SaidAction = { at: undefined, fields: "" };
const HEAD = '{"command":"game","data":{"channel":"';
const MIDDLE = '","actions":[';
const TAIL = "]}}";
const TIMESTAMP = '"timestamp":';
const FROM = '"from":';
const PLACE_OF_G = 12;
const LONG = 512;
/** Message, data, actions, action. */
const ACTION_DEPTH = 4;

const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const COLON = 58;
const BRACKET_OPEN = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const LETTER_E = 101;
const LETTER_F = 102;
const LETTER_G = 103;
const LETTER_T = 116;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;
/** Set in the small letters, clear in the capital ones. */
const LOWER_CASE = 32;
