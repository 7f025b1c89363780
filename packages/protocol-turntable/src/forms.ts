/** The forms of names, passwords and texts, as SCRP has them: an account is one on every protocol. */
import { fail, ok, type Result, type RoomId, type UserId } from "@roundhouse/kernel";
import { isMessage, isWithin } from "./words.ts";

export function parseAccountName(given: unknown): Result<UserId> {
  return isName(given) ? ok(given as UserId) : fail("account_name_invalid");
}

/** Of a room that is created: other channels may be called anything. */
export function parseCreatedName(given: unknown): Result<RoomId> {
  return isName(given) ? ok(given as RoomId) : fail("room_name_invalid", { created: NAME_WORDS });
}

export function parsePassword(given: unknown): Result<string> {
  return isPassword(given) ? ok(given) : fail("password_invalid");
}

export function parseMessage(given: unknown): Result<string> {
  return typeof given === "string" && isMessage(given) ? ok(given) : fail("message_invalid");
}

/** Text that may be empty or left out: of a request, or a description. */
export function parseNote(given: unknown): Result<string> {
  if (given === undefined) return ok("");
  return isText(given, 0, NOTE_LENGTH_MAX) ? ok(given) : fail("description_invalid");
}

export function parseNickname(given: unknown): Result<string> {
  return isTitle(given) ? ok(given) : fail("nickname_invalid");
}

export const isTitle = (given: unknown): given is string => isText(given, 1, TITLE_LENGTH_MAX);
export const isNote = (given: unknown): given is string => isText(given, 0, NOTE_LENGTH_MAX);
export const isPassword = (given: unknown): given is string => {
  return typeof given === "string" && /^[ -~]{6,64}$/.test(given);
};

const isName = (given: unknown): given is string => {
  return typeof given === "string" && /^\w{1,16}$/.test(given);
};

const isText = (given: unknown, least: number, most: number): given is string => {
  return typeof given === "string" && given.length >= least && isWithin(given, most);
};

const NAME_WORDS = "1 to 16 letters, digits or underscores";
const TITLE_LENGTH_MAX = 32;
const NOTE_LENGTH_MAX = 256;
