/** Every command of turntable in a sentence or two, and an example to send of those of version 1. */

type Entry = { readonly says: string; readonly example?: unknown };

const COMMANDS: Readonly<Record<string, Entry>> = {
  idyou: { says: "The server's first word on every connection: identify yourself." },
  idme: {
    says: "Your answer: your name, or {id, token} where the server asks for tokens. From now on you are online.",
    example: "1:12345",
  },
  subscribe: {
    says: "Tell me how these users are, now and whenever it changes. Subscriptions add up and end with the connection.",
    example: ["ben", "cleo"],
  },
  unsubscribe: { says: "Stop telling me about these users.", example: ["cleo"] },
  userchange: {
    says: "How users are: online, busy (in a room), away or offline. One message may carry many, and each change is told once.",
  },
  joingame: {
    says: "Enter a room, or make it by entering. Whoever stands in invite gets an invitation.",
    example: { channel: "CStrike", self: "ana", invite: ["ben"] },
  },
  leavegame: {
    says: "Leave a room. Closing the connection does the same.",
    example: { channel: "CStrike" },
  },
  invite: {
    says: "Sent by a member: invite this user. Received: you are invited. It waits for a user who is offline.",
    example: { channel: "CStrike", user: "ben" },
  },
  game: {
    says: "What players do. The server gives each action a number (seq), its sender (from) and the time, and sends it to every member, the sender too, in one order for all.",
    example: { channel: "CStrike", actions: [{ data: { do: "whistle" } }] },
  },
  status: { says: "Be shown as away, or as online again.", example: "away" },
  whothere: { says: "Ask who is connected to the same shard as you.", example: {} },
  there: { says: "The answer to whothere: some names on your shard." },
  error: { says: "Something was refused: code says what, message says what to do." },
  ok: { says: "Version 2: the request of this number was carried out." },
  signup: { says: "Version 2: make an account of this name. The password is left out here." },
  login: { says: "Version 2: here is my account. The password is left out here." },
  account: {
    says: "Version 2: who you are, your friends, your rooms, and who waits for your answer.",
  },
  notice: {
    says: "Version 2: something that concerns you; kept says that it waited while you were away.",
  },
  heed: { says: "Version 2: I have got what was kept for me." },
  say: { says: "Version 2: words for everybody in the room, on every protocol." },
  said: { says: "Version 2: what somebody said in the room, in the one order of all its events." },
  whisper: { says: "Version 2: words for a friend alone; they wait while the friend is away." },
  befriend: { says: "Version 2: ask somebody to become a friend, on both sides." },
  unfriend: { says: "Version 2: be friends no longer, on both sides." },
  answer: { says: "Version 2: approve, reject or ignore a request." },
  enter: { says: "Version 2: become a member of a room that has rights." },
  joined: { says: "Version 2: somebody came into the room. It has a number in the room's order." },
  left: { says: "Version 2: somebody left the room. It has a number in the room's order." },
};

export function explain(command: string): string {
  const entry = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  return entry?.says ?? "No such command is known here; the server lets it pass, or says so.";
}

/** Frames to start from, by command: only those a client sends. */
export function examples(): ReadonlyMap<string, string> {
  const frames = new Map<string, string>();
  for (const [command, { example }] of Object.entries(COMMANDS)) {
    if (example !== undefined) frames.set(command, JSON.stringify({ command, data: example }));
  }
  return frames;
}
