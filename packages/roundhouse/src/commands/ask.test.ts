import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fail, ok, silentLog } from "@roundhouse/kernel";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type AdminServer, openAdmin } from "../admin.ts";
import type { AdminPorts, NodeSeen } from "../admin-ports.ts";
import type { Command } from "./command.ts";
import { drain as drainNode } from "./drain.ts";
import { nodes } from "./nodes.ts";
import { rooms } from "./rooms.ts";
import { token } from "./token.ts";
import { topology } from "./topology.ts";
import { who } from "./who.ts";

const issue = vi.fn<AdminPorts["issue"]>(async (user) => ok(`token.of.${user}`));
const protect = vi.fn<AdminPorts["protect"]>(async () => ok(undefined));
const west: NodeSeen = {
  name: "west",
  incarnation: "00",
  role: "shard",
  address: "",
  shards: 22,
  connections: undefined,
  leaseMs: 5_250,
  draining: false,
  leaving: false,
  coordinator: true,
  otherRules: false,
};
const gate: NodeSeen = {
  ...west,
  name: "gate",
  role: "gateway",
  address: "ws://a.example",
  shards: 0,
  connections: 31,
  coordinator: false,
  leaving: true,
  otherRules: true,
};
const drain = vi.fn<AdminPorts["drain"]>(async (name, on) =>
  name === west.name ? ok([{ ...west, draining: on }]) : fail("node_unknown"),
);
const later = async () => fail("shard_unavailable");
const asked = vi.fn<AdminPorts["who"]>(async (user) =>
  ok({
    user,
    shard: 2,
    status: "busy",
    sessions: [{ id: "s1", gateway: "g1", since: 0, connected: false }],
    rooms: ["den", "attic"],
    protected: true,
    invites: 3,
  }),
);
const near = "ws://a.example";
const ports: AdminPorts = {
  metrics: async () => ({ contentType: "text/plain", text: "" }),
  live: () => true,
  ready: () => ok(undefined),
  topology: () => ({ k: 4, shards: [near, near, "ws://b.example", near] }),
  rooms: async () => {
    const created = { title: "Hall", access: "public", members: 5 };
    return ok([
      { id: "den\u001b[2J", shard: 7, members: 2, seq: 31, owner: "ana" },
      { id: "hall", shard: 8, members: 0, seq: 9, owner: "ben", created },
    ]);
  },
  who: asked,
  protect,
  nodes: async () => ok([west, gate]),
  drain,
  issue,
  accounts: {
    signUp: later,
    setPassword: later,
    ban: later,
    deleteAccount: later,
    exportAccount: later,
  },
};

let server: AdminServer;
let stranger: Server;
beforeAll(async () => {
  server = await openAdmin({ host: "127.0.0.1", port: 0, token: "", ports, log: silentLog });
  stranger = createServer((_, response) => response.end("<html>"));
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await server.close();
  stranger.close();
});

type Said = { readonly exit: number; readonly out: string; readonly err: string };

async function type(
  command: Command,
  words: string,
  more: Record<string, string> = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await command.run(
    words.split(" ").filter((word) => word !== ""),
    {
      environment: { ADMIN_PORT: String(server.port), ...more },
      keyboard: { isPerson: false, secret: async () => undefined, all: async () => "" },
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
    },
  );
  return { exit, out: out.join("\n"), err: err.join("\n") };
}

