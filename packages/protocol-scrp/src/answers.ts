/** What an answer says beside its number. */
import type { Profile, RoomSeen, Told } from "@roundhouse/domain";
import type { Millis } from "@roundhouse/kernel";
import type { Found, ServerFacts } from "@roundhouse/protocol";
import { accessNumber } from "./fields.ts";
import type { Method } from "./methods.ts";
import { seconds, words } from "./pushes.ts";
import type { Fields } from "./reply.ts";

export type Answering = Extract<Told, { on: "done" | "sent" | "mail" | "profile" | "described" }>;

export function fieldsOf(method: Method, told: Answering): Fields {
  switch (told.on) {
    case "done":
      return {};
    case "sent":
      return { message_id: told.id, time: seconds(told.at) };
    case "mail": {
      const messages = told.notices.flatMap((notice) => {
        return notice.on === "whispered" || notice.on === "words" ? [words(notice)] : [];
      });
      return { messages };
    }
    case "profile":
      return method === "GET_USER" ? userFields(told.profile) : lastActivity(told.profile);
    case "described":
      return method === "GET_ROOM" ? roomFields(told.room) : accessOf(told.room);
  }
}

const lastActivity = ({ seenAt }: Profile): Fields => ({ time: seconds(seenAt) });
const accessOf = ({ access }: RoomSeen): Fields => ({ room_access: accessNumber(access) });

const userFields = ({ user, nickname, description, since, seenAt }: Profile): Fields => ({
  user_id: user,
  user_nickname: nickname,
  user_description: description,
  sign_up_time: seconds(since),
  last_activity_time: seconds(seenAt),
});

const roomFields = ({ id, title, description, owner, access, members }: RoomSeen): Fields => ({
  room_id: id,
  room_nickname: title,
  room_description: description,
  room_owner: owner,
  room_access: accessNumber(access),
  number_of_members: members,
});

export function foundFields(found: Found): Fields {
  if (found.on === "users") {
    const users = found.users.slice(0, FOUND_MAX);
    return { users: users.map(({ id, nickname }) => ({ user_id: id, user_nickname: nickname })) };
  }
  const rooms = found.rooms.slice(0, FOUND_MAX).map(({ id, title, access }) => {
    return { room_id: id, room_nickname: title, room_access: accessNumber(access) };
  });
  return { rooms };
}

/** Section 1.2, in its order. */
export const serverFields = (facts: ServerFacts, now: Millis): Fields => ({
  nickname: "Roundhouse",
  version: facts.version.slice(0, 16),
  description: "A presence and game-room cluster.",
  protocol_version: PROTOCOL_VERSION,
  time: seconds(now),
  uptime: seconds(facts.since),
  number_of_users: uint32(facts.users),
  max_number_of_users: uint32(facts.usersMax),
  number_of_online_users: uint32(facts.online),
  max_number_of_online_users: uint32(facts.onlineMax),
  number_of_rooms: uint32(facts.rooms),
  max_number_of_rooms: uint32(facts.roomsMax),
  messages_in: uint32(facts.messagesIn),
  messages_out: uint32(facts.messagesOut),
  data_in: facts.bytesIn,
  data_out: facts.bytesOut,
});

/** A counter that has reached the end of its type stays there. */
const uint32 = (count: number): number => Math.min(count, 4_294_967_295);

/** Of the document that this follows. */
const PROTOCOL_VERSION = "0.0.3";
const FOUND_MAX = 50;
