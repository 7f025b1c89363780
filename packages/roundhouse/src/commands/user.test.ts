import { type Code, fail, ok, type Result, silentLog } from "@roundhouse/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { AccountPorts } from "../account-ports.ts";
import { type AdminServer, openAdmin } from "../admin.ts";
import type { AdminPorts } from "../admin-ports.ts";
import type { Keyboard } from "./command.ts";
import { user } from "./user.ts";

const exported = { user: "ana", account: { nickname: "Ana" }, seenAt: 0, mail: [] };
const accounts = {
  signUp: vi.fn<AccountPorts["signUp"]>(),
  setPassword: vi.fn<AccountPorts["setPassword"]>(),
  ban: vi.fn<AccountPorts["ban"]>(),
  deleteAccount: vi.fn<AccountPorts["deleteAccount"]>(),
  exportAccount: vi.fn<AccountPorts["exportAccount"]>(),
};
const ports = { accounts } as unknown as AdminPorts;

let server: AdminServer;
beforeAll(async () => {
  server = await openAdmin({ host: "127.0.0.1", port: 0, token: "", ports, log: silentLog });
});
afterAll(() => server.close());
beforeEach(() => {
  const fine = async (): Promise<Result<void>> => ok(undefined);
  for (const call of Object.values(accounts)) call.mockReset();
  for (const call of [accounts.signUp, accounts.setPassword, accounts.ban]) {
    call.mockImplementation(fine);
  }
  accounts.deleteAccount.mockImplementation(fine);
  accounts.exportAccount.mockResolvedValue(ok(exported as never));
});

/** Nobody is at the keyboard. */
const nobody: Keyboard = {
  isPerson: false,
  secret: () => Promise.reject(new Error("nobody is asked")),
  all: async () => "",
};
const piped = (text: string): Keyboard => ({ ...nobody, all: async () => text });
/** Somebody types these, one after the other. */
function person(...lines: readonly (string | undefined)[]): Keyboard {
  const left = [...lines];
  return { ...nobody, isPerson: true, secret: async () => left.shift() };
}

async function type(words: string, keyboard: Keyboard = nobody) {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await user.run(words.split(" "), {
    environment: { ADMIN_PORT: String(server.port) },
    keyboard,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
  });
  return { exit, out: out.join("\n"), err: err.join("\n") };
}

describe("roundhouse user", () => {
  it.each([
    { words: "add ana --password-stdin", nickname: undefined },
    { words: "add ana --nickname Ana --password-stdin", nickname: "Ana" },
  ])("$words makes an account", async ({ words, nickname }) => {
    const { exit, out } = await type(words, piped("secret 1\nmore\n"));
    expect({ exit, out }).toEqual({ exit: 0, out: expect.stringMatching(/^ana has an account/) });
    expect(accounts.signUp.mock.calls).toEqual([[{ user: "ana", password: "secret 1", nickname }]]);
  });

  it.each([
    { words: "ban ana", call: accounts.ban, given: ["ana", true], says: "ana is banned." },
    {
      words: "unban ana",
      call: accounts.ban,
      given: ["ana", false],
      says: "ana may log in again.",
    },
    {
      words: "delete ana",
      call: accounts.deleteAccount,
      given: ["ana"],
      says: "ana has no account any more.",
    },
    { words: "ban a/b", call: accounts.ban, given: ["a/b", true], says: "a/b is banned." },
  ])("$words", async ({ words, call, given, says }) => {
    expect(await type(words)).toEqual({ exit: 0, out: says, err: "" });
    expect(call.mock.calls).toEqual([given]);
  });

  it("export prints all that is kept, as JSON", async () => {
    const { exit, out } = await type("export ana");
    expect({ exit, answer: JSON.parse(out) }).toEqual({ exit: 0, answer: exported });
  });

  it("passwd asks twice at a terminal and shows nothing", async () => {
    const { exit, out, err } = await type("passwd ana", person("secret 2", "secret 2"));
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).not.toContain("secret");
    expect(accounts.setPassword.mock.calls).toEqual([["ana", "secret 2"]]);
  });

  it.each([
    { what: "two that differ", keyboard: person("secret 2", "secret 3"), exit: 1, says: "differ" },
    { what: "Ctrl-C", keyboard: person(undefined), exit: 1, says: "" },
    { what: "nobody there", keyboard: nobody, exit: 2, says: "--password-stdin" },
  ])("passwd with $what changes nothing", async ({ keyboard, exit, says }) => {
    const told = await type("passwd ana", keyboard);
    expect(told.exit).toBe(exit);
    expect(told.err).toContain(says);
    expect(accounts.setPassword).not.toHaveBeenCalled();
  });

  it.each([
    { code: "account_taken", says: "choose another" },
    { code: "password_invalid", says: "6 to 64 printable" },
  ] satisfies { code: Code; says: string }[])("says why: $code", async ({ code, says }) => {
    accounts.signUp.mockResolvedValue(fail(code));
    const { exit, err } = await type("add ana --password-stdin", piped("secret 1"));
    expect({ exit, err }).toMatchObject({ exit: 1, err: expect.stringContaining(says) });
  });

  it.each([
    { words: "", says: "Say what to do" },
    { words: "zap ana", says: "Say what to do" },
    { words: "add", says: "Name one user." },
    { words: "ban ana ben", says: "Name one user." },
    { words: "ban ana --password-stdin", says: "No password is needed" },
    { words: "passwd ana --nickname x", says: "--nickname is of a new account" },
    { words: "add ana --password secret", says: "Unknown option '--password'" },
  ])("$words is misuse: $says", async ({ words, says }) => {
    const { exit, out, err } = await type(words, piped("secret 1"));
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(err).toContain(says);
    for (const call of Object.values(accounts)) expect(call).not.toHaveBeenCalled();
  });
});
