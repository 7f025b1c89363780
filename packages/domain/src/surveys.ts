/** A shard's part of an answer that all shards give together. */
import type { ShardCommand } from "./command.ts";
import type { Scene } from "./scene.ts";
import type { ShardState } from "./state.ts";

type Asked = Extract<ShardCommand, { on: "search" | "count" }>;

export function survey(_state: ShardState, _command: Asked, _scene: Scene): void {}
