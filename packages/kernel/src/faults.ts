/** The error catalogue: every failure a user can cause, in one table; the type follows from it. */

type Entry = {
  /** WebSocket close code when the connection ends over it, 4000..4999; shared only by kin. */
  readonly close: number;
  readonly retry: "never" | "later" | "elsewhere";
  /** A sentence that says what to do. */
  readonly say: string;
};

export const catalogue = {
  frame_malformed: {
    close: 4400,
    retry: "never",
    say: "Send one JSON object per text frame, or one msgpack array per binary frame in version 2.",
  },
  frame_too_large: { close: 4400, retry: "never", say: "Send smaller messages." },
  frame_too_deep: { close: 4400, retry: "never", say: "Nest arrays and objects less deeply." },
  frame_unexpected: {
    close: 4400,
    retry: "never",
    say: "Version 1 speaks text frames, version 2 binary ones.",
  },
  command_unknown: { close: 4400, retry: "never", say: "Use one of the documented commands." },
  field_invalid: { close: 4400, retry: "never", say: "Send the field as the protocol page says." },
  channel_missing: { close: 4400, retry: "never", say: "Name the channel." },
  name_invalid: { close: 4402, retry: "never", say: "An id is 1 to 256 bytes of UTF-8 text." },
  room_name_invalid: {
    close: 4402,
    retry: "never",
    say: "A channel is 1 to 256 bytes of UTF-8 text.",
  },
  identity_missing: {
    close: 1008,
    retry: "never",
    say: "Say who you are first: idme, or joingame with self.",
  },
  identity_fixed: {
    close: 1008,
    retry: "never",
    say: "A connection keeps its first id; open another connection for another id.",
  },
  identity_too_slow: {
    close: 4408,
    retry: "later",
    say: "Connect again and send idme soon after the connection opens.",
  },
  token_missing: {
    close: 4401,
    retry: "never",
    say: "This name needs a token: send idme with id and token.",
  },
  token_invalid: { close: 4401, retry: "never", say: "Get a new token; this one does not verify." },
  token_expired: { close: 4401, retry: "never", say: "Get a new token; this one has expired." },
  token_other_user: {
    close: 4401,
    retry: "never",
    say: "Use a token whose sub is the id that you claim.",
  },
  token_unsigned: {
    close: 4401,
    retry: "never",
    say: "This server only verifies tokens; ask their issuer for one, or set JWT_SECRET.",
  },
  operator_refused: {
    close: 4403,
    retry: "never",
    say: "Ask from the server's own machine, or send ADMIN_TOKEN as a bearer.",
  },
  session_replaced: {
    close: 4409,
    retry: "never",
    say: "The same user connected elsewhere and this server keeps the newest connection.",
  },
  session_refused: {
    close: 4409,
    retry: "later",
    say: "This user is connected already; close the other connection first.",
  },
  session_resumed: {
    close: 4410,
    retry: "never",
    say: "The session goes on over a newer connection.",
  },
  session_limit: {
    close: 4411,
    retry: "later",
    say: "This user has too many connections; close one of them.",
  },
  session_busy: {
    close: 4412,
    retry: "later",
    say: "Too much was sent before the id was confirmed; wait for the answer.",
  },
  session_lost: {
    close: 4413,
    retry: "later",
    say: "The server lost track of this session; connect again and resume.",
  },
  resume_secret_invalid: {
    close: 4400,
    retry: "never",
    say: "A resume secret is 16 to 128 characters of your own choosing.",
  },
  room_full: { close: 4460, retry: "later", say: "Every seat is taken; try another channel." },
  rooms_limit: { close: 4461, retry: "later", say: "Leave a channel before you join another." },
  not_a_member: { close: 4462, retry: "never", say: "Join the channel before you speak in it." },
  subscriptions_limit: {
    close: 4463,
    retry: "never",
    say: "Unsubscribe from some ids before you add others.",
  },
  invites_limit: { close: 4464, retry: "never", say: "Invite fewer users in one message." },
  actions_limit: { close: 4465, retry: "never", say: "Send fewer actions in one message." },
  account_taken: { close: 4402, retry: "never", say: "Somebody has this name; choose another." },
  account_unknown: { close: 4402, retry: "never", say: "Nobody has an account of this name." },
  account_name_invalid: {
    close: 4402,
    retry: "never",
    say: "The name of an account is 1 to 16 letters, digits or underscores.",
  },
  account_banned: { close: 4403, retry: "never", say: "Ask the operator: this account is banned." },
  account_deleted: { close: 4403, retry: "never", say: "The account was deleted." },
  password_replaced: {
    close: 4401,
    retry: "never",
    say: "An operator gave this account another password: log in with that.",
  },
  password_invalid: {
    close: 4402,
    retry: "never",
    say: "A password is 6 to 64 printable ASCII characters.",
  },
  password_wrong: { close: 4401, retry: "never", say: "The name and the password do not match." },
  attempts_exceeded: {
    close: 4429,
    retry: "later",
    say: "Too many wrong passwords; wait a minute.",
  },
  passwords_busy: {
    close: 4480,
    retry: "later",
    say: "Too many passwords wait to be checked; try again in a few seconds.",
  },
  sign_ups_limit: {
    close: 4429,
    retry: "later",
    say: "Too many new accounts come from this address; wait a minute.",
  },
  sign_up_closed: { close: 4403, retry: "never", say: "Ask the operator for an account." },
  not_logged_in: { close: 4401, retry: "never", say: "Log in first." },
  logged_in_already: {
    close: 4402,
    retry: "never",
    say: "This connection is logged in; log out first.",
  },
  nickname_invalid: { close: 4402, retry: "never", say: "A nickname is 1 to 32 characters." },
  description_invalid: {
    close: 4402,
    retry: "never",
    say: "A description, or the text of a request, is at most 256 characters.",
  },
  message_invalid: { close: 4402, retry: "never", say: "A message is 1 to 4096 characters." },
  friends_limit: { close: 4466, retry: "later", say: "One of you has as many friends as may be." },
  requests_limit: {
    close: 4467,
    retry: "later",
    say: "Too many requests wait for an answer there; try later.",
  },
  not_a_friend: { close: 4468, retry: "never", say: "Become friends first." },
  request_unknown: {
    close: 4468,
    retry: "never",
    say: "No such request waits for you; it may have been answered.",
  },
  room_unknown: { close: 4469, retry: "never", say: "No room of this name was created." },
  room_taken: { close: 4469, retry: "never", say: "A room has this name; choose another." },
  room_title_invalid: { close: 4402, retry: "never", say: "A room's name is 1 to 32 characters." },
  room_description_invalid: {
    close: 4402,
    retry: "never",
    say: "A room's description is at most 256 characters.",
  },
  room_access_invalid: {
    close: 4402,
    retry: "never",
    say: "Access is 0 public, 1 password or 2 permission.",
  },
  room_password_invalid: {
    close: 4402,
    retry: "never",
    say: "Give the room's password: 6 to 64 printable ASCII characters.",
  },
  room_closed: {
    close: 4470,
    retry: "never",
    say: "This room takes members only; enter it with an account first.",
  },
  room_locked: { close: 4470, retry: "later", say: "The room is locked; try later." },
  room_barred: { close: 4470, retry: "never", say: "You are banned from this room." },
  guest_removed: {
    close: 4470,
    retry: "later",
    say: "The owner or an admin of this room put you out.",
  },
  room_removed: { close: 4470, retry: "never", say: "The room was removed." },
  rights_missing: {
    close: 4471,
    retry: "never",
    say: "Only the owner, or an admin where that is allowed, may do this.",
  },
  records_full: { close: 4480, retry: "later", say: "No more can be stored; ask the operator." },
  rate_exceeded: { close: 4429, retry: "later", say: "Send more slowly." },
  reader_too_slow: {
    close: 4430,
    retry: "later",
    say: "Read faster; connect again and resume to get what you missed.",
  },
  inbox_full: { close: 4480, retry: "later", say: "The shard is too busy; send it again later." },
  shard_unavailable: {
    close: 4481,
    retry: "later",
    say: "The server cannot store this now; send it again later.",
  },
  connections_limit: { close: 4482, retry: "elsewhere", say: "The server is full; try later." },
  address_limit: {
    close: 4483,
    retry: "later",
    say: "Too many connections come from this address; close some.",
  },
  origin_refused: {
    close: 4403,
    retry: "never",
    say: "Pages of this origin may not connect; ask the operator to list it in ALLOWED_ORIGINS.",
  },
  subprotocol_unknown: {
    close: 4404,
    retry: "never",
    say: "Offer the WebSocket subprotocol turntable or turntable.v2, or none.",
  },
  node_unknown: {
    close: 4404,
    retry: "never",
    say: "No node of this name is in the cluster; roundhouse nodes lists them.",
  },
  node_alone: {
    close: 4405,
    retry: "never",
    say: "This process is the whole cluster: there is nobody to move to; stop it instead.",
  },
  not_found: { close: 4404, retry: "never", say: "Nothing is served at this path." },
  method_refused: { close: 4405, retry: "never", say: "Use GET." },
  going_away: { close: 1012, retry: "elsewhere", say: "The server restarts; connect again." },
  internal: { close: 1011, retry: "later", say: "The server made a mistake; connect again." },
} as const satisfies Record<string, Entry>;

export type Code = keyof typeof catalogue;
export type Facts = Readonly<Record<string, string | number | boolean>>;
export type Failure = { readonly ok: false; readonly code: Code; readonly facts: Facts };
export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (code: Code, facts: Facts = {}): Failure => ({ ok: false, code, facts });

/** The sentence of a failure, with its facts behind it: what a person reads. */
export function sentence(code: Code, facts: Facts = {}): string {
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return told.length === 0 ? catalogue[code].say : `${catalogue[code].say} (${told.join(", ")})`;
}
