/** What an account's notices mean for the page, in words and in deeds. Pure. */
import type { Notice, Request } from "../wire/message.ts";

export type News =
  | { readonly on: "whispered"; readonly from: string; readonly text: string }
  | {
      readonly on: "words";
      readonly channel: string;
      readonly from: string;
      readonly text: string;
    }
  | { readonly on: "asked"; readonly request: Request }
  | { readonly on: "befriended" | "unfriended"; readonly user: string; readonly words: string }
  /** The door of a room is open now. */
  | { readonly on: "admitted"; readonly channel: string }
  | { readonly on: "shut"; readonly channel: string; readonly words: string }
  | { readonly on: "said"; readonly words: string };

/** Undefined for a kind that this page does not know. */
export function newsOf(notice: Notice): News | undefined {
  const { channel, from, kind, text, user, why } = notice;
  switch (kind) {
    case "whispered":
      return { on: kind, from, text };
    case "words":
      return { on: kind, channel, from, text };
    case "friendAsked":
    case "entryAsked": {
      const { request } = notice;
      return { on: "asked", request: { request, from, text, channel } };
    }
    case "approved":
      if (user === "") return { on: "admitted", channel };
      return { on: "befriended", user, words: `${user} is your friend now.` };
    case "rejected":
      return { on: "said", words: `${user === "" ? channel : user} declined your request.` };
    case "unfriended": {
      const deed = why === "deleted" ? "deleted the account" : "is no friend of yours any more";
      return { on: "unfriended", user, words: `${user} ${deed}.` };
    }
    case "deleted":
      return { on: "said", words: `${user} deleted the account.` };
    case "expelled":
      return { on: "shut", channel, words: `You are no member of ${channel} any more.` };
    case "roomRemoved":
      return { on: "shut", channel, words: `The room ${channel} was removed.` };
    case "appointed":
      return { on: "said", words: `You are an admin of ${channel} now.` };
    case "deposed":
      return { on: "said", words: `You are no admin of ${channel} any more.` };
    default:
      return undefined;
  }
}
