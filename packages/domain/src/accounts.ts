/** Registered users: what may be asked of them, by whom, and where that is decided. */
import type { AccountCommand, OwnAsked } from "./account-command.ts";
import * as friends from "./friends.ts";
import * as inquiries from "./inquiries.ts";
import * as letters from "./letters.ts";
import { disenrol, enrol } from "./memberships.ts";
import { meet } from "./needs.ts";
import { ownOf } from "./own.ts";
import * as registration from "./registration.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";
import type { User } from "./user.ts";

export function decideAccount(state: ShardState, command: AccountCommand, scene: Scene): void {
  const user = meet(state, command.user);
  if (user === undefined) return; // Its session is over, and nobody is here.
  scene.touched.push(user.id);
  switch (command.on) {
    case "friendAsked":
      return friends.beAsked(user, command, scene);
    case "befriended":
      return friends.bind(user, command, scene);
    case "bonded":
      return friends.tellBonded(user, command, scene);
    case "unfriended":
      return friends.unbind(user, command, scene);
    case "vouch":
      return friends.vouch(user, command, scene);
    case "notify":
      return letters.notify(user, command, scene);
    case "enrolled":
      return enrol(user, command, scene);
    case "disenrolled":
      return disenrol(user, command, scene);
    case "heed":
      return letters.heed(user, command, scene);
    case "signUp":
      return registration.signUp(user, command, scene);
    case "ban":
      return registration.ban(user, command, scene);
    case "credentials":
      return inquiries.tellCredentials(user, command, scene);
    case "profile":
      return inquiries.tellProfile(user, command, scene);
    case "export":
      return inquiries.tellAll(user, command, scene);
    case "setPassword":
    case "deleteAccount":
    case "describe":
    case "askFriend":
    case "answerFriend":
    case "removeFriend":
    case "whisper":
    case "mail":
      return decideOwn(user, command, scene);
  }
}

/** What somebody asks for itself. */
function decideOwn(user: User, command: OwnAsked, scene: Scene): void {
  const own = ownOf(user, command, scene);
  if (own === undefined) return;
  switch (command.on) {
    case "setPassword":
      return registration.setPassword(own, command);
    case "deleteAccount":
      return registration.deleteAccount(own, command);
    case "describe":
      return registration.describe(own, command);
    case "askFriend":
      return friends.ask(own, command);
    case "answerFriend":
      return friends.answer(own, command);
    case "removeFriend":
      return friends.remove(own, command);
    case "whisper":
      return letters.whisper(own, command);
    case "mail":
      return letters.tellMail(own);
  }
}
