/**
 * Friends: each side keeps the requests that made them so, and tells the other of every one that it
 * adds or removes, in order. So both agree after quiet, whatever crossed on the way.
 */
import type { UserId } from "@roundhouse/kernel";
import { answerDone, answerRefused } from "./answers.ts";
import { receive, tellHere } from "./mailbox.ts";
import { friendRequestName, isNews } from "./notice.ts";
import { mintFor } from "./numbers.ts";
import { done, type Of, type Own, refuse } from "./own.ts";
import type { Account, FriendRequest, Friendship } from "./record.ts";
import type { Scene } from "./scene.ts";
import { keepAccount, type User } from "./user.ts";

function isFriend({ friends }: Account, id: UserId): boolean {
  return friends.some(({ user }) => user === id);
}

/** What makes them friends; nothing if they are not. */
export function bondsWith({ friends }: Account, id: UserId): readonly number[] {
  return friends.find(({ user }) => user === id)?.bonds ?? [];
}

/** The one who is asked answers, or rather that one's shard. */
export function ask(own: Own, { friend, text }: Of<"askFriend">): void {
  const { user, account, asker, scene } = own;
  if (friend === user.id) return refuse(own, "account_unknown");
  if (isFriend(account, friend)) return done(own);
  const most = scene.rules.friendsMax;
  if (account.friends.length >= most) return refuse(own, "friends_limit", { most });
  const { born } = account;
  const id = mintFor(scene.shard, scene);
  const asked = { on: "friendAsked", user: friend, from: user.id, born, id, text, asker } as const;
  scene.effects.send(friend, asked);
}

/** One has one request at each. The same asker again says it anew; that is told, but not at once. */
export function beAsked(user: User, command: Of<"friendAsked">, scene: Scene): void {
  const { from, born, text, asker } = command;
  const { account } = user;
  const most = scene.rules.requestsMax;
  if (account === undefined) return answerRefused(asker, { code: "account_unknown" }, scene);
  const same = account.requests.find((it) => it.from === from && it.born === born);
  const id = same?.id ?? command.id;
  const isTold = isNews(same, scene);
  const at = isTold ? scene.now : (same?.at ?? scene.now);
  const request: FriendRequest = { id, from, born, at, text };
  // One of an earlier life of that name leads nowhere any more.
  const others = account.requests.filter((it) => it.from !== from);
  if (others.length >= most) {
    return answerRefused(asker, { code: "requests_limit", facts: { most } }, scene);
  }
  keepAccount(user, { ...account, requests: [...others, request] }, scene);
  answerDone(asker, scene);
  if (!isTold) return;
  receive(user, { on: "friendAsked", request: friendRequestName(id), at, from, text }, scene);
}

export function answer(own: Own, { id, how }: Of<"answerFriend">): void {
  const { user, account, asker, scene } = own;
  const request = account.requests.find((it) => it.id === id);
  if (request === undefined) return refuse(own, "request_unknown");
  const { from, born } = request;
  const most = scene.rules.friendsMax;
  if (how === "approve" && isOneMore(account, from, most)) {
    return refuse(own, "friends_limit", { most });
  }
  const requests = account.requests.filter((it) => it !== request);
  const friends = how === "approve" ? withBond(account.friends, from, id) : account.friends;
  keepAccount(user, { ...account, requests, friends }, scene);
  if (how === "approve") {
    const made = { user: from, born, by: user.id, bond: id, asker } as const;
    return scene.effects.send(from, { on: "befriended", ...made }); // Whose shard has the last word.
  }
  if (how === "reject") {
    const by = { user: user.id };
    const notice = { on: "rejected", request: friendRequestName(id), by } as const;
    scene.effects.send(from, { on: "notify", user: from, born, notice });
  }
  done(own);
}

/** The request was approved; a life that did not make it, or has no room for it, gives it back. */
export function bind(user: User, command: Of<"befriended">, scene: Scene): void {
  const { born, by, bond, asker } = command;
  const { account } = user;
  const answer = { on: "bonded", user: by, by: user.id, bond, asker } as const;
  const most = scene.rules.friendsMax;
  if (account?.born !== born) {
    const refusal = { code: "request_unknown" } as const;
    return scene.effects.send(by, { ...answer, refusal });
  }
  if (isOneMore(account, by, most)) {
    const refusal = { code: "friends_limit", facts: { most } } as const;
    return scene.effects.send(by, { ...answer, refusal });
  }
  keepAccount(user, { ...account, friends: withBond(account.friends, by, bond) }, scene);
  scene.effects.send(by, answer);
  const request = friendRequestName(bond);
  receive(user, { on: "approved", request, by: { user: by } }, scene);
}

