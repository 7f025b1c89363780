/** Every command of turntable version 1 in a sentence or two, and an example to send. */

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
};

export function explain(command: string): string {
  const entry = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  return entry?.says ?? "Version 1 has no such command; the server lets it pass.";
}

/** Frames to start from, by command: only those a client sends. */
export function examples(): ReadonlyMap<string, string> {
  const frames = new Map<string, string>();
  for (const [command, { example }] of Object.entries(COMMANDS)) {
    if (example !== undefined) frames.set(command, JSON.stringify({ command, data: example }));
  }
  return frames;
}
