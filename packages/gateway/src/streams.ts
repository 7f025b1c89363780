/** Streams by node:net and node:tls: a port for a protocol whose messages come as bytes. */
import { createServer, type Server, type Socket } from "node:net";
import type { Clock, Code, Log } from "@roundhouse/kernel";
import type { StreamCarrier } from "@roundhouse/protocol";
import type { Address, Voice } from "./connection.ts";
import type { Gateway } from "./gateway.ts";
import { HalfFrames } from "./half-frames.ts";
import { addressKey } from "./limits.ts";
import { type StreamGround, StreamLink } from "./stream-link.ts";
import { type Certificate, type StreamTls, streamTls } from "./stream-tls.ts";
import { StreamWatch } from "./stream-watch.ts";
import { Turns } from "./turns.ts";

export type StreamsOptions = {
  readonly gateway: Gateway;
  /** Of `gateway.voices`, one whose carrier is a stream. */
  readonly voice: Voice;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** After about so long a peer that vanished without a word is given up. */
  readonly silenceSeconds: number;
  /** Given: nobody may speak without TLS here. */
  readonly tls?: Certificate | undefined;
};

export type Streams = {
  readonly port: number;
  /** Takes no more connections; those that are open stay. */
  stopListening(): void;
  /** Ends everything at once. */
  close(): void;
  /**
   * From now on new connections are shown this certificate. Answers whether it is good; if not, the
   * one before stays.
   */
  renew(certificate: Certificate): boolean;
};

/** Rejects with Node's own error when it cannot listen, or with what is wrong with the certificate. */
export async function openStreams(options: StreamsOptions): Promise<Streams> {
  const { clock, gateway, log, voice } = options;
  const { carrier, hears, name } = voice.protocol;
  // Topics are native to uWebSockets.js: nobody here is subscribed to any.
  if (carrier.over !== "stream" || hears !== "each") throw new TypeError(`${name} is no stream`);
  const ground: StreamGround = {
    ...{ gateway, clock },
    turns: new Turns(clock, (run) => void setImmediate(run)),
    halves: new HalfFrames(),
    watch: process.platform === "linux" ? watchOf(options) : undefined,
  };
  const open = (socket: Socket, address: Address): void => {
    begin(ground, { socket, address, voice, carrier });
  };
  const tls = secured(options, open);
  const sockets = new Set<Socket>();
  const server = createServer({
    allowHalfOpen: true, // Who will say no more may still read.
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: Math.max(1, options.silenceSeconds - PROBES_SECONDS) * 1_000,
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {}); // What follows from it is in "close".
    const address = admit(socket, options, tls);
    if (address === undefined) socket.resetAndDestroy();
    else if (tls === undefined) open(socket, address);
    else tls.take(socket, address);
  });
  const port = await listening(server, options);
  server.on("error", (cause) => log.say("warn", "stream_port", { port, cause: String(cause) }));
  const beat = setInterval(() => tireLate(ground), BEAT_MS).unref();
  return {
    port,
    stopListening: () => void server.close(),
    close: () => {
      server.close();
      clearInterval(beat);
      ground.watch?.close();
      for (const socket of sockets) socket.destroy();
    },
    renew: (certificate) => tls?.renew(certificate) ?? false,
  };
}

const watchOf = ({ clock, log, silenceSeconds }: StreamsOptions): StreamWatch => {
  return new StreamWatch({ clock, log, silenceMs: silenceSeconds * 1_000 });
};

type Open = (socket: Socket, address: Address) => void;
type Opening = {
  readonly socket: Socket;
  readonly address: Address;
  readonly voice: Voice;
  readonly carrier: StreamCarrier;
};

/** A connection that the door has let in. */
function begin(ground: StreamGround, { socket, address, voice, carrier }: Opening): void {
  const { gateway } = ground;
  const connection = gateway.admit(voice, address);
  connection.socket = new StreamLink(ground, socket, connection, carrier.open());
  try {
    gateway.opened(connection);
  } catch (cause) {
    gateway.crashed(connection, cause);
  }
}

/** Undefined: it is refused, without a word, because none could be understood yet. */
function admit(
  { remoteAddress }: Socket,
  { clock, gateway }: StreamsOptions,
  tls: StreamTls | undefined,
): Address | undefined {
  if (remoteAddress === undefined) return undefined; // It is gone already.
  const refuse = (code: Code): undefined => void gateway.stats.refuse(code);
  const entered = gateway.door.enter(addressKey(remoteAddress), clock.now());
  if (!entered.ok) return refuse(entered.code);
  if (tls === undefined || tls.makeRoom(entered.value)) return entered.value;
  gateway.door.leave(entered.value);
  return refuse("connections_limit");
}

function secured({ gateway, log, tls }: StreamsOptions, open: Open): StreamTls | undefined {
  if (tls === undefined) return undefined;
  const failed = (address: Address): void => {
    gateway.stats.handshakesFailed++;
    gateway.door.leave(address);
  };
  return streamTls({ certificate: tls, log, secured: open, failed });
}

function tireLate({ clock, halves }: StreamGround): void {
  for (const link of halves.late(clock.now())) link.tire();
}

function listening(server: Server, { host, port }: StreamsOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

const BEAT_MS = 100;
/** What the kernel's ten probes take, one a second, after the silence that starts them. */
const PROBES_SECONDS = 10;
