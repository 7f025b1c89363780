/** The admin server: metrics, health and the operator's questions, over HTTP on a port of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Code,
  type Failure,
  fail,
  type Log,
  ok,
  type Result,
  sentence,
} from "@roundhouse/kernel";
import type { AdminPorts } from "./admin-ports.ts";
import { type Answer, type Route, routeOf } from "./admin-routes.ts";
import { listenFailure } from "./node.ts";
import { isOperator } from "./operator.ts";

export type { AdminPorts } from "./admin-ports.ts";

export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

export type AdminOptions = {
  readonly host: string;
  readonly port: number;
  /** ADMIN_TOKEN; empty: only this machine's user is an operator. */
  readonly token: string;
  readonly ports: AdminPorts;
  readonly log: Log;
};

/** Rejects with a `StartFailure` when it cannot listen. */
export async function openAdmin(options: AdminOptions): Promise<AdminServer> {
  const { host, port } = options;
  const server = createServer(TIMEOUTS, (request, response) => {
    respond(options, request, response).catch((cause: unknown) => {
      if (request.destroyed && !request.complete) return; // The asker went away.
      options.log.say("error", "admin_failed", { path: pathOf(request), cause: String(cause) });
      write(response, fail("internal"), undefined);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listening(server, options).catch((cause: unknown) => {
    throw listenFailure(cause, { host, port, setting: "ADMIN_PORT" });
  });
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) };
}

async function respond(
  options: AdminOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { route, name } = routeOf(pathOf(request));
  const refused = refusal(route, request, options.token);
  if (route === undefined || refused !== undefined) {
    return write(response, refused ?? fail("not_found"), route);
  }
  const body = route.method === "POST" ? await readBody(request) : ok(undefined);
  if (!body.ok) return write(response, body, route);
  const host = request.headers.host ?? "";
  const { searchParams: query } = new URL(request.url ?? "/", BASE);
  const question = { host, name, query, body: body.value };
  write(response, await route.answer(options.ports, question), route);
}

function refusal(
  route: Route | undefined,
  { method = "", headers, socket }: IncomingMessage,
  token: string,
): Failure | undefined {
  if (route === undefined) return fail("not_found");
  const asked = method === "HEAD" ? "GET" : method;
  if (asked !== route.method) return fail("method_refused");
  const peer = socket.remoteAddress ?? "";
  if (route.guarded && !isOperator({ peer, headers }, token)) return fail("operator_refused");
  // A page of another origin cannot send this header without a preflight, which nobody here grants.
  if (asked !== "GET" && headers["x-roundhouse"] !== "1") {
    return fail("field_invalid", { header: "x-roundhouse", needs: "1" });
  }
  return undefined;
}

/** The JSON in the body; never holds more than the bound, however much is sent. */
async function readBody(request: IncomingMessage): Promise<Result<unknown>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) {
      request.resume();
      return fail("frame_too_large", { bytesMax: BODY_BYTES_MAX });
    }
    parts.push(part);
  }
  try {
    return ok(JSON.parse(Buffer.concat(parts).toString("utf8")));
  } catch {
    return fail("field_invalid", { field: "body", needs: "JSON" });
  }
}

function write(response: ServerResponse, result: Result<Answer>, route: Route | undefined): void {
  if (response.headersSent) return;
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-content-type-options", "nosniff");
  if (!result.ok) return refuse(response, result, route);
  const answer = result.value;
  const isText = answer.as === "text";
  response.setHeader("content-type", isText ? answer.contentType : JSON_TYPE);
  response.end(isText ? answer.text : `${JSON.stringify(answer.body)}\n`);
}

function refuse(
  response: ServerResponse,
  { code, facts }: Failure,
  route: Route | undefined,
): void {
  const wanted = code === "method_refused" ? route?.method : undefined;
  if (wanted !== undefined) response.setHeader("allow", wanted);
  // What is still being sent of a refused body is read and forgotten, then the connection ends.
  if (code === "frame_too_large") response.setHeader("connection", "close");
  const message = wanted === undefined ? sentence(code, facts) : `Use ${wanted}.`;
  response.setHeader("content-type", JSON_TYPE);
  response.statusCode = STATUS[code] ?? 400;
  response.end(`${JSON.stringify({ code, message })}\n`);
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? "/";
  return URL.canParse(url, BASE) ? new URL(url, BASE).pathname.slice(0, PATH_CHARS_MAX) : "";
}

function listening(server: Server, { host, port }: AdminOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, resolve);
  });
}

/** Answers in progress get a moment; a scraper that never reads does not hold up the end. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(hurry);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const JSON_TYPE = "application/json; charset=utf-8";
const BASE = "http://admin";
const BODY_BYTES_MAX = 16 * 1_024;
/** The longest id, each of its bytes in three characters, and what stands around it. */
const PATH_CHARS_MAX = 1_000;
const CONNECTIONS_MAX = 128;
const CLOSE_MS = 1_000;
const TIMEOUTS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 75_000, // Longer than a scrape interval: one connection per Prometheus.
  connectionsCheckingInterval: 1_000,
};
const STATUS: Partial<Record<Code, number>> = {
  operator_refused: 403,
  not_found: 404,
  node_unknown: 404,
  account_unknown: 404,
  method_refused: 405,
  account_taken: 409,
  node_alone: 409,
  token_unsigned: 409,
  frame_too_large: 413,
  internal: 500,
  inbox_full: 503,
  passwords_busy: 503,
  records_full: 507,
  shard_unavailable: 503,
  going_away: 503,
};
