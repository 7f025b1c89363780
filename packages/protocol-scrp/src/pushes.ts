/** Section 4 and what the TODOs call for: what is pushed, without the number in front. */
import type { By, Notice, RoomEvent } from "@roundhouse/domain";
import type { Millis, RoomId, UserId } from "@roundhouse/kernel";
import { type Fields, tailOf } from "./reply.ts";

/** Fields called time are whole seconds since 1970. */
export const seconds = (time: Millis): number => Math.floor(time / 1000);

/**
 * One frame per event, the same for all who hear it; empty for what SCRP cannot say. One event may be
 * two pushes: a line each.
 */
export function eventTails(room: RoomId, events: readonly RoomEvent[]): readonly string[] {
  return events.map((event) => eventTail(room, event));
}

function eventTail(room: RoomId, event: RoomEvent): string {
  switch (event.on) {
    case "game":
      return "";
    case "joined":
      return event.member === true ? "" : entered(event.user, room);
    case "left":
      return event.member === true ? "" : leftRoom(event.user, room);
    case "said": {
      const { id, at, from, text } = event;
      return tailOf("NEW_ROOM_MESSAGE", words({ id, at, from, room, text }));
    }
    case "enrolled":
      return entered(event.user, room);
    case "expelled":
      return event.why === "deleted" ? userDeleted(event.user) : leftRoom(event.user, room);
    case "titled":
      return titled(room, event);
  }
}

function titled(room_id: RoomId, event: Extract<RoomEvent, { on: "titled" }>): string {
  const { title: room_nickname, description: room_description } = event;
  const tails: string[] = [];
  if (room_nickname !== undefined) {
    tails.push(tailOf("ROOM_NICKNAME_CHANGED", { room_id, room_nickname }));
  }
  if (room_description !== undefined) {
    tails.push(tailOf("ROOM_DESCRIPTION_CHANGED", { room_id, room_description }));
  }
  return tails.join("\n");
}

/** What a user is told personally; `me` is who it is told to. */
export function noticeTail(notice: Notice, me: UserId): string {
  switch (notice.on) {
    case "whispered":
      return tailOf("NEW_PRIVATE_MESSAGE", words(notice));
    case "words":
      return tailOf("NEW_ROOM_MESSAGE", words(notice));
    case "friendAsked": {
      const { request: request_id, from: user_id, text: verification_message } = notice;
      const time = seconds(notice.at);
      return tailOf("NEW_FRIEND_REQUEST", { request_id, time, user_id, verification_message });
    }
    case "entryAsked": {
      const { request: request_id, from: user_id, room: room_id } = notice;
      const time = seconds(notice.at);
      return tailOf("ENTER_ROOM_REQUEST", { request_id, time, user_id, room_id });
    }
    case "approved":
      return tailOf("REQUEST_APPROVED", { request_id: notice.request, ...where(notice.by) });
    case "rejected":
      return tailOf("REQUEST_REJECTED", { request_id: notice.request, ...where(notice.by) });
    case "unfriended":
      if (notice.why === "deleted") return userDeleted(notice.user);
      return tailOf("FRIEND_REMOVED", { user_id: notice.user });
    case "deleted":
      return userDeleted(notice.user);
    case "expelled":
      return leftRoom(me, notice.room);
    case "appointed":
      return tailOf("APPOINTED_AS_ADMIN", { room_id: notice.room });
    case "deposed":
      return tailOf("REMOVED_AS_ADMIN", { room_id: notice.room });
    case "roomRemoved":
      return tailOf("ROOM_REMOVED", { room_id: notice.room });
  }
}

type Words = {
  readonly id: number;
  readonly at: Millis;
  readonly from: UserId;
  readonly room?: RoomId;
  readonly text: string;
};

/** A message as it is pushed, and as RECEIVE_MESSAGE lists it. */
export const words = ({ id, at, from, room, text }: Words): Fields => ({
  message_id: id,
  time: seconds(at),
  sender_id: from,
  ...(room === undefined ? {} : { room_id: room }),
  message: text,
});

export const cameOnline = (user_id: UserId): string => tailOf("USER_ONLINE", { user_id });
export const wentOffline = (user_id: UserId): string => tailOf("USER_OFFLINE", { user_id });
export const nicknameChanged = (user_id: UserId, user_nickname: string): string => {
  return tailOf("USER_NICKNAME_CHANGED", { user_id, user_nickname });
};
export const descriptionChanged = (user_id: UserId, user_description: string): string => {
  return tailOf("USER_DESCRIPTION_CHANGED", { user_id, user_description });
};
export const forcedOff = (reason: string): string => tailOf("FORCED_TO_LOGGED_OFF", { reason });

const userDeleted = (user_id: UserId): string => tailOf("USER_DELETED", { user_id });
const entered = (user_id: UserId, room_id: RoomId): string => {
  return tailOf("USER_ENTER_ROOM", { user_id, room_id });
};
const leftRoom = (user_id: UserId, room_id: RoomId): string => {
  return tailOf("USER_LEAVE_ROOM", { user_id, room_id });
};

const where = (by: By): Fields => ("user" in by ? { user_id: by.user } : { room_id: by.room });
