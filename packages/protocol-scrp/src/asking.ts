/** What the shards are asked for each method, once all that the connection knows itself is right. */
import { type HowAnswered, parseRequestName } from "@roundhouse/domain";
import { parseRoomId, type SessionId, type UserId } from "@roundhouse/kernel";
import type { Errand, Output } from "@roundhouse/protocol";
import type { Ask } from "./methods.ts";
import type { Reply } from "./reply.ts";

export type Out = Output<Reply>;

/** Whom a logged-in session speaks for: an account in one of its lives. */
export type Me = { readonly user: UserId; readonly born: number };

/** Under which number the answer comes. */
type Asking = { readonly session: SessionId; readonly request: number };

/** By anybody. Undefined: only whoever is logged in can ask that. */
export function askedByAnybody(ask: Ask, { session, request }: Asking): Out | undefined {
  switch (ask.method) {
    case "SIGN_UP": {
      const { user_id: user, user_password: password, user_nickname: nickname } = ask;
      return { to: "errand", errand: { on: "signUp", user, password, nickname }, request };
    }
    case "LOG_IN": {
      const { user_id: user, user_password: password } = ask;
      const means = "account" as const;
      const attach = { user, session, means, takesNotices: true, resume: undefined };
      return { to: "errand", errand: { on: "logIn", attach, password }, request };
    }
    case "GET_SERVER":
      return { to: "count", request };
    default:
      return undefined;
  }
}

/** Undefined: no shard need be asked, or the request that it speaks of cannot be there. */
export function askedByUser(ask: Ask, me: Me, asking: Asking): Out | undefined {
  return ofAccount(ask, me, asking) ?? ofPassword(ask, me, asking) ?? ofRoom(ask, me, asking);
}

function ofAccount(ask: Ask, { user, born }: Me, { session, request }: Asking): Out | undefined {
  const mine = { user, session, request };
  switch (ask.method) {
    case "CHANGE_USER_NICKNAME": {
      const nickname = ask.user_nickname;
      return { to: "account", command: { on: "describe", ...mine, nickname } };
    }
    case "CHANGE_USER_DESCRIPTION": {
      const description = ask.user_description;
      return { to: "account", command: { on: "describe", ...mine, description } };
    }
    case "ADD_FRIEND": {
      const { subject_user_id: friend, verification_message: text } = ask;
      return { to: "account", command: { on: "askFriend", ...mine, friend, text } };
    }
    case "REMOVE_FRIEND": {
      const friend = ask.subject_user_id;
      return { to: "account", command: { on: "removeFriend", ...mine, friend } };
    }
    case "SEND_PRIVATE_MESSAGE": {
      const { user_id: friend, message: text } = ask;
      return { to: "account", command: { on: "whisper", ...mine, friend, text } };
    }
    case "RECEIVE_MESSAGE":
      return { to: "account", command: { on: "mail", ...mine } };
    case "GET_USER":
    case "GET_USER_LAST_ACTIVITY_TIME":
      return { to: "account", command: { on: "profile", user: ask.user_id, session, request } };
    case "SEARCH_USER":
      return { to: "search", kind: "users", prefix: ask.keyword, request };
    case "SEARCH_ROOM":
      return { to: "search", kind: "rooms", prefix: ask.keyword, request };
    case "APPROVE_REQUEST":
      return handled(ask.request_id, "approve", { ...mine, born });
    case "IGNORE_REQUEST":
      return handled(ask.request_id, "ignore", { ...mine, born });
    case "REJECT_REQUEST":
      return handled(ask.request_id, "reject", { ...mine, born });
    case "HANDLE_REQUEST":
      return handled(ask.target_request_id, ask.action_type, { ...mine, born });
    default:
      return undefined;
  }
}

/** What may take a password, and every other change of a room's settings. */
function ofPassword(ask: Ask, { user, born }: Me, { request }: Asking): Out | undefined {
  const errand = (it: Errand): Out => ({ to: "errand", errand: it, request });
  switch (ask.method) {
    case "DELETE_USER":
      return errand({ on: "deleteAccount", user, password: ask.user_password });
    case "CHANGE_USER_PASSWORD": {
      const { old_user_password: old, new_user_password: password } = ask;
      return errand({ on: "setPassword", user, old, password });
    }
    case "CREATE_ROOM": {
      const { room_id: room, room_nickname: title, room_access: access } = ask;
      const create = { room, user, born, title, access };
      return errand({ on: "create", create, password: ask.room_password });
    }
    case "ENTER_ROOM": {
      const enter = { room: ask.room_id, user, born };
      return errand({ on: "enter", enter, password: ask.room_password });
    }
    case "CHANGE_ROOM_ACCESS": {
      const { room_id: room, room_access_type: access } = ask;
      const adjust = { room, user, born, changes: { access } };
      return errand({ on: "adjust", adjust, password: ask.room_password });
    }
    case "CHANGE_ROOM_NICKNAME": {
      const changes = { title: ask.new_room_nickname };
      const adjust = { room: ask.room_id, user, born, changes };
      return errand({ on: "adjust", adjust, password: undefined });
    }
    case "CHANGE_ROOM_DESCRIPTION": {
      const changes = { description: ask.new_room_description };
      const adjust = { room: ask.room_id, user, born, changes };
      return errand({ on: "adjust", adjust, password: undefined });
    }
    default:
      return undefined;
  }
}

function ofRoom(ask: Ask, { user, born }: Me, asking: Asking): Out | undefined {
  if (!("room_id" in ask)) return undefined;
  const mine = { room: ask.room_id, user, born, ...asking };
  switch (ask.method) {
    case "REMOVE_ROOM":
      return { to: "charter", command: { on: "removeRoom", ...mine } };
    case "GET_ROOM":
    case "GET_ROOM_ACCESS_TYPE":
      return { to: "charter", command: { on: "describeRoom", ...mine } };
    case "SEND_ROOM_MESSAGE":
      return { to: "charter", command: { on: "say", ...mine, text: ask.message } };
    case "REMOVE_USER_FROM_ROOM": {
      const subject = ask.subject_user_id;
      return { to: "charter", command: { on: "removeMember", ...mine, subject } };
    }
    case "SET_ADMIN":
    case "REMOVE_ADMIN": {
      const subject = ask.subject_user_id;
      const isAdmin = ask.method === "SET_ADMIN";
      return { to: "charter", command: { on: "setAdmin", ...mine, subject, isAdmin } };
    }
    case "BAN_USER":
    case "UNBAN_USER": {
      const subject = ask.subject_user_id;
      const isBarred = ask.method === "BAN_USER";
      return { to: "charter", command: { on: "bar", ...mine, subject, isBarred } };
    }
    default:
      return undefined;
  }
}

type Mine = Me & Asking;

/** A request waits at the shard of the friend or of the room; its name says where. */
function handled(name: string, how: HowAnswered, { born, ...mine }: Mine): Out | undefined {
  const request = name.length <= REQUEST_NAME_MAX ? parseRequestName(name) : undefined;
  if (request === undefined) return undefined;
  const { id } = request;
  if (request.of === "friend") {
    return { to: "account", command: { on: "answerFriend", ...mine, id, how } };
  }
  const room = parseRoomId(request.room);
  if (!room.ok) return undefined;
  return {
    to: "charter",
    command: { on: "answerEntry", ...mine, born, room: room.value, id, how },
  };
}

const REQUEST_NAME_MAX = 64;
