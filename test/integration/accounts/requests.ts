/** What two people want, in the words of SCRP. */
import { account, type Fields } from "../scrp/scrp-client.ts";
import { other, type Who, type Wish } from "./world.ts";

/** Which pair it is, the request that ben knows of, and how often ana has asked. */
export type RequestScene = {
  readonly number: number;
  readonly request: unknown;
  readonly asks: number;
};

export type Request = { readonly who: Who; readonly method: string; readonly fields: Fields };

export const nameIn = (who: Who, number: number): string => `${who}_${number}`;

export function requestOf(deed: Wish, { number, request, asks }: RequestScene): Request {
  const room_id = `room_${number}`;
  const nameOf = (who: Who): string => nameIn(who, number);
  const by = (who: Who, method: string, fields: Fields = {}): Request => ({ who, method, fields });
  switch (deed.on) {
    case "signUp": {
      const { who, password } = deed;
      return by(who, "SIGN_UP", { ...account(nameOf(who), password), user_nickname: who });
    }
    case "logIn":
      return by(deed.who, "LOG_IN", account(nameOf(deed.who), deed.password));
    case "logOut":
      return by(deed.who, "LOG_OUT");
    case "change": {
      const passwords = { old_user_password: deed.from, new_user_password: deed.to };
      return by(deed.who, "CHANGE_USER_PASSWORD", passwords);
    }
    case "resign":
      return by(deed.who, "DELETE_USER", { user_password: deed.password });
    case "ask": {
      const fields = { subject_user_id: nameOf("ben"), verification_message: `${asks}` };
      return by("ana", "ADD_FRIEND", fields);
    }
    case "approve":
      return by("ben", "APPROVE_REQUEST", { request_id: request });
    case "reject":
      return by("ben", "REJECT_REQUEST", { request_id: request });
    case "unfriend":
      return by(deed.who, "REMOVE_FRIEND", { subject_user_id: nameOf(other(deed.who)) });
    case "whisper": {
      const fields = { user_id: nameOf(other(deed.who)), message: deed.text };
      return by(deed.who, "SEND_PRIVATE_MESSAGE", fields);
    }
    case "create":
      return by("ana", "CREATE_ROOM", { room_id, room_nickname: "a room", room_access: 0 });
    case "enter":
      return by("ben", "ENTER_ROOM", { room_id });
    case "expel":
      return by(deed.by, "REMOVE_USER_FROM_ROOM", { subject_user_id: nameOf("ben"), room_id });
    case "dissolve":
      return by("ana", "REMOVE_ROOM", { room_id });
    case "say":
      return by(deed.who, "SEND_ROOM_MESSAGE", { room_id, message: deed.text });
  }
}
