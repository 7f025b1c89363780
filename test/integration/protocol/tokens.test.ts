/** Names that must be proved: decision 16, with tokens as `roundhouse token` makes them. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { house, isKnown } from "../house.ts";
import type { Server } from "../server.ts";

const JWT_SECRET = "a test's secret of more than thirty-two bytes";

async function tokenFor(server: Server, user: string, ...flags: readonly string[]) {
  const run = await server.tell("token", user, ...flags);
  expect(run.exit, run.err).toEqual({ code: 0, signal: null });
  return run.out.trim();
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token by hand, with whatever header and key. */
function forged(header: object, payload: object, secret?: string): string {
  const head = `${part(header)}.${part(payload)}`;
  const sign = (key: string) => createHmac("sha256", key).update(head).digest("base64url");
  return `${head}.${secret === undefined ? "" : sign(secret)}`;
}

describe("AUTH=token", () => {
  const inn = house({ AUTH: "token", JWT_SECRET });

  it("lets in who shows a token for the name, by idme and by joingame", async () => {
    const token = await tokenFor(inn.server, "ana");
    await inn.enterAs("ana", { token });
    const game = await inn.enter();
    game.say("joingame", { channel: "den", self: "ana", token });
    game.act("den", { x: 1 });
    await game.until(() => game.actionsIn("den")[0], "an action");
  });

  const now = Math.floor(Date.now() / 1000);
  const HS256 = { alg: "HS256", typ: "JWT" };
  it.each([
    { shown: "none", token: undefined, code: "token_missing" },
    { shown: "an empty one", token: "", code: "token_missing" },
    { shown: "nonsense", token: "a.b.c", code: "token_invalid" },
    { shown: "megabytes", token: "x".repeat(50_000), code: "token_invalid" },
    {
      shown: "another key's",
      token: forged(HS256, { sub: "ana" }, "another secret of the same length or so"),
      code: "token_invalid",
    },
    {
      shown: "one without signature",
      token: forged({ alg: "none" }, { sub: "ana" }),
      code: "token_invalid",
    },
    {
      shown: "another user's",
      token: forged(HS256, { sub: "ben" }, JWT_SECRET),
      code: "token_other_user",
    },
    { shown: "one without sub", token: forged(HS256, {}, JWT_SECRET), code: "token_other_user" },
    {
      shown: "an old one",
      token: forged(HS256, { sub: "ana", exp: now - 60 }, JWT_SECRET),
      code: "token_expired",
    },
  ])("refuses $shown: $code, 4401", async ({ token, code }) => {
    for (const [command, data] of [
      ["idme", { id: "ana", token }],
      ["joingame", { channel: "den", self: "ana", token }],
    ] as const) {
      const client = await inn.enter();
      client.say(command, data);
      const error = await client.expectError(code);
      expect(error["message"]).toEqual(expect.any(String));
      expect(await client.end()).toEqual({ code: 4401, reason: code });
      expect(client.heard.map((it) => it.command)).toEqual(["idyou", "error"]);
    }
  });

  it("does nothing for a name while its token is looked at, and nothing after it failed", async () => {
    const ana = await inn.enterAs("ana", { token: await tokenFor(inn.server, "ana") });
    const thief = await inn.enter();
    thief.say("idme", { id: "ana", token: "a.b.c" });
    thief.say("joingame", { channel: "vault", invite: ["ana"] });
    thief.act("vault", { x: 1 });
    await thief.end();
    const { rooms } = (await inn.server.ask("/rooms")) as { rooms: readonly { id: string }[] };
    expect(rooms.map(({ id }) => id)).not.toContain("vault");
    await isKnown(ana, "ana");
    expect(ana.all("invite")).toEqual([]);
  });

  it("a bare id and a watcher: to look on takes no name", async () => {
    const client = await inn.enter();
    client.say("subscribe", ["ana"]);
    await client.expect("userchange");
    client.say("idme", "ana");
    await client.expectError("token_missing");
    expect((await client.end()).code).toBe(4401);
  });

  it("keeps secrets and tokens out of the log", async () => {
    const token = await tokenFor(inn.server, "ana");
    const client = await inn.enterAs("ana", { token, resume: "planted-resume-secret" });
    await client.leave();
    expect(inn.server.run.err).not.toContain(token);
    expect(inn.server.run.err).not.toContain(JWT_SECRET);
    expect(inn.server.run.err).not.toContain("planted-resume-secret");
  });
});

describe("a registered name under AUTH=open", () => {
  const inn = house();

  it("needs its token from then on, others do not; who sat there unproved is sent away", async () => {
    const squatter = await inn.enterAs("ana");
    const token = await tokenFor(inn.server, "ana", "--protect");
    await squatter.expectError("token_missing");
    expect(await squatter.end()).toEqual({ code: 4401, reason: "token_missing" });
    const thief = await inn.enter();
    thief.say("idme", "ana");
    await thief.expectError("token_missing");
    expect(await thief.end()).toEqual({ code: 4401, reason: "token_missing" });
    const gamer = await inn.enter();
    gamer.say("joingame", { channel: "den", self: "ana" });
    await gamer.expectError("token_missing");
    expect((await gamer.end()).code).toBe(4401);
    await inn.enterAs("ana", { token });
    await inn.enterAs("ben");
    await tokenFor(inn.server, "ana", "--release");
    await inn.enterAs("ana");
  });

  it("is not resumed by somebody who knows the secret but has no token", async () => {
    const token = await tokenFor(inn.server, "cal", "--protect");
    const resume = "what cal alone should know";
    const cal = await inn.sit("cal", "den", { token, resume });
    cal.drop();
    const thief = await inn.enter();
    thief.say("idme", { id: "cal", resume });
    expect(await thief.end()).toEqual({ code: 4401, reason: "token_missing" });
    const back = await inn.enterAs("cal", { token, resume });
    expect(back.all("resumed")).toEqual([{ channels: ["den"] }]);
  });
});

describe("a name that somebody signs up for again", () => {
  const inn = house({ SESSIONS: "many" });
  const account = { id: "eve", password: "secret 1" };

  /** Somebody with an account, and the token to come back with. */
  async function signUp(): Promise<string> {
    const client = await inn.enter({ subprotocols: ["turntable.v2"] });
    client.sayPacked("signup", { ...account, nickname: "Eve" }, 1);
    await client.expect("ok");
    client.sayPacked("login", account, 2);
    const { token } = await client.expect("ok");
    return String(token);
  }

  async function isRefused(token: string): Promise<void> {
    const thief = await inn.enter();
    thief.say("idme", { id: "eve", token });
    await thief.expectError("token_invalid");
    expect(await thief.end()).toEqual({ code: 4401, reason: "token_invalid" });
  }

  it("is proved by no token of the account before, and by those of its own", async () => {
    const tokens = [await signUp(), await tokenFor(inn.server, "eve")];
    for (const token of tokens) await inn.enterAs("eve", { token });
    const deleted = await inn.server.tell("user", "delete", "eve");
    expect(deleted.exit?.code, deleted.err).toBe(0);
    for (const token of tokens) await isRefused(token);
    const later = [await signUp(), await tokenFor(inn.server, "eve")];
    for (const token of tokens) await isRefused(token);
    for (const token of later) await inn.enterAs("eve", { token });
  });
});
