/** The fields of requests: what each must look like, and which error says that it does not. */
import type { Access } from "@roundhouse/domain";
import {
  type Code,
  fail,
  ok,
  parseUserId,
  type Result,
  type RoomId,
  type UserId,
} from "@roundhouse/kernel";

/** A request as JSON.parse gave it. */
export type Message = Readonly<Record<string, unknown>>;

export type Named = "user" | "room";

export type Field<Value> = {
  /** Another name under which it is accepted. */
  readonly alias?: string;
  /** What it says is there already: if it is not, that has a number of its own. */
  readonly names?: Named;
  /**
   * Another JSON type, or none where there must be one, is `field_invalid`, which is 233 and comes
   * first; any other code is the field's own.
   */
  readonly read: (given: unknown, message: Message) => Result<Value>;
};

/** The ids of accounts and rooms that are made here. */
const isId = (text: string): boolean => /^[A-Za-z0-9_]{1,16}$/.test(text);
/** Whether some id begins so. */
export const isIdStart = (text: string): boolean => /^[A-Za-z0-9_]{0,16}$/.test(text);
const isPassword = (text: string): boolean => /^[ -~]{6,64}$/.test(text);

export const accountId = text<UserId>("account_name_invalid", isId);
export const newRoomId = text<RoomId>("room_name_invalid", isId);
export const roomId: Field<RoomId> = { ...newRoomId, names: "room" };
/** Anybody that pushes name: users of other protocols sit in the same rooms, with any id. */
export const anybody = text<UserId>("account_name_invalid", (it) => parseUserId(it).ok);
export const userId: Field<UserId> = { ...anybody, names: "user" };
export const userPassword = text<string>("password_invalid", isPassword);
export const userNickname = text<string>("nickname_invalid", (it) => isLong(it, 1, 32));
export const roomNickname = text<string>("room_title_invalid", (it) => isLong(it, 1, 32));
export const userDescription = text<string>("description_invalid", (it) => isLong(it, 0, 256));
export const roomDescription = text<string>("room_description_invalid", (it) => isLong(it, 0, 256));
export const words = text<string>("message_invalid", (it) => isLong(it, 1, 4096));
/** What a search begins with. One that begins no id finds nothing, and that is no mistake. */
export const keyword = text<string>("field_invalid", (it) => isLong(it, 0, 256));
/** Opaque to clients; whether it names a request is seen later, and never more than 801. */
export const requestId = text<string>("field_invalid", () => true);

/** The document prints it with a space. */
export const verification: Field<string> = { ...userDescription, alias: "verification message" };

const ACCESSES = ["public", "password", "permission"] as const satisfies readonly Access[];
const ACCESS_NAMES: readonly unknown[] = [
  "ROOM_ACCESS_PUBLIC",
  "ROOM_ACCESS_PASSWORD",
  "ROOM_ACCESS_PERMISSION",
];
export const accessNumber = (access: Access): number => ACCESSES.indexOf(access);

/** A number, or its name, which the Java client sends. Printed under two names. */
export const roomAccess: Field<Access> = { alias: "room_access_type", read: readAccess };
export const roomAccessType: Field<Access> = { alias: "room_access", read: readAccess };

function readAccess(given: unknown): Result<Access> {
  if (typeof given !== "number" && typeof given !== "string") return fail("field_invalid");
  const number = typeof given === "number" ? given : ACCESS_NAMES.indexOf(given);
  const access = ACCESSES[number];
  return access === undefined ? fail("room_access_invalid") : ok(access);
}

/**
 * For a room that shall be open by password; for any other it is not even looked at. `name` and `alias`
 * are where the access stands.
 */
const neededPassword = (name: string, alias: string): Field<string | undefined> => ({
  read: (given, message) => {
    const access = readAccess(message[name] === undefined ? message[alias] : message[name]);
    if (!access.ok || access.value !== "password") return ok(undefined);
    if (isAbsent(given)) return fail("room_password_invalid");
    if (typeof given !== "string") return fail("field_invalid");
    return isPassword(given) ? ok(given) : fail("room_password_invalid");
  },
});
export const firstPassword = neededPassword("room_access", "room_access_type");
export const changedPassword = neededPassword("room_access_type", "room_access");

/** For a room that may be open by password: only its shard knows. Undefined: none of the right form. */
export const offeredPassword: Field<string | undefined> = {
  read: (given) => {
    if (isAbsent(given)) return ok(undefined);
    if (typeof given !== "string") return fail("field_invalid");
    return ok(isPassword(given) ? given : undefined);
  },
};

export type ActionType = (typeof ACTION_TYPES)[number];
const ACTION_TYPES = ["reject", "approve", "ignore"] as const;

/** Of HANDLE_REQUEST; no error number speaks of it, so a wrong one is a bad request. */
export const actionType: Field<ActionType> = {
  read: (given) => {
    const type = typeof given === "number" ? ACTION_TYPES[given] : undefined;
    return type === undefined ? fail("field_invalid") : ok(type);
  },
};

function text<Value extends string>(code: Code, isRight: (text: string) => boolean): Field<Value> {
  return {
    read: (given) => {
      if (typeof given !== "string") return fail("field_invalid");
      return isRight(given) ? ok(given as Value) : fail(code);
    },
  };
}

/** Lengths are counted in code points. Half a surrogate pair is no text. */
function isLong(text: string, least: number, most: number): boolean {
  if (text.length < least || text.length > 2 * most || LONE.test(text)) return false;
  return text.length <= most || [...text].length <= most;
}

const LONE = /\p{Cs}/u;
const isAbsent = (given: unknown): boolean => given === undefined || given === null;