/** What became of an approval. One that came to nothing is a refusal to whoever approved. */
export function tellBonded(user: User, command: Of<"bonded">, scene: Scene): void {
  const { by, bond, refusal, asker } = command;
  const friendship = user.account?.friends.find((it) => it.user === by);
  const isHeld = friendship?.bonds.includes(bond) === true; // Else it was removed again meanwhile.
  if (refusal === undefined) {
    if (isHeld && friendship.unsaid !== undefined) {
      change(user, friendship, { user: by, bonds: friendship.bonds }, scene);
    }
    return answerDone(asker, scene, isHeld ? { friend: by } : {});
  }
  if (isHeld && withdraw(user, friendship, { bonds: [bond] }, scene)) {
    // Sessions that began meanwhile were told of a friend; whoever approved and who is away were not,
    // unless they had been friends before.
    const { unsaid } = friendship;
    const notice = { on: "unfriended", user: by, why: unsaid ?? "removed" } as const;
    if (unsaid !== undefined) receive(user, notice, scene);
    else tellHere(user, notice, scene, asker.session);
  }
  answerRefused(asker, refusal, scene);
}

export function remove(own: Own, { friend }: Of<"removeFriend">): void {
  const { user, account, scene } = own;
  const friendship = account.friends.find((it) => it.user === friend);
  if (friendship === undefined) return askAbout(friend, own);
  const friends = account.friends.filter((it) => it !== friendship);
  keepAccount(user, { ...account, friends }, scene);
  const { bonds } = friendship;
  const told = { on: "unfriended", user: friend, by: user.id, bonds, why: "removed" } as const;
  scene.effects.send(friend, told);
  done(own);
}

/** They are friends until the last bond is gone: one that is left is an approval on its way. */
export function unbind(user: User, { by, bonds, why }: Of<"unfriended">, scene: Scene): void {
  const friendship = user.account?.friends.find((it) => it.user === by);
  if (friendship === undefined || !withdraw(user, friendship, { bonds, why }, scene)) return;
  receive(user, { on: "unfriended", user: by, why }, scene);
}

/** Takes these bonds away, and tells whether the friendship ended by that. */
function withdraw(
  user: User,
  friendship: Friendship,
  { bonds, why }: Given,
  scene: Scene,
): boolean {
  const left = friendship.bonds.filter((bond) => !bonds.includes(bond));
  if (left.length === friendship.bonds.length) return false;
  const isOver = left.length === 0;
  const unsaid = why ?? friendship.unsaid;
  const rest = { user: friendship.user, bonds: left, ...(unsaid && { unsaid }) };
  change(user, friendship, isOver ? undefined : rest, scene);
  return isOver;
}

type Given = { readonly bonds: readonly number[]; readonly why?: Friendship["unsaid"] };

/** Undefined: it is over. */
function change(user: User, old: Friendship, next: Friendship | undefined, scene: Scene): void {
  const { account } = user;
  if (account === undefined) return;
  const friends = account.friends.flatMap((it) => (it !== old ? [it] : next ? [next] : []));
  keepAccount(user, { ...account, friends }, scene);
}

/** No friend of this one: the other's shard knows whether there is somebody of that name at all. */
export function askAbout(friend: UserId, { asker, scene }: Own): void {
  scene.effects.send(friend, { on: "vouch", user: friend, otherwise: "not_a_friend", asker });
}

export function vouch({ account }: User, command: Of<"vouch">, scene: Scene): void {
  const { otherwise, room, asker } = command;
  const code = account === undefined ? "account_unknown" : otherwise;
  answerRefused(asker, room === undefined ? { code } : { code, room }, scene);
}

function withBond(
  friends: readonly Friendship[],
  user: UserId,
  bond: number,
): readonly Friendship[] {
  const known = friends.find((it) => it.user === user);
  if (known === undefined) return [...friends, { user, bonds: [bond] }];
  return friends.map((it) => (it === known ? { ...it, bonds: [...it.bonds, bond] } : it));
}

const isOneMore = (account: Account, id: UserId, most: number): boolean => {
  return account.friends.length >= most && !isFriend(account, id);
};
