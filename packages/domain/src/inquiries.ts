/** What is asked about an account. */
import { askerOf } from "./answers.ts";
import { type Of, refuse } from "./own.ts";
import { exportOf, profileOf } from "./profiles.ts";
import { accountKey } from "./record.ts";
import type { Scene } from "./scene.ts";
import type { User } from "./user.ts";

/** For the gateway, which checks a password; the same answers whether there is such an account or not. */
export function tellCredentials(user: User, command: Of<"credentials">, scene: Scene): void {
  const { session, request, address } = command;
  const { effects, gateway, now, shard } = scene;
  const asking = { asker: askerOf(command, scene), scene };
  if (session === undefined) return refuse(asking, "rights_missing");
  if (!shard.attempts.take(accountKey(user.id), address, now)) {
    return refuse(asking, "attempts_exceeded");
  }
  const { born = 0, proof } = user.account ?? {};
  effects.tellSession(gateway, session, { on: "credentials", born, proof, request });
}

export function tellProfile(user: User, command: Of<"profile">, scene: Scene): void {
  const { session, request } = command;
  const { account } = user;
  const asking = { asker: askerOf(command, scene), scene };
  if (session === undefined) return refuse(asking, "rights_missing");
  if (account === undefined) return refuse(asking, "account_unknown");
  const profile = profileOf(user, account, scene);
  scene.effects.tellSession(scene.gateway, session, { on: "profile", profile, request });
}

/** Everything that is kept, for an operator. */
export function tellAll(user: User, command: Of<"export">, scene: Scene): void {
  const { session, request } = command;
  const { account } = user;
  const asking = { asker: askerOf(command, scene), scene };
  if (session !== undefined) return refuse(asking, "rights_missing");
  if (account === undefined) return refuse(asking, "account_unknown");
  if (request === undefined) return;
  const answer = { on: "exported", account: exportOf(user, account, scene) } as const;
  scene.effects.tell([scene.gateway], { to: "operator", request, answer });
}
