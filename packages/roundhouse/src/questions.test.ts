import { openTokens, type Proof } from "@roundhouse/accounts";
import type { Answer, UserFacts } from "@roundhouse/domain";
import { fail, ok, type Result, type UserId } from "@roundhouse/kernel";
import { describe, expect, it, vi } from "vitest";
import type { Inquiry } from "./inquiry.ts";
import { openQuestions } from "./questions.ts";

const secret = "a secret of at least thirty-two bytes";
const tokens = openTokens({ secret, clock: { now: () => 1_000_000 } });
const nobody: UserFacts = {
  user: "ana" as UserId,
  status: "offline",
  guarded: false,
  invites: 0,
  sessions: [],
};
const counts = { friends: 0, rooms: 0, mail: 0 };
const account = { born: 7, turn: 3, nickname: "Ana", isBanned: false, ...counts };
const who = (user: UserFacts): Result<Answer> => ok({ on: "who", user });

function house(answer: Result<Answer>) {
  const ask = vi.fn<Inquiry["ask"]>(async () => answer);
  const inquiry = () => ({ ask, askShard: ask }) as unknown as Inquiry;
  return { ask, questions: openQuestions({ inquiry, shards: 4, tokens }) };
}

const proved = (token: string, user: string): Promise<Result<Proof>> => {
  return new Promise((resolve) => tokens.prove(token, user, resolve));
};

describe("a token that an operator asks for", () => {
  it.each([
    {
      what: "the account that the name has, under the password that it has",
      user: { ...nobody, account },
      life: { born: 7, turn: 3 },
    },
    { what: "the name, if that has none", user: nobody, life: undefined },
  ])("is for $what, as its shard says", async ({ user, life }) => {
    const { ask, questions } = house(who(user));
    const token = await questions.issue("ana", 60);
    expect(ask).toHaveBeenCalledWith({ on: "who", user: "ana" });
    if (!token.ok) throw new Error(token.code);
    expect(await proved(token.value, "ana")).toEqual({
      ok: true,
      value: { user: "ana", expiresAt: 1_060_000, life },
    });
  });

  it.each([
    { what: "the shard does not answer", answer: fail("shard_unavailable"), user: "ana" },
    { what: "the name is none", answer: who(nobody), user: "", code: "name_invalid" },
    { what: "it is to last for ever", answer: who(nobody), user: "ana", seconds: 1e12 },
  ])("is not made where $what", async ({ answer, user, seconds = 60, code }) => {
    const { questions } = house(answer);
    const expected = code ?? (seconds > 60 ? "field_invalid" : "shard_unavailable");
    expect(await questions.issue(user, seconds)).toMatchObject({ ok: false, code: expected });
  });
});
