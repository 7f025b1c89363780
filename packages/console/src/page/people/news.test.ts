import { describe, expect, it } from "vitest";
import type { Notice } from "../wire/message.ts";
import { newsOf } from "./news.ts";

const empty: Notice = {
  kind: "",
  request: "",
  from: "",
  text: "",
  channel: "",
  user: "",
  why: "",
  timestamp: 0,
  kept: false,
};

describe("the news of a notice", () => {
  it.each([
    {
      notice: { kind: "whispered", from: "ben", text: "psst" },
      news: { on: "whispered", from: "ben", text: "psst" },
    },
    {
      notice: { kind: "words", from: "ben", text: "hello", channel: "pit" },
      news: { on: "words", from: "ben", text: "hello", channel: "pit" },
    },
    {
      notice: { kind: "friendAsked", from: "ben", text: "me", request: "f1" },
      news: { on: "asked", request: { from: "ben", text: "me", request: "f1", channel: "" } },
    },
    {
      notice: { kind: "approved", user: "ben" },
      news: { on: "befriended", user: "ben", words: "ben is your friend now." },
    },
    {
      notice: { kind: "approved", channel: "pit" },
      news: { on: "admitted", channel: "pit" },
    },
    {
      notice: { kind: "rejected", user: "ben" },
      news: { on: "said", words: "ben declined your request." },
    },
    {
      notice: { kind: "unfriended", user: "ben", why: "deleted" },
      news: { on: "unfriended", user: "ben", words: "ben deleted the account." },
    },
    {
      notice: { kind: "roomRemoved", channel: "pit" },
      news: { on: "shut", channel: "pit", words: "The room pit was removed." },
    },
    { notice: { kind: "weather" }, news: undefined },
  ])("$notice.kind", ({ notice, news }) => {
    expect(newsOf({ ...empty, ...notice })).toEqual(news);
  });
});
