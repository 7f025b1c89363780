import { request } from "node:http";
import { connect } from "node:net";
import { fail, ok, silentLog, type UserId } from "@roundhouse/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AdminPorts, type AdminServer, openAdmin } from "./admin.ts";
import { StartFailure } from "./node.ts";

const token = "sixteen bytes or more";
const say = vi.fn();
const west = {
  name: "west",
  incarnation: "00",
  role: "shard",
  address: "",
  shards: 7,
  connections: undefined,
  leaseMs: 5_000,
  draining: false,
  leaving: false,
  coordinator: true,
  otherRules: false,
} as const;
const ana = {
  user: "ana" as UserId,
  account: {
    born: 7,
    since: 0,
    nickname: "Ana",
    description: "",
    friends: [],
    requests: [],
    rooms: [],
    isBanned: false,
  },
  seenAt: 0,
  mail: [],
};
const healthy: AdminPorts = {
  metrics: async () => ({ contentType: "text/plain; version=0.0.4", text: "roundhouse_rooms 1\n" }),
  live: () => true,
  ready: () => ok(undefined),
  topology: (host) => ({ k: 1, shards: [`ws://${host}`] }),
  rooms: async (limit) => ok([{ id: "den", shard: 0, members: limit, seq: 1, owner: "ana" }]),
  who: async (user) => {
    return ok({
      user,
      shard: 0,
      status: "online",
      sessions: [],
      rooms: [],
      protected: false,
      invites: 0,
    });
  },
  protect: async () => ok(undefined),
  nodes: async () => ok([west]),
  drain: async (name, on) => {
    return name === west.name ? ok([{ ...west, draining: on }]) : fail("node_unknown");
  },
  issue: async (user) => ok(`token of ${user}`),
  accounts: {
    signUp: async () => ok(undefined),
    setPassword: async () => ok(undefined),
    ban: async () => ok(undefined),
    deleteAccount: async () => ok(undefined),
    exportAccount: async (user) => (user === "ana" ? ok(ana) : fail("account_unknown")),
  },
};

let ports: AdminPorts = healthy;
let server: AdminServer;

beforeAll(async () => {
  const through: AdminPorts = {
    metrics: () => ports.metrics(),
    live: () => ports.live(),
    ready: () => ports.ready(),
    topology: (host) => ports.topology(host),
    rooms: (limit) => ports.rooms(limit),
    who: (user) => ports.who(user),
    protect: (user, on) => ports.protect(user, on),
    nodes: () => ports.nodes(),
    drain: (name, on) => ports.drain(name, on),
    issue: (user, ttlSeconds) => ports.issue(user, ttlSeconds),
    get accounts() {
      return ports.accounts;
    },
  };
  server = await openAdmin({ host: "127.0.0.1", port: 0, token, ports: through, log: { say } });
});
beforeEach(() => {
  ports = healthy;
  say.mockReset();
});
afterAll(() => server.close());

type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** By node:http: fetch would not let a test choose its Host header. */
function ask(path: string, { method = "GET", headers = {}, body }: Asked = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const options = { host: "127.0.0.1", port: server.port, path, method, headers };
      const asking = request(options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => (text += part));
        const { statusCode: status = 0, headers: said } = response;
        response.on("end", () => resolve({ status, headers: said, text }));
      });
      asking.on("error", reject).end(body);
    },
  );
}

function order(body: unknown, headers: Readonly<Record<string, string>> = {}, path = "/token") {
  const own = { "x-roundhouse": "1", ...headers };
  return ask(path, { method: "POST", headers: own, body: JSON.stringify(body) });
}

