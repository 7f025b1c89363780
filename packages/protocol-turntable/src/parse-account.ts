/** From a command and its data to what a version 2 client said of accounts, friends and rooms. */
import { type HowAnswered, parseRequestName } from "@roundhouse/domain";
import { fail, ok, parseUserId, type Result } from "@roundhouse/kernel";
import type { AccountSaid } from "./account-said.ts";
import {
  isNote,
  parseAccountName,
  parseMessage,
  parseNickname,
  parseNote,
  parsePassword,
} from "./forms.ts";
import { type Fields, isFields, parseChannel, parseIdme } from "./parse.ts";
import { isOfRoom, parseOfRoom } from "./parse-room.ts";

/** Undefined: it is none of these commands. */
export function parseAccountSaid(command: unknown, data: unknown): Result<AccountSaid> | undefined {
  if (isOfRoom(command)) return parseOfRoom(command, data);
  const fields = isFields(data) ? data : NO_FIELDS;
  switch (command) {
    case "login":
      return parseLogin(fields);
    case "signup":
      return parseSignup(fields);
    case "say":
      return parseSay(fields);
    case "search":
      return parseSearch(fields);
    case "heed":
      return ok({ command });
    case "password":
      return parseNewPassword(fields);
    case "describe":
      return parseDescribe(fields);
    case "befriend":
    case "whisper":
      return parseToUser(command, fields);
    case "answer":
      return parseAnswer(fields);
    case "unfriend":
    case "profile": {
      const user = parseUserId(fields["user"]);
      return user.ok ? ok({ command, user: user.value }) : user;
    }
    default:
      return undefined;
  }
}

function parseLogin(fields: Fields): Result<AccountSaid> {
  const named = parseIdme({ ...fields, token: undefined });
  if (!named.ok) return named;
  const password = parsePassword(fields["password"]);
  if (!password.ok) return password;
  const { id, resume, seen } = named.value;
  return ok({ command: "login", id, password: password.value, resume, seen });
}

/** Who gives no nickname is called by the name. */
function parseSignup(fields: Fields): Result<AccountSaid> {
  const id = parseAccountName(fields["id"]);
  if (!id.ok) return id;
  const password = parsePassword(fields["password"]);
  if (!password.ok) return password;
  const nickname = parseNickname(fields["nickname"] ?? id.value);
  if (!nickname.ok) return nickname;
  return ok({
    command: "signup",
    id: id.value,
    password: password.value,
    nickname: nickname.value,
  });
}

function parseSay(fields: Fields): Result<AccountSaid> {
  const channel = parseChannel(fields);
  if (!channel.ok) return channel;
  const text = parseMessage(fields["text"]);
  return text.ok ? ok({ command: "say", channel: channel.value, text: text.value }) : text;
}

function parseSearch({ kind, prefix }: Fields): Result<AccountSaid> {
  if (kind !== "users" && kind !== "rooms") {
    return fail("field_invalid", { search: "kind is users or rooms" });
  }
  if (!isNote(prefix)) return fail("field_invalid", { search: "prefix is how the name begins" });
  return ok({ command: "search", kind, prefix });
}

function parseNewPassword(fields: Fields): Result<AccountSaid> {
  const old = parsePassword(fields["old"]);
  if (!old.ok) return old;
  const password = parsePassword(fields["new"]);
  return password.ok
    ? ok({ command: "password", old: old.value, password: password.value })
    : password;
}

function parseDescribe({ nickname, description }: Fields): Result<AccountSaid> {
  if (nickname !== undefined) {
    const checked = parseNickname(nickname);
    if (!checked.ok) return checked;
  }
  const note = parseNote(description);
  if (!note.ok) return note;
  return ok({
    command: "describe",
    nickname: nickname as string | undefined,
    description: description === undefined ? undefined : note.value,
  });
}

function parseToUser(command: "befriend" | "whisper", fields: Fields): Result<AccountSaid> {
  const user = parseUserId(fields["user"]);
  if (!user.ok) return user;
  const text = command === "whisper" ? parseMessage(fields["text"]) : parseNote(fields["text"]);
  return text.ok ? ok({ command, user: user.value, text: text.value }) : text;
}

function parseAnswer({ request, how }: Fields): Result<AccountSaid> {
  if (!isHow(how)) return fail("field_invalid", { answer: "how is approve, reject or ignore" });
  const name = typeof request === "string" ? parseRequestName(request) : undefined;
  return name === undefined ? fail("request_unknown") : ok({ command: "answer", name, how });
}

const isHow = (given: unknown): given is HowAnswered => {
  return given === "approve" || given === "reject" || given === "ignore";
};

const NO_FIELDS: Fields = {};
