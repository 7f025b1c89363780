import { openTokens } from "@roundhouse/accounts";
import type { Vouched } from "@roundhouse/domain";
import { type Result, silentLog, type UserId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { playersOf } from "./players.ts";
import { settings } from "./settings.ts";

const ana = "ana" as UserId;
const tokens = openTokens({ secret: "s".repeat(40), clock: { now: () => 0 } });

function identity() {
  const parsed = settings.parse({});
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  const passwords = {} as never;
  return playersOf(parsed.config, { tokens, passwords, log: silentLog as never }).identity;
}

const proved = (token: string): Promise<Result<Vouched | undefined>> => {
  return new Promise((resolve) => identity().prove(token, ana, resolve));
};

describe("the token that a client gets to come back with", () => {
  it("proves the account that it was when it got it, under that password", async () => {
    const account = { born: 7, turn: 3 };
    const token = identity().mint?.(ana, account) ?? "";
    expect(await proved(token)).toEqual({ ok: true, value: account });
  });

  it("is told apart from one that proves the name, and from one that proves nothing", async () => {
    const plain = tokens.issue(ana, 60);
    if (!plain.ok) throw new Error(plain.code);
    expect(await proved(plain.value)).toEqual({ ok: true, value: undefined });
    expect(await proved("a.b.c")).toMatchObject({ ok: false, code: "token_invalid" });
  });
});
