/** Asks a running node's admin port, and has a sentence for every way in which that fails. */
import { request } from "node:http";
import { schema } from "@roundhouse/kernel";
import { admin } from "../settings.ts";
import { FAILED, MISUSED, type Terminal, tell } from "./command.ts";

/** The flags of every command that asks; parseArgs' own form. */
export const askFlags = {
  "admin-host": { type: "string" },
  "admin-port": { type: "string" },
  "admin-token": { type: "string" },
  json: { type: "boolean" },
} as const;

export const askDetails = `  --admin-host, --admin-port   where the node's admin port is (or ADMIN_HOST, ADMIN_PORT)
  --admin-token                when it is on another machine (or ADMIN_TOKEN)
  --json                       the answer as JSON`;

export type Place = {
  readonly "admin-host"?: string | undefined;
  readonly "admin-port"?: string | undefined;
  readonly "admin-token"?: string | undefined;
};

export type Asking = {
  readonly terminal: Terminal;
  readonly place: Place;
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** POST where there is a body, else GET, when nothing else is said. */
  readonly method?: "POST" | "DELETE";
};

export type Told =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly exit: number };

/** What went wrong is already said when it resolves. */
export async function ask({ terminal, place, path, body, method }: Asking): Promise<Told> {
  const flags = Object.entries(place).flatMap(([name, value]) => {
    return name.startsWith("admin-") && value !== undefined ? [`--${name}=${value}`] : [];
  });
  const parsed = askSettings.parse(terminal.environment, flags);
  if (!parsed.ok) {
    tell(terminal, "The node's admin port is not told rightly:", parsed.problems);
    return { ok: false, exit: MISUSED };
  }
  const { adminHost, adminPort, adminToken } = parsed.config;
  const host = ANYWHERE.get(adminHost) ?? adminHost;
  const headers = adminToken === "" ? {} : { authorization: `Bearer ${adminToken}` };
  const asked = { path, body, method: method ?? (body === undefined ? "GET" : "POST") };
  const reply = await exchange({ host, port: adminPort, headers, ...asked });
  if (reply.ok) return { ok: true, answer: reply.answer };
  terminal.err(reply.problem);
  return { ok: false, exit: FAILED };
}

type Exchange = {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly method: string;
};

type Reply =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly problem: string };

/** By node:http, not by fetch: fetch refuses some ports that an operator may well choose. */
function exchange({ host, port, path, headers, body, method }: Exchange): Promise<Reply> {
  const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve) => {
    const failed = (problem: string): void => resolve({ ok: false, problem });
    const signal = AbortSignal.timeout(ANSWER_MS);
    const own = { "x-roundhouse": "1", ...headers };
    const asked = request({ host, port, path, method, headers: own, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", () => failed(`${where} broke off its answer.`));
      response.on("end", () => {
        resolve(readReply(Buffer.concat(parts).toString("utf8"), response.statusCode ?? 0, where));
      });
    });
    asked.on("error", (cause: NodeJS.ErrnoException) => failed(trouble(cause, where)));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function readReply(text: string, status: number, where: string): Reply {
  const stranger = `What answers on ${where} is not a node's admin port: see ADMIN_PORT.`;
  try {
    const answer: unknown = JSON.parse(text);
    if (status === 200) return { ok: true, answer };
    const named = typeof answer === "object" && answer !== null && "message" in answer;
    return { ok: false, problem: named ? String(answer.message) : stranger };
  } catch {
    return { ok: false, problem: stranger };
  }
}

function trouble({ code = "", name, message }: NodeJS.ErrnoException, where: string): string {
  if (code === "ECONNREFUSED") {
    return `Nothing listens on ${where}. Is a node running there (roundhouse start)? ADMIN_HOST and ADMIN_PORT say where to ask.`;
  }
  if (name === "AbortError") return `${where} did not answer within ${ANSWER_MS / 1_000} s.`;
  if (code === "ENOTFOUND") return `No machine answers to that name: ${where}. See ADMIN_HOST.`;
  return `Cannot ask ${where}: ${code === "" ? message : code}.`;
}

const askSettings = schema(admin);
const ANSWER_MS = 10_000;
/** A node that listens everywhere is asked here. */
const ANYWHERE: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);