describe("the admin port", () => {
  it.each([
    { path: "/healthz", answer: { ok: true } },
    { path: "/readyz", answer: { ok: true } },
    {
      path: "/rooms",
      answer: { rooms: [{ id: "den", shard: 0, members: 100, seq: 1, owner: "ana" }] },
    },
    {
      path: "/rooms?limit=7",
      answer: { rooms: [{ id: "den", shard: 0, members: 7, seq: 1, owner: "ana" }] },
    },
    { path: "/nodes", answer: { nodes: [{ name: "west" }] } },
  ])("answers $path", async ({ path, answer }) => {
    const { status, headers, text } = await ask(path);
    expect({ status, answer: JSON.parse(text) }).toMatchObject({ status: 200, answer });
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    });
  });

  it("gives the metrics as their registry writes them", async () => {
    const { headers, text } = await ask("/metrics");
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4");
    expect(text).toBe("roundhouse_rooms 1\n");
  });

  it("tells the topology for the name by which it was asked", async () => {
    const { text } = await ask("/topology", { headers: { host: "play.example" } });
    expect(JSON.parse(text)).toEqual({ k: 1, shards: ["ws://play.example"] });
  });

  it("knows a user by an id with any sign in it", async () => {
    const { text } = await ask(`/who?user=${encodeURIComponent("1:ä &?#")}`);
    expect(JSON.parse(text)).toMatchObject({ user: "1:ä &?#", status: "online" });
  });

  it("answers HEAD without a body", async () => {
    expect(await ask("/healthz", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });

  it("says when it cannot serve", async () => {
    ports = { ...healthy, live: () => false, ready: () => fail("shard_unavailable") };
    expect((await ask("/healthz")).status).toBe(500);
    const { status, text } = await ask("/readyz");
    expect({ status, ...JSON.parse(text) }).toMatchObject({
      status: 503,
      code: "shard_unavailable",
    });
  });

  it("answers what breaks with 500, logs it, and goes on", async () => {
    ports = { ...healthy, rooms: async () => Promise.reject(new Error("lost")) };
    expect((await ask("/rooms")).status).toBe(500);
    expect(say).toHaveBeenCalledWith("error", "admin_failed", {
      path: "/rooms",
      cause: "Error: lost",
    });
    expect((await ask("/healthz")).status).toBe(200);
  });
});

describe("a wrong question", () => {
  it.each([
    { path: "/", method: "GET", status: 404, code: "not_found" },
    { path: "/metrics/", method: "GET", status: 404, code: "not_found" },
    { path: "/__proto__", method: "GET", status: 404, code: "not_found" },
    { path: "//", method: "GET", status: 404, code: "not_found" },
    { path: "/token", method: "GET", status: 405, code: "method_refused" },
    { path: "/rooms", method: "POST", status: 405, code: "method_refused" },
    { path: "/metrics", method: "OPTIONS", status: 405, code: "method_refused" },
    { path: "/rooms?limit=0", method: "GET", status: 400, code: "field_invalid" },
    { path: "/rooms?limit=1e3", method: "GET", status: 400, code: "field_invalid" },
    { path: "/rooms?limit=10001", method: "GET", status: 400, code: "field_invalid" },
    { path: "/who", method: "GET", status: 400, code: "name_invalid" },
    { path: `/who?user=${"x".repeat(257)}`, method: "GET", status: 400, code: "name_invalid" },
  ])("$method $path: $status $code", async ({ path, method, status, code }) => {
    const answer = await ask(path, { method });
    expect({ status: answer.status, ...JSON.parse(answer.text) }).toMatchObject({ status, code });
  });

  it("is told the right method", async () => {
    const { headers, text } = await ask("/token");
    expect(headers["allow"]).toBe("POST");
    expect(JSON.parse(text).message).toBe("Use POST.");
  });

  it.each(["/rooms", "/who?user=ben"])("about people, from a page's name: %s", async (path) => {
    const headers = { host: "evil.example" };
    expect(JSON.parse((await ask(path, { headers })).text)).toMatchObject({
      code: "operator_refused",
    });
    const bearer = { ...headers, authorization: `Bearer ${token}` };
    expect((await ask(path, { headers: bearer })).status).toBe(200);
  });

  it.each(["/metrics", "/healthz", "/readyz", "/topology"])(
    "about none: %s is for all",
    async (path) => {
      expect((await ask(path, { headers: { host: "prometheus.example" } })).status).toBe(200);
    },
  );
});

