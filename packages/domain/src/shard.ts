/** The one function that changes a shard. Pure but for the state that it is given. */
import type { UserId } from "@roundhouse/kernel";
import { decideAccount } from "./accounts.ts";
import * as bonds from "./bonds.ts";
import { decideCharter, leaveAlone } from "./charters.ts";
import type { Command, RoomCommand, UserCommand } from "./command.ts";
import { receiveInvite } from "./invites.ts";
import type { Answer, RoomFacts, Status } from "./item.ts";
import { notifyAll } from "./letters.ts";
import { outlive } from "./membership.ts";
import { meet, meetRoom } from "./needs.ts";
import { setAway } from "./presence.ts";
import { resync } from "./resync.ts";
import * as rooms from "./room.ts";
import type { Scene } from "./scene.ts";
import { openRoom, type Room } from "./seats.ts";
import * as sessions from "./sessions.ts";
import type { ShardState } from "./state.ts";
import { survey } from "./surveys.ts";
import { isForgettable, userFacts } from "./user.ts";
import { unwatch, watch } from "./watches.ts";

/**
 * After a batch: whoever is not needed in memory leaves it. Not before its end, because what the
 * batch changed is in the store only when it is committed.
 */
export function tidy(state: ShardState, scene: Scene): void {
  for (const id of scene.touched) {
    const user = state.users.get(id);
    if (user !== undefined && isForgettable(user)) state.users.delete(id);
  }
  for (const id of scene.visited) leaveAlone(state, id, scene);
  state.loaded.clear();
  state.found.clear();
}

/** The one place where a shard changes. The same commands at the same times do the same. */
export function decide(state: ShardState, command: Command, scene: Scene): void {
  switch (command.on) {
    case "act":
    case "join":
    case "leave":
    case "unseat":
    case "invite":
    case "reseat":
    case "catchUp":
    case "history":
    case "part":
      return decideRoom(state, command, scene);
    case "attach":
    case "detach":
    case "status":
    case "bound":
    case "unbound":
    case "invited":
    case "guard":
    case "who":
      return decideUser(state, command, scene);
    case "signUp":
    case "credentials":
    case "setPassword":
    case "deleteAccount":
    case "describe":
    case "askFriend":
    case "answerFriend":
    case "removeFriend":
    case "whisper":
    case "profile":
    case "mail":
    case "heed":
    case "ban":
    case "export":
    case "friendAsked":
    case "befriended":
    case "bonded":
    case "unfriended":
    case "vouch":
    case "notify":
    case "enrolled":
    case "disenrolled":
      return decideAccount(state, command, scene);
    case "notifyAll":
      return notifyAll(state, command, scene);
    case "create":
    case "enter":
    case "answerEntry":
    case "removeMember":
    case "bar":
    case "setAdmin":
    case "removeRoom":
    case "adjust":
    case "say":
    case "describeRoom":
    case "arrive":
    case "expel":
      return decideCharter(state, command, scene);
    case "search":
    case "count":
      return survey(state, command, scene);
    case "seek":
      return bonds.seek(state.users.get(command.user), command, scene);
    case "watch":
      return watchAll(state, command.users, scene);
    case "unwatch":
      for (const id of command.users) unwatch(state.watchers, id, scene);
      return;
    case "gatewayGone":
      return loseGateway(state, scene);
    case "tick":
      return tick(state, scene);
    case "ping":
      return answer(scene, command.request, { on: "pong" });
    case "digest":
      return tellDigests(state, command.round, scene);
    case "resync":
      return resync(state, command, scene);
    case "rooms":
      return answer(scene, command.request, { on: "rooms", rooms: list(state, command.limit) });
  }
}

function tellDigests({ tallies }: ShardState, round: number, { effects, gateway }: Scene): void {
  effects.tell([gateway], { to: "digest", round, ...tallies.of(gateway) });
}

