/** For a program that runs a node inside itself; the command is main.ts. */
export { openLog, type ProcessLog } from "./log.ts";
export { type RunningNode, StartFailure } from "./node.ts";
export { type Settings, settings } from "./settings.ts";
