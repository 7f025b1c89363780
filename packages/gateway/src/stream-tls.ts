/** TLS before streams: handshakes, which are bounded and counted, and certificates that change. */
import { constants, createPrivateKey, X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { createSecureContext, createServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { Log } from "@roundhouse/kernel";
import type { Address } from "./connection.ts";
import { Handshakes } from "./handshakes.ts";

/** Both in PEM: the certificate with those between it and a known one. */
export type Certificate = { readonly cert: string | Buffer; readonly key: string | Buffer };

export type StreamTlsOptions = {
  readonly certificate: Certificate;
  readonly log: Log;
  readonly handshakesMax?: number;
  readonly handshakeMs?: number;
  readonly secured: (socket: TLSSocket, address: Address) => void;
  /** It ended before that. */
  readonly failed: (address: Address) => void;
};

export type StreamTls = {
  /** Whether there is room for one more handshake of this address. */
  readonly makeRoom: (address: Address) => boolean;
  readonly take: (socket: Socket, address: Address) => void;
  /** Open connections stay. A broken pair is refused, and the one before stays in use. */
  readonly renew: (certificate: Certificate) => boolean;
};

/** Throws if the certificate is broken. */
export function streamTls(options: StreamTlsOptions): StreamTls {
  const { log, handshakeMs = HANDSHAKE_MS, handshakesMax = HANDSHAKES_MAX } = options;
  const handshakes = new Handshakes(handshakesMax);
  // It never listens: it is given connections that the door has let in.
  check(options.certificate);
  const server = createServer({
    ...settings(options.certificate),
    handshakeTimeout: handshakeMs,
    allowHalfOpen: true,
  });
  server.on("secureConnection", (socket) => {
    const address = handshakes.end(nameOf(socket));
    if (address === undefined)
      socket.destroy(); // Cut off meanwhile.
    else options.secured(socket, address);
  });
  server.on("tlsClientError", (_cause, socket) => void socket.destroy());

  return {
    makeRoom: (address) => handshakes.makeRoom(address),
    take: (socket, address) => {
      const name = nameOf(socket);
      const lose = (): void => {
        if (handshakes.end(name, handshake) !== undefined) options.failed(address);
      };
      const cut = (): void => {
        lose();
        socket.resetAndDestroy();
      };
      const handshake = { address, cut };
      handshakes.begin(name, handshake);
      socket.on("close", lose);
      server.emit("connection", socket);
    },
    renew: (certificate) => {
      try {
        check(certificate);
      } catch (cause) {
        log.say("error", "certificate_refused", { cause: String(cause) });
        return false;
      }
      server.setSecureContext(settings(certificate));
      log.say("info", "certificate_renewed");
      return true;
    },
  };
}

const settings = ({ cert, key }: Certificate): TlsOptions => ({
  cert,
  key,
  minVersion: "TLSv1.2",
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
});

/** Throws if they are no certificate and its key: an empty file would be taken for none at all. */
function check({ cert, key }: Certificate): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error("the key is not the certificate's");
  }
  createSecureContext(settings({ cert, key }));
}

/** Of two open connections only one can have it. */
function nameOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`;
}

const HANDSHAKE_MS = 10_000;
/** Each costs a millisecond or two of the main loop. */
const HANDSHAKES_MAX = 512;