function decideRoom(state: ShardState, command: RoomCommand, scene: Scene): void {
  const { room: id } = command;
  if (command.on === "join") outlive(state, command, scene);
  // The hot path makes no key to look for a record.
  const known = command.on === "act" ? state.rooms.get(id) : meetRoom(state, id);
  const room = known ?? opened(command, scene);
  if (room === undefined) return;
  switch (command.on) {
    case "act":
      return rooms.act(room, command, scene);
    case "invite":
      return rooms.inviteAs(room, command, scene);
    case "reseat":
      if (!rooms.reseat(room, command, scene)) rooms.unbind(command, scene);
      return;
    case "catchUp":
      return rooms.catchUp(room, command, scene);
    case "history":
      return rooms.replayTo(room, command, scene);
    case "join":
      rooms.join(room, command, scene);
      break;
    case "leave":
      rooms.leave(room, command, scene);
      break;
    case "unseat":
      rooms.unseat(room, command, scene);
      break;
    case "part":
      return rooms.partFrom(room, command, scene);
  }
  // A room that nobody created is gone at once: who joins in the same batch is in another one.
  if (room.charter === undefined && room.members.size === 0) state.rooms.delete(room.id);
  else if (known === undefined) state.rooms.set(room.id, room);
  scene.visited.push(room.id);
}

/** Only joining makes a room; whoever asks for anything else has no seat in it. */
function opened(command: RoomCommand, scene: Scene): Room | undefined {
  if (command.on === "join") return openRoom(command.room, command.user);
  if (command.on === "reseat") rooms.unbind(command, scene);
  else if (command.on === "catchUp") rooms.seek(command, scene);
  else if (command.on !== "unseat" && command.on !== "part")
    rooms.refuseStranger(command.room, command, scene);
  return undefined;
}

function decideUser(state: ShardState, command: UserCommand, scene: Scene): void {
  const user = meet(state, command.user);
  if (user === undefined) {
    // Nobody of that name is here: a seat bound to it has nobody to sit on it.
    if (command.on === "bound") {
      const { room, session } = command;
      bonds.letGo(scene.effects, { room, session, why: undefined });
    }
    return;
  }
  switch (command.on) {
    case "attach":
      sessions.attach(user, command, scene);
      break;
    case "detach":
      sessions.detach(user, command, scene);
      break;
    case "status":
      setAway(user, command, scene);
      break;
    case "bound":
      bonds.bind(user, command, scene);
      break;
    case "unbound":
      bonds.unbind(user, command, scene);
      break;
    case "invited":
      receiveInvite(user, command, scene);
      break;
    case "guard":
      sessions.guard(user, command.guarded, scene);
      answer(scene, command.request, { on: "guarded" });
      break;
    case "who":
      answer(scene, command.request, { on: "who", user: userFacts(user) });
      break;
  }
  scene.touched.push(user.id);
}

function watchAll(state: ShardState, watched: readonly UserId[], scene: Scene): void {
  const statuses: (readonly [UserId, Status])[] = [];
  for (const id of watched) {
    watch(state.watchers, id, scene);
    statuses.push([id, state.users.get(id)?.status ?? "offline"]);
  }
  scene.effects.tell([scene.gateway], { to: "gateway", statuses });
}

function loseGateway(state: ShardState, scene: Scene): void {
  for (const id of state.watchers.keys()) unwatch(state.watchers, id, scene);
  for (const room of state.rooms.values()) rooms.loseGateway(room, scene);
  for (const user of state.users.values()) {
    sessions.loseGateway(user, scene);
    scene.touched.push(user.id);
  }
  state.tallies.drop(scene.gateway);
}

function tick(state: ShardState, scene: Scene): void {
  for (;;) {
    const id = state.due.take(scene.now);
    if (id === undefined) return;
    const user = state.users.get(id);
    if (user === undefined) continue;
    sessions.remind(user, scene);
    scene.touched.push(id);
  }
}

function list(state: ShardState, limit: number): readonly RoomFacts[] {
  const facts: RoomFacts[] = [];
  for (const room of state.rooms.values()) {
    if (facts.length >= limit) break;
    facts.push(rooms.roomFacts(room));
  }
  return facts;
}

function answer({ effects, gateway }: Scene, request: number | undefined, said: Answer): void {
  if (request !== undefined) {
    effects.tell([gateway], { to: "operator", request, answer: said });
  }
}
