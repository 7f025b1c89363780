/** The talk of this tab: words of the room and of friends, in either version of the protocol. */
import type { Action } from "../wire/message.ts";
import { type Line, type Place, wordsIn } from "./talk.ts";
import { openTalkPanel } from "./talk-panel.ts";

export type Conversation = {
  line(line: Line): void;
  /** Version 1 says words as actions of the game. */
  hear(channel: string, actions: readonly Action[]): void;
  render(channel: string | undefined, friends: readonly string[]): void;
  turnTo(friend: string): void;
  clear(): void;
};

type Deeds = {
  readonly self: () => string;
  readonly send: (command: string, data: unknown) => void;
  /** Whether the page speaks version 2. */
  readonly isMember: () => boolean;
  readonly whisper: (friend: string, text: string) => void;
};

export function openConversation({ self, send, isMember, whisper }: Deeds): Conversation {
  const panel = openTalkPanel(say);

  function say(place: Place, text: string): void {
    if (place.in === "private") return whisper(place.friend, text);
    const { channel } = place;
    if (isMember()) send("say", { channel, text });
    else send("game", { channel, actions: [{ data: { text } }] });
  }

  return {
    line: (line) => panel.add(line, self()),
    hear(channel, actions) {
      for (const { from, data } of actions) {
        const text = wordsIn(data);
        if (text === undefined) continue;
        const place = { in: "room", channel } as const;
        panel.add({ place, from, text, at: Date.now(), kept: false }, self());
      }
    },
    render(channel, friends) {
      const rooms: readonly Place[] = channel === undefined ? [] : [{ in: "room", channel }];
      panel.render([...rooms, ...friends.map((friend) => ({ in: "private", friend }) as const)]);
    },
    turnTo: panel.turnTo,
    clear: panel.clear,
  };
}
