/** What an account adds to the page: friends on both sides, requests, private messages, mail. */
import type { Message, Notice, Request } from "../wire/message.ts";
import type { Answer, Ask } from "../wire/requests.ts";
import { newsOf } from "./news.ts";
import type { Notices } from "./notices.ts";
import { type How, openRequestsPanel } from "./requests-panel.ts";
import type { Line } from "./talk.ts";

export type Circle = {
  /** Whether the server told us of our account: then it keeps our friends. */
  isMember(): boolean;
  hear(message: Extract<Message, { command: "account" | "notice" }>): void;
  /** Asks somebody to become a friend. */
  befriend(user: string): void;
  unfriend(user: string): void;
  whisper(friend: string, text: string): void;
  /** Signed out, or the connection is gone. */
  close(): void;
};

type Deeds = {
  readonly ask: Ask;
  readonly notices: Notices;
  readonly self: () => string;
  readonly line: (line: Line) => void;
  /** All our friends, as the server knows them. */
  readonly friends: (names: ReadonlySet<string>) => void;
  readonly join: (channel: string) => void;
  readonly leave: (channel: string) => void;
};

export function openCircle(deeds: Deeds): Circle {
  const { ask, notices } = deeds;
  let friends: ReadonlySet<string> | undefined;
  let heeding: ReturnType<typeof setTimeout> | undefined;
  const requests = openRequestsPanel(answer);

  /** Does what shall follow, or says why it was refused. */
  function asking(
    command: string,
    data: unknown,
    then: (answer: Answer & { command: "ok" }) => void,
  ) {
    ask(command, data, (told) => {
      if (told.command === "ok") then(told);
      else notices.error(told.code, told.message);
    });
  }

  function become(next: ReadonlySet<string>): void {
    friends = next;
    deeds.friends(next);
  }
  const add = (user: string): void => become(new Set([...(friends ?? []), user]));
  const drop = (user: string): void =>
    become(new Set([...(friends ?? [])].filter((it) => it !== user)));

  function answer(request: Request, how: How): void {
    asking("answer", { request: request.request, how }, () => {
      if (how === "approve" && request.channel === "") add(request.from);
    });
  }

  function hearNotice(notice: Notice): void {
    const { kept, timestamp: at } = notice;
    if (kept) heed();
    const news = newsOf(notice);
    switch (news?.on) {
      case "whispered": {
        const { from, text } = news;
        return deeds.line({ place: { in: "private", friend: from }, from, text, at, kept });
      }
      case "words": {
        const { channel, from, text } = news;
        return deeds.line({ place: { in: "room", channel }, from, text, at, kept });
      }
      case "asked":
        return requests.add(news.request);
      case "befriended":
        add(news.user);
        return notices.say(news.words);
      case "unfriended":
        drop(news.user);
        return notices.say(news.words);
      case "admitted":
        return notices.invite(news.channel, () => deeds.join(news.channel));
      case "shut":
        deeds.leave(news.channel);
        return notices.say(news.words);
      case "said":
        return notices.say(news.words);
      case undefined:
        return;
    }
  }

  /** What was kept is shown now, all of it: the server need not keep it any longer. */
  function heed(): void {
    clearTimeout(heeding);
    heeding = setTimeout(() => ask("heed", {}, () => {}), HEED_MS);
  }

  return {
    isMember: () => friends !== undefined,
    hear(message) {
      if (message.command === "notice") return hearNotice(message);
      become(new Set(message.friends));
      requests.clear();
      for (const request of message.requests) requests.add(request);
    },
    befriend(user) {
      asking("befriend", { user }, () => {
        if (friends?.has(user) !== true) notices.say(`${user} was asked to be your friend.`);
      });
    },
    unfriend: (user) => asking("unfriend", { user }, () => drop(user)),
    whisper(friend, text) {
      asking("whisper", { user: friend, text }, ({ timestamp: at }) =>
        deeds.line({ place: { in: "private", friend }, from: deeds.self(), text, at, kept: false }),
      );
    },
    close() {
      clearTimeout(heeding);
      friends = undefined;
      requests.clear();
    },
  };
}

/** What was kept comes frame by frame, close behind each other. */
const HEED_MS = 300;
