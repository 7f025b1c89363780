/**
 * Whether what a request names is there, only a shard knows; if it is not, that has a smaller number than
 * most that may be wrong beside it. So before such a fault is told, the shard is asked.
 */
import type { Code, RoomId, UserId } from "@roundhouse/kernel";
import { ERRORS, numberOf } from "./errors.ts";
import type { Named } from "./fields.ts";
import { type Ask, entryOf, type Method } from "./methods.ts";

/** The question to ask before a fault is told; undefined: nothing that could be found has a smaller number. */
export function doubtOf(method: Method, right: Right, code: Code): Ask | undefined {
  const { user, room } = namedIn(method, right);
  const number = numberOf(code);
  if (user !== undefined && ERRORS.INVALID_USER_ID < number) {
    return { method: "GET_USER", user_id: user as UserId };
  }
  if (room !== undefined && ERRORS.INVALID_ROOM_ID < number) {
    return { method: "GET_ROOM", room_id: room as RoomId };
  }
  return undefined;
}

/** The same for a refusal by who did not look whether it is there. */
export function doubtAbout(ask: Ask, code: Code): Ask | undefined {
  return UNSEEN[ask.method] === code ? doubtOf(ask.method, ask, code) : undefined;
}

const UNSEEN: Readonly<Partial<Record<Method, Code>>> = {
  ADD_FRIEND: "friends_limit", // Of the asker's own.
  SEND_ROOM_MESSAGE: "not_a_member", // A room that guests made is none to SCRP.
};

/** The fields of a request that are as they must be. */
type Right = Readonly<Record<string, unknown>>;

function namedIn(method: Method, right: Right): Partial<Record<Named, string>> {
  const named: Partial<Record<Named, string>> = {};
  for (const [field, { names }] of Object.entries(entryOf(method).fields)) {
    const id = right[field];
    if (names !== undefined && typeof id === "string") named[names] = id;
  }
  return named;
}
