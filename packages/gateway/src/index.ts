/** Carriers, connections, fan-out, backpressure. */
export { Gateway } from "./gateway.ts";
export type { DrainOptions } from "./leaving.ts";
export type { Link } from "./link.ts";
export type { Identity } from "./naming.ts";
export type { GatewayOptions } from "./options.ts";
export { type Page, readPages } from "./pages.ts";
export type { Passwords } from "./passwords.ts";
export { openSockets, type Sockets, type SocketsOptions } from "./sockets.ts";
export { GatewayStats, type RepairCause, RepairCount } from "./stats.ts";
export type { Certificate } from "./stream-tls.ts";
export { openStreams, type Streams, type StreamsOptions } from "./streams.ts";
export { loadNative } from "./uws.ts";
