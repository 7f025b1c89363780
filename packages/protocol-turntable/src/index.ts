/** turntable: JSON over WebSocket, and a binary version 2 of ours. */
export { turntable, turntable2 } from "./protocol.ts";
export type { Reply } from "./reply.ts";
export type { Said } from "./said.ts";
export type { Session } from "./state.ts";
