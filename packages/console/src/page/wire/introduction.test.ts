import { describe, expect, it } from "vitest";
import type { Credentials } from "./credentials.ts";
import { introduce } from "./introduction.ts";
import type { Answer } from "./requests.ts";

const ok = (token?: string): Answer => ({ command: "ok", token, timestamp: 0, request: 1 });
const no = { command: "error", code: "account_taken", message: "Taken.", request: 1 } as const;

/** What is said, and how it ends, when the server answers so. */
function introduced(credentials: Credentials, ...answers: readonly Answer[]): readonly unknown[] {
  const log: unknown[] = [];
  const left = [...answers];
  introduce(credentials, {
    send: (command, data) => log.push([command, data]),
    ask(command, data, answered) {
      log.push([command, data]);
      const answer = left.shift();
      if (answer !== undefined) answered(answer);
    },
    entered: (next) => log.push(["entered", next]),
    refused: ({ code }) => log.push(["refused", code]),
  });
  return log;
}

const guest = { as: "guest", name: "ana", token: "" } as const;
const returning = { as: "member", name: "ana", proof: { by: "token", token: "a.b.c" } } as const;
const withPassword = (isNew: boolean): Credentials => {
  return { as: "member", name: "ana", proof: { by: "password", password: "secret 1", isNew } };
};
const signsUp = ["signup", { id: "ana", password: "secret 1" }];
const logsIn = ["login", { id: "ana", password: "secret 1" }];

describe("the page introduces", () => {
  it.each([
    { who: "a guest", as: guest, data: "ana" },
    {
      who: "a guest with a token",
      as: { ...guest, token: "a.b.c" },
      data: { id: "ana", token: "a.b.c" },
    },
  ])("$who, and does not wait for an answer", ({ as, data }) => {
    expect(introduced(as)).toEqual([
      ["idme", data],
      ["entered", as],
    ]);
  });

  it("an account by its password, and comes back by the token", () => {
    expect(introduced(withPassword(false), ok("a.b.c"))).toEqual([logsIn, ["entered", returning]]);
  });

  it("an account where no token is signed: there is nothing to come back with", () => {
    expect(introduced(withPassword(false), ok())).toEqual([logsIn, ["entered", undefined]]);
  });

  it("a new account, once it is made", () => {
    expect(introduced(withPassword(true), ok(), ok("a.b.c"))).toEqual([
      signsUp,
      logsIn,
      ["entered", returning],
    ]);
    expect(introduced(withPassword(true), no)).toEqual([signsUp, ["refused", "account_taken"]]);
  });

  it("who comes back by a token, while it holds", () => {
    const asks = ["idme", { id: "ana", token: "a.b.c" }];
    expect(introduced(returning, ok())).toEqual([asks, ["entered", returning]]);
    expect(introduced(returning, no)).toEqual([asks, ["refused", "account_taken"]]);
  });
});
