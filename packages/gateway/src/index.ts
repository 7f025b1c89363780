/** Carriers, connections, fan-out, backpressure. */
export { Gateway, type GatewayOptions, type Identity } from "./gateway.ts";
export { type Page, readPages } from "./pages.ts";
export { openSockets, type Sockets, type SocketsOptions } from "./sockets.ts";
export { GatewayStats } from "./stats.ts";
export { loadNative } from "./uws.ts";
