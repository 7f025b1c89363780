/** Sockets by uWebSockets.js: upgrades, frames in, and the few pages of the same port. */
import { isIP } from "node:net";
import {
  type Clock,
  type Code,
  catalogue,
  fail,
  ok,
  type Result,
  sentence,
} from "@roundhouse/kernel";
import type { Connection, Voice } from "./connection.ts";
import type { Gateway } from "./gateway.ts";
import { addressKey } from "./limits.ts";
import type { Page } from "./pages.ts";
import {
  type HttpRequest,
  type HttpResponse,
  listenAlone,
  loadNative,
  type us_listen_socket,
} from "./uws.ts";

export type SocketsOptions = {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Origins that may connect; none: any. A client that names no origin is no browser. */
  readonly allowedOrigins: readonly string[];
  /** Whether a proxy in front says who the peer is. */
  readonly trustForwardedFor: boolean;
  readonly messageBytesMax: number;
  readonly silenceSeconds: number;
  readonly backlogHardBytes: number;
  readonly pages: ReadonlyMap<string, Page>;
  /** The answer to GET /topology, for a client that reached us under this host name. */
  readonly topology: (host: string) => unknown;
};

export type Sockets = {
  readonly port: number;
  /** Takes no more connections; those that are open stay. */
  stopListening(): void;
  /** Ends everything at once. */
  close(): void;
};

export function openSockets(options: SocketsOptions): Promise<Sockets> {
  const native = loadNative();
  const { gateway, host, port } = options;
  const app = native.App();
  gateway.outlet.connect(app);

  app.ws<Connection>("/*", {
    compression: 0,
    idleTimeout: options.silenceSeconds,
    sendPingsAutomatically: true,
    maxLifetime: 0,
    // What is somewhat too long is answered; what is absurd is cut off before it fills memory.
    maxPayloadLength: options.messageBytesMax * 4,
    // The gateway closes slow readers by name before; this is the wall behind it, which does not.
    maxBackpressure: options.backlogHardBytes + WALL_BYTES,
    closeOnBackpressureLimit: true,
    upgrade: (res, req, context) => {
      const admitted = admit(res, req, options);
      if (!admitted.ok) return refuse(res, admitted.code, sentence(admitted.code, admitted.facts));
      const { connection, subprotocol } = admitted.value;
      const key = req.getHeader("sec-websocket-key");
      res.upgrade(connection, key, subprotocol, req.getHeader("sec-websocket-extensions"), context);
    },
    open: (ws) => {
      const connection = ws.getUserData();
      connection.socket = ws;
      gateway.opened(connection);
    },
    message: (ws, message, isBinary) => {
      const connection = ws.getUserData();
      const bytes = Buffer.from(message);
      try {
        gateway.message(connection, isBinary ? bytes : bytes.toString("utf8"));
      } catch (cause) {
        gateway.crashed(connection, cause);
      }
    },
    close: (ws, code) => gateway.closed(ws.getUserData(), code !== ABNORMAL),
  });

  const serveTopology: Serve = (res, req) => {
    json(res, "200 OK", options.topology(req.getHeader("host")), isHead(req));
  };
  const serve: Serve = (res, req) => servePage(res, req, options.pages);
  app.get("/topology", serveTopology).head("/topology", serveTopology);
  app.get("/*", serve).head("/*", serve);
  app.any("/*", (res) => refuse(res, "method_refused", sentence("method_refused")));

  return new Promise((resolve, reject) => {
    const listening = (token: us_listen_socket | false): void => {
      if (token === false) {
        reject(new Error(`cannot listen on ${host} port ${port}`));
        return;
      }
      resolve({
        port: native.us_socket_local_port(token as never),
        stopListening: () => native.us_listen_socket_close(token),
        close: () => app.close(),
      });
    };
    listenAlone(app, { host, port }, listening);
  });
}

type Admitted = { readonly connection: Connection; readonly subprotocol: string };

function admit(res: HttpResponse, req: HttpRequest, options: SocketsOptions): Result<Admitted> {
  const { allowedOrigins, clock, gateway } = options;
  const origin = req.getHeader("origin");
  if (origin !== "" && allowedOrigins.length > 0 && !allowedOrigins.includes(origin)) {
    return refused(gateway, fail("origin_refused"));
  }
  const spoken = choose(gateway.voices, req.getHeader("sec-websocket-protocol"));
  if (!spoken.ok) return refused(gateway, spoken);
  const peer = Buffer.from(res.getRemoteAddressAsText()).toString("latin1");
  const named = options.trustForwardedFor ? forwarded(req.getHeader("x-forwarded-for")) : undefined;
  const address = gateway.door.enter(addressKey(named ?? peer), clock.now());
  if (!address.ok) return refused(gateway, address);
  const { voice, subprotocol } = spoken.value;
  return ok({ connection: gateway.admit(voice, address.value), subprotocol });
}

