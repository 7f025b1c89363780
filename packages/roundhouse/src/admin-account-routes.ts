/** The admin port's paths about accounts; `*` is the name of one. */
import { ok, type Result } from "@roundhouse/kernel";
import type { AccountPorts } from "./account-ports.ts";
import type { AdminPorts } from "./admin-ports.ts";
import { type Answer, invalid, json, membersOf, type Question, type Route } from "./admin-route.ts";

export const accountRoutes: readonly (readonly [string, Route])[] = [
  ["/users", change("POST", signUp)],
  ["/users/*", change("DELETE", (accounts, { name }) => accounts.deleteAccount(name))],
  ["/users/*/password", change("POST", setPassword)],
  ["/users/*/ban", change("POST", (accounts, { name }) => accounts.ban(name, true))],
  ["/users/*/unban", change("POST", (accounts, { name }) => accounts.ban(name, false))],
  ["/users/*/export", { method: "GET", guarded: true, answer: exported }],
];

type Change = (accounts: AccountPorts, question: Question) => Promise<Result<void>>;

function change(method: "POST" | "DELETE", make: Change): Route {
  return {
    method,
    guarded: true,
    answer: async ({ accounts }, question): Promise<Result<Answer>> => {
      const made = await make(accounts, question);
      return made.ok ? json({ ok: true }) : made;
    },
  };
}

async function signUp(accounts: AccountPorts, { body }: Question): Promise<Result<void>> {
  const given = membersOf(body);
  if (!given.ok) return given;
  const user = wordOf(given.value, "user");
  if (!user.ok) return user;
  const password = wordOf(given.value, "password");
  if (!password.ok) return password;
  const hasNickname = given.value.get("nickname") !== undefined;
  const nickname = hasNickname ? wordOf(given.value, "nickname") : ok(undefined);
  if (!nickname.ok) return nickname;
  return accounts.signUp({
    user: user.value,
    password: password.value,
    nickname: nickname.value,
  });
}

async function setPassword(
  accounts: AccountPorts,
  { name, body }: Question,
): Promise<Result<void>> {
  const given = membersOf(body);
  const password = given.ok ? wordOf(given.value, "password") : given;
  return password.ok ? accounts.setPassword(name, password.value) : password;
}

async function exported({ accounts }: AdminPorts, { name }: Question): Promise<Result<Answer>> {
  const told = await accounts.exportAccount(name);
  return told.ok ? json(told.value) : told;
}

/** What a body holds is never quoted: it may be a password. */
function wordOf(members: ReadonlyMap<string, unknown>, name: string): Result<string> {
  const word = members.get(name);
  return typeof word === "string" ? ok(word) : invalid(name, { needs: "text" });
}
