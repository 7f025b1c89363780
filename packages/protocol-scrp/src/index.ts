/** SCRP: accounts, friends, rooms and mail as JSON over TCP or TLS. */
export type { Method } from "./methods.ts";
export { scrp } from "./protocol.ts";
export type { Reply } from "./reply.ts";
export type { Said } from "./said.ts";
export type { Session } from "./session.ts";
