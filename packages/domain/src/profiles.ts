/** An account as its user, others and an operator see it. */
import type { AccountExport, AccountSeen, Profile } from "./item.ts";
import { read } from "./mailbox.ts";
import { friendRequestName } from "./notice.ts";
import { type Account, type Seen, seenKey } from "./record.ts";
import type { Scene } from "./scene.ts";
import type { User } from "./user.ts";

export function seenBySelf({ account }: User): AccountSeen | undefined {
  if (account === undefined) return undefined;
  const { born, proof, nickname, description, rooms } = account;
  const { turn } = proof;
  const friends = account.friends.map(({ user }) => user);
  const requests = account.requests.map(({ id, from, at, text }) => {
    return { request: friendRequestName(id), from, at, text };
  });
  return { born, turn, nickname, description, friends, rooms, requests };
}

export function profileOf(user: User, account: Account, scene: Scene): Profile {
  const { nickname, description, since } = account;
  return { user: user.id, nickname, description, since, seenAt: seenAt(user, account, scene) };
}

/** Everything but the password. */
export function exportOf(user: User, account: Account, scene: Scene): AccountExport {
  const { proof: _, ...kept } = account;
  const mail = read(user, {}, scene);
  return { user: user.id, account: kept, seenAt: seenAt(user, account, scene), mail };
}

function seenAt({ id }: User, { since }: Account, { effects, shard }: Scene): number {
  const key = seenKey(id);
  const seen = effects.records.has(key) ? effects.records.get(key) : shard.loaded.get(key);
  return (seen as Seen | undefined)?.at ?? since;
}
