/** How an account begins, changes and ends. */
import type { RoomId } from "@roundhouse/kernel";
import { askerOf } from "./answers.ts";
import { dismissAll, dismissUnproven } from "./endings.ts";
import { empty } from "./mailbox.ts";
import { keepNumbers, mintFor, numbersOf } from "./numbers.ts";
import { done, type Of, type Own, refuse } from "./own.ts";
import { accountKey, boxKey, seenKey } from "./record.ts";
import type { Scene } from "./scene.ts";
import { EMPTY_BOX, keep, keepAccount, type User } from "./user.ts";

/** From now on the name is somebody's: whoever is here without a proof has to go. */
export function signUp(user: User, command: Of<"signUp">, scene: Scene): void {
  const asking = { asker: askerOf(command, scene), scene };
  const isReserved = user.guarded && command.session !== undefined;
  if (user.account !== undefined || isReserved) return refuse(asking, "account_taken");
  if (scene.isFull()) return refuse(asking, "records_full");
  const born = mintFor(scene.shard, scene);
  count(1, scene);
  const { hash, nickname } = command;
  const blank = { description: "", friends: [], requests: [], rooms: [], isBanned: false };
  const proof = { hash, turn: 1 };
  keepAccount(user, { born, since: scene.now, proof, nickname, ...blank }, scene);
  done(asking);
  dismissUnproven(user, scene);
}

/** Who changes it by the present one stays; an operator does it when somebody else may have that. */
export function setPassword(own: Own, { hash, turn, address }: Of<"setPassword">): void {
  const { user, account, scene, stay } = own;
  if (!isChecked(own, turn)) return refuse(own, "password_wrong");
  const proof = { hash, turn: account.proof.turn + 1 };
  keepAccount(user, { ...account, proof }, scene);
  forgive(own, address);
  done(own);
  if (stay === undefined) dismissAll(user, user.stays, "password_replaced", scene);
}

/** Friends and rooms hear of it by the outbox: what is underway to a life that ended finds nobody. */
export function deleteAccount(own: Own, { turn, address }: Of<"deleteAccount">): void {
  const { user, account, scene } = own;
  const { effects } = scene;
  if (!isChecked(own, turn)) return refuse(own, "password_wrong");
  const { id, stays } = user;
  forgive(own, address);
  for (const { user: friend, bonds } of account.friends) {
    effects.send(friend, { on: "unfriended", user: friend, by: id, bonds, why: "deleted" });
  }
  for (const room of account.rooms) expel(own, room);
  count(-1, scene);
  done(own);
  dismissAll(user, stays, "account_deleted", scene);
  forget(user, scene);
}

/** Tells the gateways of those who watch what is new. */
export function describe(own: Own, { nickname, description }: Of<"describe">): void {
  const { user, account, scene } = own;
  const changes = {
    ...(nickname !== undefined && nickname !== account.nickname && { nickname }),
    ...(description !== undefined && description !== account.description && { description }),
  };
  done(own);
  if (Object.keys(changes).length === 0) return;
  keepAccount(user, { ...account, ...changes }, scene);
  const told = scene.watchers.get(user.id) ?? [];
  scene.effects.tell(told, { to: "about", user: user.id, ...changes });
}

export function ban(user: User, command: Of<"ban">, scene: Scene): void {
  const asking = { asker: askerOf(command, scene), scene };
  const { account, stays } = user;
  if (command.session !== undefined) return refuse(asking, "rights_missing");
  if (account === undefined) return refuse(asking, "account_unknown");
  const { isBanned } = command;
  if (account.isBanned !== isBanned) keepAccount(user, { ...account, isBanned }, scene);
  done(asking);
  if (isBanned) dismissAll(user, stays, "account_banned", scene);
}

/** An operator needs no password; anybody else's was checked against the present one. */
function isChecked({ stay, account }: Own, turn: number | undefined): boolean {
  return stay === undefined || turn === account.proof.turn;
}

function forgive({ user, scene }: Own, address: string | undefined): void {
  if (address !== undefined) scene.shard.attempts.clear(accountKey(user.id), address);
}

function expel({ user, account, scene }: Own, room: RoomId): void {
  const { born } = account;
  scene.effects.send(room, { on: "expel", room, user: user.id, born, why: "deleted" });
}

/** Nothing of it waits for the next one of that name. */
function forget(user: User, scene: Scene): void {
  const { records } = scene.effects;
  empty(user, scene);
  user.box = EMPTY_BOX;
  user.account = undefined;
  records.set(accountKey(user.id), undefined);
  records.set(boxKey(user.id), undefined);
  records.set(seenKey(user.id), undefined);
  if (user.invites.length === 0) return;
  user.invites = [];
  keep(user, scene);
}

function count(by: 1 | -1, scene: Scene): void {
  const numbers = numbersOf(scene.shard);
  numbers.accounts += by;
  keepNumbers(numbers, scene);
}
