/** Section 2, method by method: fields and errors as printed, and what is asked. */
import type { Code } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { Client, type Fields, loggedIn } from "./client.contract.ts";
import type { Method } from "./methods.ts";
import { fieldNames, kindOf, methods } from "./requests.contract.ts";

type Row = {
  readonly method: Method;
  /** Right ones. */
  readonly fields: Fields;
  /** The numbers that the connection itself finds, without 233. */
  readonly own: readonly number[];
  /** What shards may refuse it with, and the number that this is. */
  readonly refusals: readonly (readonly [Code, number])[];
  /** What is asked of the house; undefined: nothing. */
  readonly asks: object | undefined;
};

const session = "gate-1";
const request = expect.any(Number);
const from = { user: "ana", session, request };
const at = { room: "pit", born: 7, ...from };
const rights: Row["refusals"] = [
  ["room_unknown", 301],
  ["rights_missing", 801],
  ["shard_unavailable", 999],
];
const subjects: Row["refusals"] = [["account_unknown", 300], ...rights];
const passwords: Row["refusals"] = [
  ["attempts_exceeded", 402],
  ["password_wrong", 403],
  ["passwords_busy", 999],
];

const ofUsers: readonly Row[] = [
  {
    method: "SIGN_UP",
    fields: { user_id: "ana", user_password: "a secret", user_nickname: "Ana" },
    own: [300, 310, 320],
    refusals: [
      ["account_taken", 400],
      ["passwords_busy", 999],
      ["sign_up_closed", 801],
      ["sign_ups_limit", 999],
      ["records_full", 999],
    ],
    asks: {
      to: "errand",
      errand: { on: "signUp", user: "ana", password: "a secret", nickname: "Ana" },
      request,
    },
  },
  {
    method: "LOG_IN",
    fields: { user_id: "ana", user_password: "a secret" },
    own: [251, 300, 310],
    refusals: [...passwords, ["account_unknown", 403], ["account_banned", 801]],
    asks: {
      to: "errand",
      errand: {
        on: "logIn",
        attach: { user: "ana", session, means: "account", takesNotices: true, resume: undefined },
        password: "a secret",
      },
      request,
    },
  },
  {
    method: "DELETE_USER",
    fields: { user_password: "a secret" },
    own: [250, 310],
    refusals: passwords,
    asks: {
      to: "errand",
      errand: { on: "deleteAccount", user: "ana", password: "a secret" },
      request,
    },
  },
  {
    method: "CHANGE_USER_PASSWORD",
    fields: { old_user_password: "a secret", new_user_password: "another" },
    own: [250, 310],
    refusals: passwords,
    asks: {
      to: "errand",
      errand: { on: "setPassword", user: "ana", old: "a secret", password: "another" },
      request,
    },
  },
  {
    method: "CHANGE_USER_NICKNAME",
    fields: { user_nickname: "Anna" },
    own: [250, 320],
    refusals: [["shard_unavailable", 999]],
    asks: { to: "account", command: { on: "describe", ...from, nickname: "Anna" } },
  },
  { method: "GET_TIME", fields: {}, own: [], refusals: [], asks: undefined },
  {
    method: "ADD_FRIEND",
    fields: { subject_user_id: "ben", verification_message: "It is me." },
    own: [250, 300, 330],
    refusals: [
      ["account_unknown", 300],
      ["requests_limit", 801],
    ],
    asks: {
      to: "account",
      command: { on: "askFriend", ...from, friend: "ben", text: "It is me." },
    },
  },
  {
    method: "REMOVE_FRIEND",
    fields: { subject_user_id: "ben" },
    own: [250, 300],
    refusals: [
      ["account_unknown", 300],
      ["rights_missing", 801],
    ],
    asks: { to: "account", command: { on: "removeFriend", ...from, friend: "ben" } },
  },
  {
    method: "CHANGE_USER_DESCRIPTION",
    fields: { user_description: "" },
    own: [250, 330],
    refusals: [["inbox_full", 999]],
    asks: { to: "account", command: { on: "describe", ...from, description: "" } },
  },
  {
    method: "GET_USER_LAST_ACTIVITY_TIME",
    fields: { user_id: "ben" },
    own: [250, 300],
    refusals: [["account_unknown", 300]],
    asks: { to: "account", command: { on: "profile", user: "ben", session, request } },
  },
  {
    method: "SEND_PRIVATE_MESSAGE",
    fields: { user_id: "ben", message: "hi" },
    own: [250, 300],
    refusals: [
      ["account_unknown", 300],
      ["not_a_friend", 801],
    ],
    asks: { to: "account", command: { on: "whisper", ...from, friend: "ben", text: "hi" } },
  },
  {
    method: "RECEIVE_MESSAGE",
    fields: {},
    own: [250],
    refusals: [],
    asks: { to: "account", command: { on: "mail", ...from } },
  },
  {
    method: "SEARCH_USER",
    fields: { keyword: "be" },
    own: [250],
    refusals: [],
    asks: { to: "search", kind: "users", prefix: "be", request },
  },
  { method: "LOG_OUT", fields: {}, own: [250], refusals: [], asks: { to: "logOut" } },
  {
    method: "GET_SERVER",
    fields: {},
    own: [],
    refusals: [],
    asks: { to: "count", request },
  },
  {
    method: "GET_USER",
    fields: { user_id: "ben" },
    own: [250, 300],
    refusals: [["account_unknown", 300]],
    asks: { to: "account", command: { on: "profile", user: "ben", session, request } },
  },
];