describe("asking a running node", () => {
  it("topology shows runs of shards with one address", async () => {
    const { exit, out } = await type(topology, "");
    expect(exit).toBe(0);
    expect(out.split("\n").slice(-4)).toEqual([
      "SHARDS  ADDRESS",
      "0..1    ws://a.example",
      "2       ws://b.example",
      "3       ws://a.example",
    ]);
  });

  it("rooms is a table in which no name can steer the terminal", async () => {
    const { out } = await type(rooms, "");
    expect(out).toBe(
      "ROOM     HERE  EVENTS  SHARD  OWNER  TITLE  ACCESS  MEMBERS\n" +
        "den\u{fffd}[2J  2     31      7      ana\n" +
        "hall     0     9       8      ben    Hall   public  5",
    );
  });

  it("who tells status, rooms, sessions and whether the name is registered", async () => {
    const { out } = await type(who, "1:12345");
    for (const fact of ["1:12345", "busy", "den, attic", "registered", "3 waiting", "may resume"]) {
      expect(out).toContain(fact);
    }
  });

  it("who tells of an account", async () => {
    const counts = { friends: 3, rooms: 2, mail: 1 };
    const account = { born: 7, turn: 1, nickname: "Ana\u001b", isBanned: true, ...counts };
    const seen = { user: "ana", shard: 2, status: "online", sessions: [], rooms: [], invites: 0 };
    asked.mockResolvedValueOnce(ok({ ...seen, protected: false, account }));
    expect((await type(who, "ana")).out).toContain(
      "an account, banned: Ana\u{fffd}, 3 friends, member of 2 rooms, 1 notices wait",
    );
  });

  it.each([
    { command: topology, words: "--json", key: "shards" },
    { command: rooms, words: "--json", key: "rooms" },
    { command: who, words: "ben --json", key: "sessions" },
    { command: token, words: "ben --json", key: "token" },
    { command: nodes, words: "--json", key: "nodes" },
    { command: drainNode, words: "west --json", key: "nodes" },
  ])("$command.name --json is the answer as JSON", async ({ command, words, key }) => {
    expect(JSON.parse((await type(command, words)).out)).toHaveProperty(key);
  });

  it("token prints the token and nothing else on standard output", async () => {
    expect(await type(token, "ben")).toEqual({ exit: 0, out: "token.of.ben", err: "" });
    expect(issue).toHaveBeenLastCalledWith("ben", 86_400);
  });

  it.each([
    { words: "ben --protect", calls: [["ben", true]] },
    { words: "ben --release", calls: [["ben", false]] },
    { words: "ben", calls: [] },
  ])("token $words", async ({ words, calls }) => {
    protect.mockClear();
    expect((await type(token, words)).exit).toBe(0);
    expect(protect.mock.calls).toEqual(calls);
  });

  it.each([
    { ttl: "90s", seconds: 90 },
    { ttl: "15m", seconds: 900 },
    { ttl: "30d", seconds: 2_592_000 },
  ])("token --ttl $ttl is good for $seconds s", async ({ ttl, seconds }) => {
    await type(token, `ben --ttl ${ttl}`);
    expect(issue).toHaveBeenLastCalledWith("ben", seconds);
  });

  it("nodes is a table of who is there", async () => {
    expect((await type(nodes, "")).out.split("\n")).toEqual([
      "NODE  ROLE     SHARDS  CONNECTIONS  LEASE  STATE                 ADDRESS",
      "west  shard    22                   5.3 s  coordinates",
      "gate  gateway          31           5.3 s  leaving, other rules  ws://a.example",
    ]);
  });

  it.each([
    { words: "west", calls: [["west", true]], says: "It still has 22" },
    { words: "west --undo", calls: [["west", false]], says: "is given shards and connections" },
  ])("drain $words", async ({ words, calls, says }) => {
    drain.mockClear();
    const { exit, out } = await type(drainNode, words);
    expect({ exit, calls: drain.mock.calls }).toEqual({ exit: 0, calls });
    expect(out).toContain(says);
  });

  it("drain --wait asks again until nothing is left", async () => {
    drain.mockClear();
    drain.mockResolvedValueOnce(ok([{ ...west, shards: 3 }]));
    drain.mockResolvedValueOnce(ok([{ ...west, shards: 0 }]));
    const { out } = await type(drainNode, "west --wait");
    expect(drain).toHaveBeenCalledTimes(2);
    expect(out).toContain("It is empty: it can be ended.");
  });

  it("a name that begins with a dash is given behind --", async () => {
    expect((await type(token, "-- -ben-")).out).toBe("token.of.-ben-");
  });

  it("a node that listens everywhere is asked on this machine", async () => {
    expect((await type(rooms, "", { ADMIN_HOST: "0.0.0.0" })).exit).toBe(0);
  });
});

describe("asking in vain", () => {
  it("says so when nothing listens", async () => {
    const { exit, err } = await type(rooms, "--admin-port 1");
    expect(exit).toBe(1);
    expect(err).toMatch(/^Nothing listens on 127\.0\.0\.1:1\. Is a node running there/);
  });

  it("says so when somebody else listens", async () => {
    const { port } = stranger.address() as AddressInfo;
    const { exit, err } = await type(rooms, `--admin-port ${port}`);
    expect({ exit, err }).toMatchObject({
      exit: 1,
      err: expect.stringContaining("not a node's admin port"),
    });
  });

  it("says what the node refused", async () => {
    issue.mockResolvedValueOnce(fail("token_unsigned"));
    const { exit, err } = await type(token, "ben");
    expect({ exit, err }).toMatchObject({ exit: 1, err: expect.stringContaining("JWT_SECRET") });
  });

  it("says so when there is no such node", async () => {
    const { exit, err } = await type(drainNode, "east");
    expect({ exit, err }).toMatchObject({ exit: 1, err: expect.stringContaining("No node") });
  });

  it.each([
    { command: who, words: "", says: "Usage: roundhouse who <user>" },
    { command: who, words: "a b", says: "Usage: roundhouse who <user>" },
    { command: who, words: "a --zap", says: "Unknown option '--zap'" },
    { command: rooms, words: "den", says: "Usage: roundhouse rooms" },
    { command: rooms, words: "--admin-port x", says: "--admin-port must be a whole number" },
    { command: topology, words: "x", says: "Usage: roundhouse topology" },
    { command: nodes, words: "x", says: "Usage: roundhouse nodes" },
    { command: drainNode, words: "", says: "Name one node." },
    { command: drainNode, words: "a --undo --wait", says: "are opposites" },
    { command: token, words: "", says: "Name one user." },
    { command: token, words: "ben --ttl 5", says: "--ttl is a number and its unit" },
    { command: token, words: "ben --ttl 5y", says: "--ttl is a number and its unit" },
    { command: token, words: "ben --protect --release", says: "are opposites" },
  ])("$command.name $words is misuse: $says", async ({ command, words, says }) => {
    const { exit, out, err } = await type(command, words);
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(err).toContain(says);
  });
});
