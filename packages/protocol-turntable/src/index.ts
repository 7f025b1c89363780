/** turntable: JSON over WebSocket. */
export { turntable } from "./protocol.ts";
export type { Reply } from "./reply.ts";
export type { Said } from "./said.ts";
export type { Session } from "./session.ts";
