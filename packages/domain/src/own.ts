/** Who asks something for itself: only a session that is logged in may, and for some an operator. */
import type { Code, Facts, UserId } from "@roundhouse/kernel";
import type { AccountCommand, Asker, OwnAsked } from "./account-command.ts";
import { answerDone, answerRefused, askerOf } from "./answers.ts";
import type { Account } from "./record.ts";
import type { Scene } from "./scene.ts";
import type { Stay, User } from "./user.ts";

export type Of<On extends AccountCommand["on"]> = Extract<AccountCommand, { on: On }>;

export type Own = {
  readonly user: User;
  readonly account: Account;
  readonly asker: Asker;
  /** The asking session; undefined: an operator asks. */
  readonly stay: Stay | undefined;
  readonly scene: Scene;
};

/** Refuses who may not ask. */
export function ownOf(user: User, command: OwnAsked, scene: Scene): Own | undefined {
  const asker = askerOf(command, scene);
  const { account, stays } = user;
  // What was on its way when its session ended is not done in the name of whoever came since.
  const stay = stays.find((it) => it.session === asker.session && it.isRegistered);
  const isAllowed = asker.session === undefined ? mayOperator(command) : stay !== undefined;
  if (isAllowed && account !== undefined) return { user, account, asker, stay, scene };
  refuse({ asker, scene }, isAllowed ? "account_unknown" : reasonFor(asker));
  return undefined;
}

export function done({ asker, scene }: Answered, more: { readonly friend?: UserId } = {}): void {
  answerDone(asker, scene, more);
}

export function refuse({ asker, scene }: Answered, code: Code, facts: Facts = {}): void {
  answerRefused(asker, { code, facts }, scene);
}

type Answered = Pick<Own, "asker" | "scene">;

const mayOperator = ({ on }: OwnAsked): boolean => on === "setPassword" || on === "deleteAccount";
const reasonFor = ({ session }: Asker): Code => {
  return session === undefined ? "rights_missing" : "not_logged_in";
};