describe("asking for a token", () => {
  it("gives one for a day when nothing else is said, and leaves the name as it is", async () => {
    const issue = vi.fn(healthy.issue);
    const protect = vi.fn(healthy.protect);
    ports = { ...healthy, issue, protect };
    const { status, text } = await order({ user: "ben" });
    expect({ status, ...JSON.parse(text) }).toEqual({
      status: 200,
      user: "ben",
      token: "token of ben",
      ttlSeconds: 86_400,
    });
    expect(issue).toHaveBeenCalledWith("ben", 86_400);
    expect(protect).not.toHaveBeenCalled();
  });

  it.each([true, false])("sets whether the name is registered: %s", async (on) => {
    const protect = vi.fn(healthy.protect);
    ports = { ...healthy, protect };
    expect((await order({ user: "ben", protect: on })).status).toBe(200);
    expect(protect).toHaveBeenCalledWith("ben", on);
  });

  it("does not register a name for which it cannot sign", async () => {
    const protect = vi.fn(healthy.protect);
    ports = { ...healthy, protect, issue: async () => fail("token_unsigned") };
    expect((await order({ user: "ben", protect: true })).status).toBe(409);
    expect(protect).not.toHaveBeenCalled();
  });

  it("hands out no token when the name could not be registered", async () => {
    ports = { ...healthy, protect: async () => fail("inbox_full") };
    const { status, text } = await order({ user: "ben", protect: true });
    expect(status).toBe(503);
    expect(text).not.toContain("token of ben");
  });

  it.each([
    { what: "no object", body: [] as unknown, code: "name_invalid" },
    { what: "null", body: null, code: "field_invalid" },
    { what: "a number", body: 7, code: "field_invalid" },
    { what: "no user", body: {}, code: "name_invalid" },
    { what: "a user that is no text", body: { user: 7 }, code: "name_invalid" },
    { what: "a time in words", body: { user: "ben", ttlSeconds: "1h" }, code: "field_invalid" },
    { what: "protect in words", body: { user: "ben", protect: "yes" }, code: "field_invalid" },
  ])("with $what is refused", async ({ body, code }) => {
    const { status, text } = await order(body);
    expect({ status, ...JSON.parse(text) }).toMatchObject({ status: 400, code });
  });

  it("with a body that is not JSON is refused", async () => {
    const headers = { "x-roundhouse": "1" };
    expect((await ask("/token", { method: "POST", headers, body: "{" })).status).toBe(400);
  });

  it("with a huge body is refused without reading it all", async () => {
    const { status, text } = await order({ user: "x".repeat(1_000_000) });
    expect({ status, ...JSON.parse(text) }).toMatchObject({ status: 413, code: "frame_too_large" });
  });

  it("without the header that a page cannot send is refused", async () => {
    const answer = await ask("/token", { method: "POST", body: '{"user":"ben"}' });
    expect({ status: answer.status, ...JSON.parse(answer.text) }).toMatchObject({
      status: 400,
      code: "field_invalid",
    });
  });

  it.each([
    { what: "a rebound name", headers: { host: "evil.example" } },
    { what: "a proxy", headers: { "x-forwarded-for": "203.0.113.9" } },
    { what: "a wrong token", headers: { authorization: "Bearer wrong" } },
  ])("through $what is refused", async ({ headers }) => {
    const { status, text } = await order({ user: "ben" }, headers as Record<string, string>);
    expect({ status, ...JSON.parse(text) }).toMatchObject({
      status: 403,
      code: "operator_refused",
    });
  });

  it("grants no preflight", async () => {
    const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
    const answer = await ask("/token", { method: "OPTIONS", headers });
    expect(answer.status).toBe(405);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual(
      [],
    );
  });
});

describe("draining a node", () => {
  const drain = (body: unknown, headers = {}) => order(body, headers, "/drain");

  it.each([
    { body: { node: "west" }, draining: true },
    { body: { node: "west", undo: false }, draining: true },
    { body: { node: "west", undo: true }, draining: false },
  ])("$body answers what is left there", async ({ body, draining }) => {
    const { status, text } = await drain(body);
    expect({ status, ...JSON.parse(text) }).toMatchObject({
      status: 200,
      nodes: [{ name: "west", shards: 7, draining }],
    });
  });

  it.each([
    { body: { node: "east" }, status: 404, code: "node_unknown" },
    { body: {}, status: 400, code: "field_invalid" },
    { body: { node: "" }, status: 400, code: "field_invalid" },
    { body: { node: "west", undo: "yes" }, status: 400, code: "field_invalid" },
  ])("$body is refused with $code", async ({ body, status, code }) => {
    const answer = await drain(body);
    expect({ status: answer.status, ...JSON.parse(answer.text) }).toMatchObject({ status, code });
  });

  it("is for operators, from no page", async () => {
    const body = { node: "west" };
    expect((await drain(body, { host: "evil.example" })).status).toBe(403);
    expect((await drain(body, { "x-roundhouse": "" })).status).toBe(400);
    expect((await ask("/nodes", { headers: { host: "evil.example" } })).status).toBe(403);
  });
});

