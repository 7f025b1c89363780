/** The created rooms where a user is a member. The rooms decide; what is here follows. */
import type { Code, RoomId } from "@roundhouse/kernel";
import type { AccountCommand } from "./account-command.ts";
import { answerDone, answerRefused } from "./answers.ts";
import { receive } from "./mailbox.ts";
import { announce } from "./presence.ts";
import type { Scene } from "./scene.ts";
import { isOpen, keepAccount, mark, type Stay, type User } from "./user.ts";

/** A session that logged in takes its seats. */
export function arrive(user: User, stay: Stay, scene: Scene): void {
  for (const room of user.account?.rooms ?? []) sendTo(room, user, stay, scene);
}

/** A room took this user as a member; whoever asked for it, or let it in, is answered. */
export function enrol(user: User, command: Of<"enrolled">, scene: Scene): void {
  const { born, room, asker } = command;
  const { account } = user;
  if (account?.born !== born) return decline(user, command, "account_unknown", scene);
  const isOneMore = !account.rooms.includes(room);
  if (isOneMore && account.rooms.length >= scene.rules.roomsPerUserMax) {
    return decline(user, command, "rooms_limit", scene);
  }
  if (isOneMore) keepAccount(user, { ...account, rooms: [...account.rooms, room] }, scene);
  answerDone(asker, scene);
  takeSeats(user, command, scene);
  tellEnd(user, "approved", command, scene);
}

/** The room has it leave again. To whoever let it in, an account that is gone has asked for nothing. */
function decline(user: User, command: Of<"enrolled">, code: Code, scene: Scene): void {
  const { born, room, asker, approval } = command;
  const by = approval?.by;
  scene.effects.send(room, { on: "expel", room, user: user.id, born, why: "refused", by });
  const isGone = code === "account_unknown" && approval !== undefined;
  answerRefused(asker, { code: isGone ? "request_unknown" : code, room }, scene);
  if (!isGone) tellEnd(user, "rejected", command, scene);
}

/** Its request to enter, if it made one, has come to an end. */
function tellEnd(
  user: User,
  on: "approved" | "rejected",
  { room, approval }: Of<"enrolled">,
  scene: Scene,
): void {
  if (approval === undefined) return;
  receive(user, { on, request: approval.request, by: { room } }, scene);
}

/** The membership ended. */
export function disenrol(user: User, command: Of<"disenrolled">, scene: Scene): void {
  const { born, room, notice } = command;
  const { account } = user;
  if (account?.born !== born) return;
  const rooms = account.rooms.filter((it) => it !== room);
  if (rooms.length < account.rooms.length) keepAccount(user, { ...account, rooms }, scene);
  for (const stay of user.stays) if (stay.means === "account") leave(user, stay, room, scene);
  if (notice !== undefined) receive(user, notice, scene);
}

/** The asking session sits there already; one that logged in elsewhere takes its seat now. */
function takeSeats(user: User, { room, asker }: Of<"enrolled">, scene: Scene): void {
  const asking = asker.session;
  for (const stay of user.stays) {
    const sits = stay.session === asking;
    const comes = stay.means === "account" && isOpen(stay) && !sits;
    if (!sits && !comes) continue;
    if (!stay.rooms.includes(room)) stay.rooms = stay.rooms.concat(room);
    if (comes) sendTo(room, user, stay, scene);
    mark(user, scene);
  }
  announce(user, scene);
}

function leave(user: User, stay: Stay, room: RoomId, scene: Scene): void {
  if (!stay.rooms.includes(room)) return;
  stay.rooms = stay.rooms.filter((it) => it !== room);
  mark(user, scene);
}

function sendTo(room: RoomId, { id: user, account }: User, stay: Stay, scene: Scene): void {
  if (account === undefined) return;
  const { session, gateway } = stay;
  scene.effects.send(room, { on: "arrive", room, user, born: account.born, session, gateway });
}

type Of<On extends AccountCommand["on"]> = Extract<AccountCommand, { on: On }>;
