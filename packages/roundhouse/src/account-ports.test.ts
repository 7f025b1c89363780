import type { Passwords } from "@roundhouse/accounts";
import type { Answer } from "@roundhouse/domain";
import { fail, ok, type Result } from "@roundhouse/kernel";
import { describe, expect, it, vi } from "vitest";
import { type AccountPorts, openAccountPorts } from "./account-ports.ts";
import type { Inquiry } from "./inquiry.ts";

const exported = {
  user: "ana",
  account: { born: 7, nickname: "Ana" },
  seenAt: 0,
  mail: [],
} as unknown as Extract<Answer, { on: "exported" }>["account"];

/** A house whose shards answer so, and what they were asked. */
function house(answer: Result<Answer>, hashed: Result<string> = ok("hash")) {
  const ask = vi.fn<Inquiry["ask"]>(async () => answer);
  const hash = vi.fn<Passwords["hash"]>((_, then) => {
    then(hashed);
    return () => {};
  });
  const passwords = { hash, check: () => expect.unreachable() };
  return { ports: openAccountPorts({ inquiry: () => ({ ask }), passwords }), ask, hash };
}

const done = ok<Answer>({ on: "done" });
const password = "secret 1";

describe("an operator's questions about accounts", () => {
  it.each([
    {
      what: "a new account",
      ask: (it: AccountPorts) => it.signUp({ user: "ana", password, nickname: "Ana" }),
      asked: { on: "signUp", user: "ana", hash: "hash", nickname: "Ana", session: undefined },
    },
    {
      what: "one without a nickname",
      ask: (it: AccountPorts) => it.signUp({ user: "ana", password, nickname: undefined }),
      asked: { on: "signUp", user: "ana", hash: "hash", nickname: "ana", session: undefined },
    },
    {
      what: "another password",
      ask: (it: AccountPorts) => it.setPassword("ana", password),
      asked: { on: "setPassword", user: "ana", hash: "hash", session: undefined },
    },
    {
      what: "a ban",
      ask: (it: AccountPorts) => it.ban("ana", true),
      asked: { on: "ban", user: "ana", isBanned: true, session: undefined },
    },
    {
      what: "an end",
      ask: (it: AccountPorts) => it.deleteAccount("ana"),
      asked: { on: "deleteAccount", user: "ana", session: undefined },
    },
  ])("$what is asked of its shard, with no session and no password", async ({ ask, asked }) => {
    const { ports, ask: shard } = house(done);
    expect(await ask(ports)).toEqual(ok(undefined));
    expect(shard.mock.calls).toEqual([[asked]]);
  });

  it("answer what an account holds", async () => {
    const { ports } = house(ok({ on: "exported", account: exported }));
    expect(await ports.exportAccount("ana")).toEqual(ok(exported));
  });

  it("tell why a shard refused", async () => {
    const { ports } = house(ok({ on: "refused", code: "account_unknown", facts: {} }));
    expect(await ports.ban("ana", true)).toEqual(fail("account_unknown"));
    expect(await ports.exportAccount("ana")).toEqual(fail("account_unknown"));
  });

  it("tell that no shard answered", async () => {
    const { ports } = house(fail("shard_unavailable"));
    expect(await ports.deleteAccount("ana")).toEqual(fail("shard_unavailable"));
  });

  it("tell that too many passwords wait, and ask no shard", async () => {
    const { ports, ask } = house(done, fail("passwords_busy"));
    expect(await ports.setPassword("ana", password)).toEqual(fail("passwords_busy"));
    expect(ask).not.toHaveBeenCalled();
  });
});

describe("a new account", () => {
  it.each([
    { user: "", code: "account_name_invalid" },
    { user: "a".repeat(17), code: "account_name_invalid" },
    { user: "1:2", code: "account_name_invalid" },
    { user: "änne", code: "account_name_invalid" },
    { password: "12345", code: "password_invalid" },
    { password: "x".repeat(65), code: "password_invalid" },
    { password: "pässword", code: "password_invalid" },
    { password: "tab\there", code: "password_invalid" },
    { nickname: "", code: "nickname_invalid" },
    { nickname: "x".repeat(33), code: "nickname_invalid" },
  ])("of $user, $password, $nickname is refused: $code", async ({ code, ...given }) => {
    const { ports, ask, hash } = house(done);
    const account = { user: "ana", password, nickname: undefined, ...given };
    expect(await ports.signUp(account)).toEqual(fail(code as "password_invalid"));
    expect(ask).not.toHaveBeenCalled();
    expect(hash).not.toHaveBeenCalled();
  });

  it("may be called anything of 32 characters", async () => {
    const { ports } = house(done);
    const nickname = "🎲".repeat(32);
    expect(await ports.signUp({ user: "A_1", password, nickname })).toEqual(ok(undefined));
  });
});
