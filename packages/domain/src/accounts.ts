/** Registered users: what may be asked of them, and what follows from it. */
import type { AccountCommand } from "./account-command.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";

export function decideAccount(_state: ShardState, _command: AccountCommand, _scene: Scene): void {}