const room_id = "pit";
const subject = { subject_user_id: "ben", room_id };

const ofRooms: readonly Row[] = [
  {
    method: "CREATE_ROOM",
    fields: { room_id, room_nickname: "The pit", room_access: 0 },
    own: [250, 301, 311, 321, 340],
    refusals: [
      ["room_taken", 401],
      ["rooms_limit", 801],
      ["account_unknown", 250],
    ],
    asks: {
      to: "errand",
      errand: {
        on: "create",
        create: { room: "pit", user: "ana", born: 7, title: "The pit", access: "public" },
        password: undefined,
      },
      request,
    },
  },
  {
    method: "ENTER_ROOM",
    fields: { room_id, room_password: "open sesame" },
    own: [250, 301],
    refusals: [
      ["room_unknown", 301],
      ["room_password_invalid", 311],
      ...passwords,
      ["room_barred", 801],
      ["room_locked", 801],
      ["room_full", 801],
      ["requests_limit", 801],
      ["account_unknown", 250],
    ],
    asks: {
      to: "errand",
      errand: {
        on: "enter",
        enter: { room: "pit", user: "ana", born: 7 },
        password: "open sesame",
      },
      request,
    },
  },
  {
    method: "REMOVE_ROOM",
    fields: { room_id },
    own: [250, 301],
    refusals: rights,
    asks: { to: "charter", command: { on: "removeRoom", ...at } },
  },
  {
    method: "CHANGE_ROOM_ACCESS",
    fields: { room_id, room_access_type: 1, room_password: "open sesame" },
    own: [250, 301, 311, 340],
    refusals: rights,
    asks: {
      to: "errand",
      errand: {
        on: "adjust",
        adjust: { room: "pit", user: "ana", born: 7, changes: { access: "password" } },
        password: "open sesame",
      },
      request,
    },
  },
  {
    method: "CHANGE_ROOM_NICKNAME",
    fields: { room_id, new_room_nickname: "The hall" },
    own: [250, 301, 321],
    refusals: rights,
    asks: {
      to: "errand",
      errand: {
        on: "adjust",
        adjust: { room: "pit", user: "ana", born: 7, changes: { title: "The hall" } },
        password: undefined,
      },
      request,
    },
  },
  {
    method: "CHANGE_ROOM_DESCRIPTION",
    fields: { room_id, new_room_description: "Deep." },
    own: [250, 301, 331],
    refusals: rights,
    asks: {
      to: "errand",
      errand: {
        on: "adjust",
        adjust: { room: "pit", user: "ana", born: 7, changes: { description: "Deep." } },
        password: undefined,
      },
      request,
    },
  },
  {
    method: "REMOVE_USER_FROM_ROOM",
    fields: subject,
    own: [250, 300, 301],
    refusals: subjects,
    asks: { to: "charter", command: { on: "removeMember", ...at, subject: "ben" } },
  },
  {
    method: "SET_ADMIN",
    fields: subject,
    own: [250, 300, 301],
    refusals: subjects,
    asks: { to: "charter", command: { on: "setAdmin", ...at, subject: "ben", isAdmin: true } },
  },
  {
    method: "REMOVE_ADMIN",
    fields: subject,
    own: [250, 300, 301],
    refusals: subjects,
    asks: { to: "charter", command: { on: "setAdmin", ...at, subject: "ben", isAdmin: false } },
  },
  {
    method: "BAN_USER",
    fields: subject,
    own: [250, 300, 301],
    refusals: subjects,
    asks: { to: "charter", command: { on: "bar", ...at, subject: "ben", isBarred: true } },
  },
  {
    method: "UNBAN_USER",
    fields: subject,
    own: [250, 300, 301],
    refusals: subjects,
    asks: { to: "charter", command: { on: "bar", ...at, subject: "ben", isBarred: false } },
  },
  {
    method: "SEND_ROOM_MESSAGE",
    fields: { room_id, message: "hi" },
    own: [250, 301],
    refusals: [
      ["room_unknown", 301],
      ["not_a_member", 801],
    ],
    asks: { to: "charter", command: { on: "say", ...at, text: "hi" } },
  },
  {
    method: "GET_ROOM_ACCESS_TYPE",
    fields: { room_id },
    own: [250, 301],
    refusals: [["room_unknown", 301]],
    asks: { to: "charter", command: { on: "describeRoom", ...at } },
  },
  {
    method: "GET_ROOM",
    fields: { room_id },
    own: [250, 301],
    refusals: [["room_unknown", 301]],
    asks: { to: "charter", command: { on: "describeRoom", ...at } },
  },
  {
    method: "SEARCH_ROOM",
    fields: { keyword: "" },
    own: [250],
    refusals: [],
    asks: { to: "search", kind: "rooms", prefix: "", request },
  },
];

