/** What an operator may ask about accounts, and how the shards answer. */
import type { Passwords } from "@roundhouse/accounts";
import type { AccountExport, Answer } from "@roundhouse/domain";
import { fail, ok, parseUserId, type Result, type UserId } from "@roundhouse/kernel";
import type { AccountQuestion, Inquiry } from "./inquiry.ts";

export type NewAccount = {
  readonly user: string;
  readonly password: string;
  /** The name, if none is given. */
  readonly nickname: string | undefined;
};

/** What is done is durable when it is answered. */
export interface AccountPorts {
  signUp(account: NewAccount): Promise<Result<void>>;
  setPassword(user: string, password: string): Promise<Result<void>>;
  /** Who is banned is logged off and may not log in. */
  ban(user: string, isBanned: boolean): Promise<Result<void>>;
  deleteAccount(user: string): Promise<Result<void>>;
  /** All that is kept of it. */
  exportAccount(user: string): Promise<Result<AccountExport>>;
}

export type AccountPortsOptions = {
  /** Asked anew for each question: a node that is reborn asks in another name. */
  readonly inquiry: () => Pick<Inquiry, "ask">;
  readonly passwords: Passwords;
};

/** Passwords are hashed by the node that was asked: a shard sees hashes alone. */
export function openAccountPorts({ inquiry, passwords }: AccountPortsOptions): AccountPorts {
  const done = async (name: string, question: (user: UserId) => Question) => {
    const user = parseUserId(name);
    if (!user.ok) return user;
    const answer = await inquiry().ask({ ...question(user.value), session: undefined });
    const said = answer.ok ? accepted(answer.value) : answer;
    return said.ok ? ok(undefined) : said;
  };
  const hash = (password: string): Promise<Result<string>> =>
    new Promise((resolve) => {
      if (PASSWORD.test(password)) passwords.hash({ password, from: undefined }, resolve);
      else resolve(fail("password_invalid"));
    });
  return {
    signUp: async ({ user: name, password, nickname = name }) => {
      if (!NAME.test(name)) return fail("account_name_invalid");
      if (nickname === "" || [...nickname].length > NICKNAME_MAX) return fail("nickname_invalid");
      const made = await hash(password);
      if (!made.ok) return made;
      return done(name, (user) => ({ on: "signUp", user, hash: made.value, nickname }));
    },
    setPassword: async (name, password) => {
      const made = await hash(password);
      return made.ok ? done(name, (user) => ({ on: "setPassword", user, hash: made.value })) : made;
    },
    ban: (name, isBanned) => done(name, (user) => ({ on: "ban", user, isBanned })),
    deleteAccount: (name) => done(name, (user) => ({ on: "deleteAccount", user })),
    exportAccount: async (name) => {
      const user = parseUserId(name);
      if (!user.ok) return user;
      const asked = { on: "export", user: user.value, session: undefined } as const;
      const answer = await inquiry().ask(asked);
      if (!answer.ok) return answer;
      const { value } = answer;
      if (value.on === "exported") return ok(value.account);
      const said = accepted(value);
      return said.ok ? fail("internal") : said;
    },
  };
}

type Distributive<Asked> = Asked extends unknown ? Omit<Asked, "session" | "request"> : never;
type Question = Distributive<AccountQuestion>;

function accepted(answer: Answer): Result<void> {
  if (answer.on === "done") return ok(undefined);
  return answer.on === "refused" ? fail(answer.code, answer.facts) : fail("internal");
}

/** As SCRP has them: an account is one on every protocol. */
const NAME = /^\w{1,16}$/;
const PASSWORD = /^[ -~]{6,64}$/;
/** In characters, not in halves of them. */
const NICKNAME_MAX = 32;
