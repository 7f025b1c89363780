/** One server for a file or a group of tests, and the clients that come to it. */
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Client, type ClientOptions, connect } from "./client.ts";
import { RawSocket } from "./raw-socket.ts";
import { ScrpClient, type ScrpOptions, signIn } from "./scrp/scrp-client.ts";
import { removeFolders, type Server, type Settings, startServer } from "./server.ts";

export type House = {
  readonly server: Server;
  /** A connection that has said nothing yet. */
  enter(options?: ClientOptions): Promise<Client>;
  /** A connection that has said its name and is known by it. */
  enterAs(user: string, options?: ClientOptions & Identity): Promise<Client>;
  /** A connection that sits in a channel. */
  sit(user: string, channel: string, identity?: Identity): Promise<Client>;
  /** A connection of SCRP that has said nothing yet. */
  dial(options?: ScrpOptions): Promise<ScrpClient>;
  /** One that has just signed up, and is logged in. */
  signIn(user: string, options?: ScrpOptions): Promise<ScrpClient>;
  /** A bare socket, for what no client library would do. */
  knock(from?: string): Promise<RawSocket>;
};

export type Identity = {
  readonly token?: string;
  readonly resume?: string;
  readonly seen?: Readonly<Record<string, number>>;
};

/** Starts a server before the tests and ends it after them: in good order, or the tests fail. */
export function house(settings: Settings = {}): House {
  let server: Server | undefined;
  const clients: { drop(): void }[] = [];
  const running = (): Server => {
    if (server === undefined) throw new Error("The server runs only while tests run.");
    return server;
  };
  const kept = <Opened extends { drop(): void }>(client: Opened): Opened => {
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    server = await startServer(settings);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.drop();
  });
  afterAll(async () => {
    const exit = await running().stop();
    removeFolders();
    expect(exit, running().run.err).toEqual({ code: 0, signal: null });
    expect(running().run.err).not.toMatch(/"level":"(error|fatal)"/);
  });
  const self: House = {
    get server() {
      return running();
    },
    enter: async (options) => kept(await connect(running().address, options)),
    enterAs: async (user, { token, resume, seen, ...options } = {}) => {
      const client = await self.enter(options);
      client.say("idme", { id: user, token, resume, seen });
      if (resume === undefined) await isKnown(client, user);
      else await client.expect("resumed");
      return client;
    },
    sit: async (user, channel, identity = {}) => {
      const client = await self.enterAs(user, identity);
      await join(client, channel);
      return client;
    },
    dial: async (options) => kept(await ScrpClient.open(running().scrpPort, options)),
    signIn: async (user, options) => kept(await signIn(running().scrpPort, user, options)),
    knock: async (from) => kept(await RawSocket.open(running().httpPort, from)),
  };
  return self;
}

/** Resolves once the server has taken the name: its own status is the proof. */
export async function isKnown(client: Client, user: string): Promise<void> {
  client.say("subscribe", [user]);
  await client.expect("userchange", (data) => (data[user] ?? "offline") !== "offline");
  client.say("unsubscribe", [user]);
}

/** Joins, and waits until it is in the room: an empty message of its own comes back from there. */
export async function join(
  client: Client,
  channel: string,
  also: { readonly self?: string; readonly invite?: readonly string[] } = {},
): Promise<void> {
  const hello = ++hellos;
  client.say("joingame", { channel, ...also });
  client.say("game", { channel, actions: [], hello });
  await client.expect("game", (data) => data["hello"] === hello);
}

let hellos = 0;
