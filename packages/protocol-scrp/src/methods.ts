/** Section 2 as a table: every method, its fields as printed, and who may ask. */
import {
  accountId,
  actionType,
  anybody,
  changedPassword,
  type Field,
  firstPassword,
  keyword,
  newRoomId,
  offeredPassword,
  requestId,
  roomAccess,
  roomAccessType,
  roomDescription,
  roomId,
  roomNickname,
  userDescription,
  userId,
  userNickname,
  userPassword,
  verification,
  words,
} from "./fields.ts";

type Entry = {
  /** `stranger`: whoever is logged in gets 251; `user`: whoever is not gets 250. */
  readonly for: "anybody" | "stranger" | "user";
  /** It takes a password or ends the session: nothing else runs beside it. */
  readonly isAlone?: true;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
};

const room = { room_id: roomId };
const subject = { subject_user_id: userId };

export const METHODS = {
  SIGN_UP: {
    for: "anybody",
    isAlone: true,
    fields: { user_id: accountId, user_password: userPassword, user_nickname: userNickname },
  },
  LOG_IN: {
    for: "stranger",
    isAlone: true,
    fields: { user_id: accountId, user_password: userPassword },
  },
  DELETE_USER: { for: "user", isAlone: true, fields: { user_password: userPassword } },
  CHANGE_USER_PASSWORD: {
    for: "user",
    isAlone: true,
    fields: { old_user_password: userPassword, new_user_password: userPassword },
  },
  CHANGE_USER_NICKNAME: { for: "user", fields: { user_nickname: userNickname } },
  GET_TIME: { for: "anybody", fields: {} },
  CREATE_ROOM: {
    for: "user",
    isAlone: true,
    fields: {
      room_id: newRoomId,
      room_nickname: roomNickname,
      room_access: roomAccess,
      room_password: firstPassword,
    },
  },
  ENTER_ROOM: { for: "user", isAlone: true, fields: { ...room, room_password: offeredPassword } },
  REMOVE_ROOM: { for: "user", fields: room },
  CHANGE_ROOM_ACCESS: {
    for: "user",
    isAlone: true,
    fields: { ...room, room_access_type: roomAccessType, room_password: changedPassword },
  },
  CHANGE_ROOM_NICKNAME: {
    for: "user",
    isAlone: true,
    fields: { ...room, new_room_nickname: roomNickname },
  },
  REMOVE_USER_FROM_ROOM: { for: "user", fields: { ...subject, ...room } },
  SET_ADMIN: { for: "user", fields: { ...subject, ...room } },
  REMOVE_ADMIN: { for: "user", fields: { ...subject, ...room } },
  ADD_FRIEND: { for: "user", fields: { ...subject, verification_message: verification } },
  REMOVE_FRIEND: { for: "user", fields: subject },
  CHANGE_USER_DESCRIPTION: { for: "user", fields: { user_description: userDescription } },
  CHANGE_ROOM_DESCRIPTION: {
    for: "user",
    isAlone: true,
    fields: { ...room, new_room_description: roomDescription },
  },
  GET_USER_LAST_ACTIVITY_TIME: { for: "user", fields: { user_id: userId } },
  APPROVE_REQUEST: { for: "user", fields: { request_id: requestId } },
  IGNORE_REQUEST: { for: "user", fields: { request_id: requestId } },
  REJECT_REQUEST: { for: "user", fields: { request_id: requestId } },
  HANDLE_REQUEST: {
    for: "user",
    fields: { target_request_id: requestId, action_type: actionType },
  },
  SEND_ROOM_MESSAGE: { for: "user", fields: { ...room, message: words } },
  SEND_PRIVATE_MESSAGE: { for: "user", fields: { user_id: userId, message: words } },
  RECEIVE_MESSAGE: { for: "user", fields: {} },
  GET_ROOM_ACCESS_TYPE: { for: "user", fields: room },
  SEARCH_USER: { for: "user", fields: { keyword } },
  SEARCH_ROOM: { for: "user", fields: { keyword } },
  // Ours.
  LOG_OUT: { for: "user", isAlone: true, fields: {} },
  GET_SERVER: { for: "anybody", fields: {} },
  GET_USER: { for: "user", fields: { user_id: userId } },
  GET_ROOM: { for: "user", fields: room },
  BAN_USER: { for: "user", fields: { subject_user_id: anybody, ...room } },
  UNBAN_USER: { for: "user", fields: { subject_user_id: anybody, ...room } },
} as const satisfies Readonly<Record<string, Entry>>;

export type Method = keyof typeof METHODS;

type ValueOf<Given> = Given extends Field<infer Value> ? Value : never;
type FieldsOf<Name extends Method> = {
  readonly [Key in keyof (typeof METHODS)[Name]["fields"]]: ValueOf<
    (typeof METHODS)[Name]["fields"][Key]
  >;
};

/** What was asked, its fields as printed and in order. */
export type Ask = { [Name in Method]: { readonly method: Name } & FieldsOf<Name> }[Method];

export const entryOf = (method: Method): Entry => METHODS[method];

/** A method's name and nothing else: what every object has does not count. */
export const isMethod = (name: unknown): name is Method => {
  return typeof name === "string" && Object.hasOwn(METHODS, name);
};
