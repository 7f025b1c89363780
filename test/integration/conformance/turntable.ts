/** turntable for the suite: both versions, which differ in how they say things. */
import type { Client, Data, Message } from "../client.ts";
import { type House, isKnown } from "../house.ts";
import type { Account, Person, Tongue } from "./tongue.ts";

/** How a version asks, and what it answers. */
type Voice = {
  readonly client: Client;
  /** Asks for it, and answers with a refusal's code or undefined. */
  ask(command: string, data: unknown): Promise<string | undefined>;
  say(room: string, text: string): Promise<void>;
};

export const turntable: Tongue = {
  name: "turntable",
  arrive: async (inn, { user, token }) => {
    return person(versionOne(await inn.enterAs(user, { token })), user);
  },
  arriveAsGuest: async (inn, user) => person(versionOne(await inn.enterAs(user)), user),
  intrude: (inn, user) => intrude(inn, user, (client) => client.say("idme", user)),
};

export const turntable2: Tongue = {
  name: "turntable.v2",
  arrive: async (inn, { user, password }: Account) => {
    const voice = versionTwo(await inn.enter(V2));
    await must(voice.ask("login", { id: user, password }));
    return person(voice, user);
  },
  arriveAsGuest: async (inn, user) => {
    const voice = versionTwo(await inn.enter(V2));
    await must(voice.ask("idme", user));
    return person(voice, user);
  },
  intrude: (inn, user) => intrude(inn, user, (client) => client.sayPacked("idme", user, 1), V2),
};

const V2 = { subprotocols: ["turntable.v2"] };

/** It does not answer what it does: a question behind it shows that it was done, or refused. */
function versionOne(client: Client): Voice {
  let asked = 0;
  const ask = async (command: string, data: unknown): Promise<string | undefined> => {
    const from = client.heard.length;
    const name = `nobody ${++asked}`;
    client.say(command, data);
    client.say("subscribe", [name]);
    await client.expect("userchange", (it) => it[name] === "offline");
    const refusal = client.heard.slice(from).find((it) => it.command === "error");
    return refusal === undefined ? undefined : String(refusal.data["code"]);
  };
  return {
    client,
    ask: async (command, data) => {
      const { channel } = (data ?? {}) as { readonly channel?: string };
      if (command !== "joingame" || channel === undefined) return ask(command, data);
      // The room's own shard answers: a message comes back from there, or a refusal.
      const from = client.heard.length;
      const hello = `${channel} ${++asked}`;
      client.say(command, data);
      client.say("game", { channel, actions: [], hello });
      const word = await client.until(() => {
        return client.heard.slice(from).find((it) => {
          return it.command === "error" || it.data["hello"] === hello;
        });
      }, "a seat, or why not");
      return word.command === "error" ? String(word.data["code"]) : undefined;
    },
    say: async (room, text) => client.act(room, { data: { text } }),
  };
}

function versionTwo(client: Client): Voice {
  let asked = 0;
  const ask = async (command: string, data: unknown): Promise<string | undefined> => {
    const request = ++asked;
    client.sayPacked(command, data, request);
    const answer = await client.until(() => {
      if (client.closed !== undefined) throw new Error(client.closed.reason);
      return client.heard.find((it) => it.request === request);
    }, `the answer to ${command}`);
    return answer.command === "ok" ? undefined : String(answer.data["code"]);
  };
  return { client, ask, say: (channel, text) => must(ask("say", { channel, text })) };
}

function person({ client, ask, say }: Voice, user: string): Person {
  const watchedFrom = new Map<string, number>();
  const notices = (kind: string): readonly Data[] => {
    return client.all("notice").filter((data) => data["kind"] === kind);
  };
  return {
    user,
    sit: async (channel) => (await ask("joingame", { channel })) ?? "in",
    rise: async (channel) => void (await ask("leavegame", { channel })),
    say,
    watch: async (friend) => {
      await ask("subscribe", [friend]);
      await client.until(() => client.statusesOf(friend).length > 0 || undefined, "a status");
      watchedFrom.set(friend, 1); // The first says how it is.
    },
    talkNonsense: async () => {
      for (const nonsense of ["hello", '{"command":', '{"command":"dance"}', "[]"]) {
        client.sayText(nonsense);
      }
      client.sayBytes(Buffer.from([0xc1, 0xff])); // msgpack knows no such byte.
      const from = client.heard.length;
      await ask("subscribe", ["nobody at all"]);
      const commands = client.heard.slice(from).map(({ command }) => command);
      // Version 1 ignores what it does not know, or says what was wrong; nothing else follows.
      const isQuiet = commands.every((it) => ["error", "ok", "userchange"].includes(it));
      if (!isQuiet) throw new Error(commands.join());
    },
    transitions: (friend) => {
      const statuses = client.statusesOf(friend).slice(watchedFrom.get(friend));
      return statuses.map((status) => (status === "offline" ? "offline" : "online"));
    },
    comings: (room) => {
      return client.heard.flatMap(({ command, data }) => {
        if (data["channel"] !== room || data["user"] === user) return [];
        if (command === "joined") return [`+${data["user"]}`];
        return command === "left" ? [`-${data["user"]}`] : [];
      });
    },
    words: (room) => client.heard.flatMap((message) => wordsIn(message, room)),
    refusals: () => {
      const codes = client.all("error").map(({ code }) => String(code));
      // The word said behind a seat falls with it: that is no second refusal of the seat.
      return codes.filter((code, n) => code !== "not_a_member" || n === 0);
    },
    whispers: () => notices("whispered").map(({ text }) => String(text)),
    until: (look, what) => client.until(look, what),
    isOver: () => client.closed !== undefined,
    sleep: () => client.pause(),
    wake: () => client.resume(),
    leave: async () => void (await client.leave()),
  };
}

/** What was said, in the words of either version, or kept for who was away. */
function wordsIn({ command, data }: Message, room: string): readonly string[] {
  if (data["channel"] !== room) return [];
  const isKept = command === "notice" && data["kind"] === "words";
  if (command === "said" || isKept) return [`${data["from"]}: ${data["text"]}`];
  if (command !== "game") return [];
  const actions = data["actions"] as readonly { readonly from: string; readonly data?: Data }[];
  return actions.flatMap((action) => {
    const text = action.data?.["text"];
    return text === undefined ? [] : [`${action.from}: ${text}`];
  });
}

async function intrude(
  inn: House,
  user: string,
  knock: (client: Client) => void,
  options: { readonly subprotocols?: readonly string[] } = {},
): Promise<"in" | "refused"> {
  const client = await inn.enter(options);
  knock(client);
  const known = options.subprotocols === undefined ? isKnown(client, user) : answered(client);
  known.catch(() => {}); // It was sent away.
  return Promise.race([
    known.then(() => "in" as const),
    client.end().then(({ code }) => (code === 4401 ? "refused" : "in")),
  ]);
}

const answered = (client: Client): Promise<unknown> => client.expect("ok");

async function must(asked: Promise<string | undefined>): Promise<void> {
  const refusal = await asked;
  if (refusal !== undefined) throw new Error(`refused: ${refusal}`);
}