const unknown: Row["refusals"] = [
  ["request_unknown", 801],
  ["account_unknown", 801],
  ["room_unknown", 801],
  ["rights_missing", 801],
  ["friends_limit", 801],
];
const friendly = (how: string) => ({
  to: "account",
  command: { on: "answerFriend", ...from, id: 9, how },
});
const ofRequests: readonly Row[] = [
  {
    method: "APPROVE_REQUEST",
    fields: { request_id: "f9" },
    own: [250],
    refusals: unknown,
    asks: friendly("approve"),
  },
  {
    method: "IGNORE_REQUEST",
    fields: { request_id: "f9" },
    own: [250],
    refusals: unknown,
    asks: friendly("ignore"),
  },
  {
    method: "REJECT_REQUEST",
    fields: { request_id: "f9" },
    own: [250],
    refusals: unknown,
    asks: friendly("reject"),
  },
  {
    method: "HANDLE_REQUEST",
    fields: { target_request_id: "r9.pit", action_type: 1 },
    own: [250],
    refusals: unknown,
    asks: { to: "charter", command: { on: "answerEntry", ...at, id: 9, how: "approve" } },
  },
];

const rows = [...ofUsers, ...ofRooms, ...ofRequests];
const opened = ({ own }: Row): Client => (own.includes(250) ? loggedIn() : new Client());

describe("every method", () => {
  it("is in the table", () => {
    expect(rows.map(({ method }) => method).sort()).toEqual([...methods].sort());
  });

  it.each(rows)("$method has the fields that are printed", ({ method, fields }) => {
    const printed = Object.keys(fields).filter((name) => name !== "room_password");
    expect(fieldNames(method)).toEqual(printed);
  });

  it.each(rows)("$method finds the errors that are printed", (row) => {
    const { method, fields, own } = row;
    const found = new Set<unknown>();
    const tell = (client: Client, given: Fields): void => {
      client.says(method, given);
      client.finds();
      const [{ err } = {}] = client.hears();
      if (err !== undefined && err !== 900) found.add(err);
    };
    for (const name of fieldNames(method)) {
      for (const { value } of kindOf(method, name).wrong) {
        tell(opened(row), { ...fields, [name]: value });
      }
    }
    for (const access of ["room_access", "room_access_type"].filter((it) => it in fields)) {
      tell(opened(row), { ...fields, [access]: 1, room_password: "short" });
    }
    tell(new Client(), fields);
    tell(loggedIn(), fields);
    found.delete(233);
    expect([...found].sort()).toEqual([...own].sort());
  });

  it.each(rows)("$method asks for what it says", (row) => {
    const client = opened(row);
    client.says(row.method, row.fields);
    expect(client.asks()).toEqual(row.asks === undefined ? [] : [row.asks]);
  });

  const refused = rows.flatMap((row) => {
    return row.refusals.map(([code, err]) => ({ ...row, code, err }));
  });
  it.each(refused)("$method that is refused with $code is answered $err", (row) => {
    const client = opened(row);
    client.sends({ req_id: 77, method: row.method, ...row.fields });
    client.answered({ on: "refused", code: row.code, facts: {} });
    client.finds();
    expect(client.hears()).toEqual([{ resp_id: 77, err: row.err, reason: expect.any(String) }]);
  });

  const done = rows.filter(({ asks, method }) => {
    return asks !== undefined && !["LOG_IN", "LOG_OUT", "GET_SERVER"].includes(method);
  });
  it.each(done)("$method that is done is answered 900", (row) => {
    const client = opened(row);
    client.sends({ req_id: 77, method: row.method, ...row.fields });
    expect(client.hears()).toEqual([]);
    client.answered({ on: "done" });
    expect(client.hears()).toEqual([{ resp_id: 77, err: 900 }]);
  });
});
