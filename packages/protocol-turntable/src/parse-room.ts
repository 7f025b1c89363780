/** From a command and its data to what a version 2 client said of a created room. */
import type { Access, Adjustment } from "@roundhouse/domain";
import { fail, ok, parseUserId, type Result, type RoomId } from "@roundhouse/kernel";
import type { AccountSaid, Asking, OfRoom } from "./account-said.ts";
import { isNote, isPassword, isTitle, parseCreatedName } from "./forms.ts";
import { type Fields, isFields, parseChannel } from "./parse.ts";

type Command = OfRoom["command"] | (Asking & { command: "about" })["command"];

export const isOfRoom = (command: unknown): command is Command => COMMANDS.has(command);

export function parseOfRoom(command: Command, data: unknown): Result<AccountSaid> {
  const channel = parseChannel(data);
  if (!channel.ok) return channel;
  const fields = isFields(data) ? data : {};
  const room = channel.value;
  switch (command) {
    case "create":
      return parseCreate(room, fields);
    case "enter": {
      const { password } = fields;
      return ok({ command, channel: room, password: isPassword(password) ? password : undefined });
    }
    case "remove": {
      const user = parseUserId(fields["user"]);
      return user.ok ? ok({ command, channel: room, user: user.value }) : user;
    }
    case "ban":
    case "admin":
      return parseSetting(command, room, fields);
    case "adjust":
      return parseAdjust(room, fields);
    case "dissolve":
    case "about":
      return ok({ command, channel: room });
  }
}

/** Who gives no title calls the room by its name. */
function parseCreate(room: RoomId, fields: Fields): Result<AccountSaid> {
  const { title = room, access = "public" } = fields;
  const channel = parseCreatedName(room);
  if (!channel.ok) return channel;
  if (!isTitle(title)) return fail("room_title_invalid");
  if (!isAccess(access)) return fail("room_access_invalid");
  const password = passwordFor(access, fields);
  if (!password.ok) return password;
  return ok({ command: "create", channel: room, title, access, password: password.value });
}

/** `{"channel", "user"}`; with `"so": false` it is taken back. */
function parseSetting(command: "ban" | "admin", channel: RoomId, fields: Fields) {
  const user = parseUserId(fields["user"]);
  if (!user.ok) return user;
  const { so: isSo = true } = fields;
  if (typeof isSo !== "boolean") return fail("field_invalid", { [command]: "so is true or false" });
  return ok({ command, channel, user: user.value, isSo } as const);
}

function parseAdjust(channel: RoomId, fields: Fields): Result<AccountSaid> {
  const { title, description, access, capacity, locked: isLocked } = fields;
  if (title !== undefined && !isTitle(title)) return fail("room_title_invalid");
  if (description !== undefined && !isNote(description)) return fail("room_description_invalid");
  if (access !== undefined && !isAccess(access)) return fail("room_access_invalid");
  if (capacity !== undefined && !isCapacity(capacity)) {
    return fail("field_invalid", { adjust: "capacity is a whole number from 1" });
  }
  if (isLocked !== undefined && typeof isLocked !== "boolean") {
    return fail("field_invalid", { adjust: "locked is true or false" });
  }
  const password = access === undefined ? ok(undefined) : passwordFor(access, fields);
  if (!password.ok) return password;
  const changes: Adjustment = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(access === undefined ? {} : { access }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(isLocked === undefined ? {} : { isLocked }),
  };
  return ok({ command: "adjust", channel, changes, password: password.value });
}

/** Asked for, and looked at, only where the access needs it. */
function passwordFor(access: Access, { password }: Fields): Result<string | undefined> {
  if (access !== "password") return ok(undefined);
  return isPassword(password) ? ok(password) : fail("room_password_invalid");
}

const isAccess = (given: unknown): given is Access => {
  return given === "public" || given === "password" || given === "permission";
};

const isCapacity = (given: unknown): given is number => {
  return Number.isSafeInteger(given) && (given as number) > 0;
};

const COMMANDS: ReadonlySet<unknown> = new Set<Command>([
  "create",
  "enter",
  "remove",
  "ban",
  "admin",
  "adjust",
  "dissolve",
  "about",
]);