function refused<Failed extends { readonly code: Code }>(
  gateway: Gateway,
  failure: Failed,
): Failed {
  gateway.stats.refuse(failure.code);
  return failure;
}

type Spoken = { readonly voice: Voice; readonly subprotocol: string };

/** The first offered subprotocol that is spoken here; for who offers none, the default one. */
function choose(voices: readonly Voice[], header: string): Result<Spoken> {
  if (header.trim() === "") {
    const voice = voices.find(({ protocol: { carrier } }) => {
      return carrier.over === "websocket" && carrier.isDefault;
    });
    return voice === undefined ? fail("subprotocol_unknown") : ok({ voice, subprotocol: "" });
  }
  for (const offered of header.split(",").map((it) => it.trim())) {
    const voice = voices.find(({ protocol: { carrier } }) => {
      return carrier.over === "websocket" && carrier.subprotocol === offered;
    });
    if (voice !== undefined) return ok({ voice, subprotocol: offered });
  }
  return fail("subprotocol_unknown");
}

/** The nearest proxy writes last: what stands before it anybody could have sent. */
function forwarded(header: string): string | undefined {
  const last = header.split(",").at(-1)?.trim() ?? "";
  return isIP(last) === 0 ? undefined : last;
}

type Serve = (res: HttpResponse, req: HttpRequest) => void;

function servePage(res: HttpResponse, req: HttpRequest, pages: ReadonlyMap<string, Page>): void {
  const page = pages.get(req.getUrl());
  const isShort = isHead(req);
  if (page === undefined) return refuse(res, "not_found", sentence("not_found"), isShort);
  const isKnown = req.getHeader("if-none-match") === page.etag;
  const isGzipped = req.getHeader("accept-encoding").includes("gzip");
  res.cork(() => {
    res.writeStatus(isKnown ? "304 Not Modified" : "200 OK");
    res.writeHeader("content-type", page.type);
    res.writeHeader("etag", page.etag);
    res.writeHeader("cache-control", "no-cache");
    res.writeHeader("vary", "accept-encoding");
    if (isGzipped) res.writeHeader("content-encoding", "gzip");
    for (const [name, value] of SAFETY_HEADERS) res.writeHeader(name, value);
    if (isKnown) res.endWithoutBody();
    else end(res, isGzipped ? page.gzipped : page.body, isShort);
  });
}

function json(res: HttpResponse, status: string, body: unknown, isShort: boolean): void {
  res.cork(() => {
    res.writeStatus(status);
    if (status === STATUS.method_refused) res.writeHeader("allow", "GET, HEAD");
    res.writeHeader("content-type", "application/json; charset=utf-8");
    res.writeHeader("access-control-allow-origin", "*"); // Public facts, no credentials.
    res.writeHeader("x-content-type-options", "nosniff");
    end(res, Buffer.from(JSON.stringify(body)), isShort);
  });
}

function refuse(res: HttpResponse, code: Code, message: string, isShort = false): void {
  const body = { code, message, retry: catalogue[code].retry };
  json(res, STATUS[code] ?? "400 Bad Request", body, isShort);
}

const isHead = (req: HttpRequest): boolean => req.getMethod() === "head";

/** To HEAD the same is said about the body as to GET, without the body. */
function end(res: HttpResponse, body: Buffer, isShort: boolean): void {
  if (!isShort) {
    res.end(body);
    return;
  }
  // endWithoutBody(length) waits for the body in the older build.
  res.writeHeader("content-length", String(body.length));
  res.endWithoutBody();
}

const STATUS: Partial<Record<Code, string>> = {
  not_found: "404 Not Found",
  method_refused: "405 Method Not Allowed",
  origin_refused: "403 Forbidden",
  subprotocol_unknown: "400 Bad Request",
  address_limit: "429 Too Many Requests",
  connections_limit: "503 Service Unavailable",
  going_away: "503 Service Unavailable",
};

const SAFETY_HEADERS = [
  [
    "content-security-policy",
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self'; " +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  ],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
] as const;

/** What may come on top before the gateway looks: topics hold back up to 32 messages of 16 KiB. */
const WALL_BYTES = 1_024 * 1_024;
/** RFC 6455: the connection ended without a close frame. */
const ABNORMAL = 1006;