describe("accounts", () => {
  const spied = () => {
    const accounts = {
      signUp: vi.fn(healthy.accounts.signUp),
      setPassword: vi.fn(healthy.accounts.setPassword),
      ban: vi.fn(healthy.accounts.ban),
      deleteAccount: vi.fn(healthy.accounts.deleteAccount),
      exportAccount: vi.fn(healthy.accounts.exportAccount),
    };
    ports = { ...healthy, accounts };
    return accounts;
  };
  const remove = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    ask(path, { method: "DELETE", headers: { "x-roundhouse": "1", ...headers } });

  it.each([
    {
      path: "/users",
      body: { user: "ana", password: "secret 1" },
      call: "signUp",
      given: [{ user: "ana", password: "secret 1", nickname: undefined }],
    },
    {
      path: "/users",
      body: { user: "ana", password: "secret 1", nickname: "Ana" },
      call: "signUp",
      given: [{ user: "ana", password: "secret 1", nickname: "Ana" }],
    },
    {
      path: "/users/ana/password",
      body: { password: "secret 2" },
      call: "setPassword",
      given: ["ana", "secret 2"],
    },
    { path: "/users/ana/ban", body: {}, call: "ban", given: ["ana", true] },
    { path: "/users/a%2Fb%20%C3%A4/unban", body: {}, call: "ban", given: ["a/b ä", false] },
  ] as const)("POST $path $body is $call", async ({ path, body, call, given }) => {
    const accounts = spied();
    const { status, text } = await order(body, {}, path);
    expect({ status, answer: JSON.parse(text) }).toEqual({ status: 200, answer: { ok: true } });
    expect(accounts[call].mock.calls).toEqual([given]);
  });

  it("are deleted by DELETE, and exported with everything that is kept", async () => {
    const accounts = spied();
    expect((await remove("/users/ana")).status).toBe(200);
    expect(accounts.deleteAccount.mock.calls).toEqual([["ana"]]);
    expect(JSON.parse((await ask("/users/ana/export")).text)).toEqual(ana);
  });

  it.each([
    { path: "/users", body: {}, code: "field_invalid" },
    { path: "/users", body: { user: "ana" }, code: "field_invalid" },
    { path: "/users", body: { user: "ana", password: 123_456 }, code: "field_invalid" },
    { path: "/users", body: { user: "ana", password: "x", nickname: 7 }, code: "field_invalid" },
    { path: "/users/ana/password", body: {}, code: "field_invalid" },
    { path: "/users/ana/password", body: [], code: "field_invalid" },
  ])("POST $path $body is refused", async ({ path, body, code }) => {
    const accounts = spied();
    const { status, text } = await order(body, {}, path);
    expect({ status, ...JSON.parse(text) }).toMatchObject({ status: 400, code });
    for (const call of Object.values(accounts)) expect(call).not.toHaveBeenCalled();
  });

  it.each([
    { path: "/users/", status: 405 }, // Nobody's DELETE.
    { path: "/users/ana", status: 405 },
    { path: "/users/ana/", status: 404 },
    { path: "/users/ana/zap", status: 404 },
    { path: "/users/ana/export/more", status: 404 },
    { path: "/users/%zz/export", status: 404 },
    { path: "/users/ben/export", status: 404 },
  ])("GET $path: $status", async ({ path, status }) => {
    expect((await ask(path)).status).toBe(status);
  });

  it("are an operator's business, from no page", async () => {
    const accounts = spied();
    const evil = { host: "evil.example" };
    expect((await order({ user: "ana", password: "secret 1" }, evil, "/users")).status).toBe(403);
    expect((await ask("/users/ana/export", { headers: evil })).status).toBe(403);
    expect((await remove("/users/ana", evil)).status).toBe(403);
    expect((await remove("/users/ana", { "x-roundhouse": "" })).status).toBe(400);
    for (const call of Object.values(accounts)) expect(call).not.toHaveBeenCalled();
  });

  it.each([
    { code: "account_taken", status: 409 },
    { code: "password_invalid", status: 400 },
    { code: "passwords_busy", status: 503 },
    { code: "records_full", status: 507 },
  ] as const)("refused with $code: $status", async ({ code, status }) => {
    ports = { ...healthy, accounts: { ...healthy.accounts, signUp: async () => fail(code) } };
    const answer = await order({ user: "ana", password: "secret 1" }, {}, "/users");
    expect({ status: answer.status, ...JSON.parse(answer.text) }).toMatchObject({ status, code });
  });
});

describe("opening the admin port", () => {
  it("fails with a sentence that names the port and the setting", async () => {
    const options = { host: "127.0.0.1", token, ports: healthy, log: silentLog };
    const failure = await openAdmin({ ...options, port: server.port }).catch((it: unknown) => it);
    expect(failure).toBeInstanceOf(StartFailure);
    expect(String(failure)).toContain(`Port ${server.port} is in use`);
    expect(String(failure)).toContain(`ADMIN_PORT=${server.port}`);
  });

  it("names the address when that is wrong", async () => {
    const options = { host: "203.0.113.9", token, ports: healthy, log: silentLog };
    const failure = await openAdmin({ ...options, port: 0 }).catch((it: unknown) => it);
    expect(String(failure)).toContain("203.0.113.9 is not an address of this machine");
    expect(String(failure)).toContain("ADMIN_HOST");
  });

  it("can be ended while somebody holds a connection open", async () => {
    const options = { host: "127.0.0.1", token, ports: healthy, log: silentLog };
    const other = await openAdmin({ ...options, port: 0 });
    const idle = connect(other.port, "127.0.0.1");
    await new Promise<void>((resolve) => idle.once("connect", () => resolve()));
    const ended = new Promise<void>((resolve) => idle.once("close", () => resolve()));
    await other.close();
    await ended;
  });
});
