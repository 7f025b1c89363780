/** Who may begin a session under a name, beside whom. */
import type { Code } from "@roundhouse/kernel";
import type { Credentials, UserCommand, Vouched } from "./command.ts";
import { dismiss } from "./endings.ts";
import { type Account, accountKey } from "./record.ts";
import type { Scene } from "./scene.ts";
import { isOpen, type Stay, type User } from "./user.ts";

type Attach = Extract<UserCommand, { on: "attach" }>;

/** Why the connection may not call itself so; undefined: it may. */
export function objection(user: User, { proven, means, ...claims }: Attach): Code | undefined {
  const { guarded, account } = user;
  const { credentials, vouched } = claims;
  if (!proven && (guarded || account !== undefined)) return "token_missing";
  if (vouched !== undefined && !isStill(account, vouched)) return "token_invalid";
  if (credentials !== undefined) {
    // The gateway checked a password a moment ago: the account may be another one since.
    if (!isStill(account, credentials)) return "password_wrong";
  } else if (means === "account" && account === undefined) return "account_unknown";
  return account?.isBanned === true ? "account_banned" : undefined;
}

/** Whether it is the account that it was, and its password too. */
function isStill(account: Account | undefined, { born, turn }: Vouched): boolean {
  return account?.born === born && (turn === undefined || turn === account.proof.turn);
}

/** The password was right. */
export function forgive({ id }: User, right: Credentials | undefined, { shard }: Scene): void {
  if (right !== undefined) shard.attempts.clear(accountKey(id), right.address);
}

/** Whether what begins is more than a session that goes on. */
export function isNewKind({ means }: Attach, former: Stay | undefined, same: Stay | undefined) {
  if (former === undefined) return true;
  return means === "account"
    ? former.means !== means
    : means === "idme" && same?.means === "joingame";
}

/** Whether a session may begin, or become a presence; ends others where the rule says so. */
export function admits(user: User, command: Attach, scene: Scene): boolean {
  const { session, means, request } = command;
  const { gateway, effects, rules } = scene;
  const others = user.stays.filter((stay) => stay.session !== session);
  // Logging in on another device ends the session on the first, whatever the rule for presences.
  const older = means === "account" ? others.filter((stay) => stay.means === means) : [];
  const most = rules.sessionsPerUserMax;
  if (others.length - older.length >= most) {
    effects.refuse({ gateway, session, request }, "session_limit", { most });
    return false;
  }
  // A game's own connection stands beside the presence: only idme competes with idme.
  const isRuled = means === "idme" && rules.sessions !== "many";
  const rivals = isRuled ? user.stays.filter((stay) => stay.means === "idme") : older;
  if (isRuled && rules.sessions === "refuse" && rivals.some(isOpen)) {
    effects.refuse({ gateway, session, request }, "session_refused");
    return false;
  }
  for (const rival of rivals) dismiss(user, rival, "session_replaced", scene);
  return true;
}
