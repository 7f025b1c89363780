/** What is asked of a created room, by whom, and where that is decided. */
import type { Code, Facts } from "@roundhouse/kernel";
import type { Asker } from "./account-command.ts";
import { answerDone, answerRefused } from "./answers.ts";
import type { CharterAsked, CharterCommand } from "./charter-command.ts";
import type { Created } from "./created.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";

export type Case<Command extends CharterCommand = CharterAsked> = {
  readonly state: ShardState;
  readonly room: Created;
  readonly command: Command;
  readonly asker: Asker;
  readonly scene: Scene;
};

export type Of<On extends CharterCommand["on"]> = Extract<CharterCommand, { on: On }>;

export function done({ asker, scene }: Pick<Case, "asker" | "scene">): void {
  answerDone(asker, scene);
}

export function refuse({ asker, command, scene }: Refused, code: Code, facts: Facts = {}): void {
  answerRefused(asker, { code, facts, room: command.room }, scene);
}

type Refused = Pick<Case, "asker" | "command" | "scene">;
