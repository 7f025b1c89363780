/** The connection to the server: opens, introduces itself, and comes back when it was lost. */
import { endingOf, retryDelayMs } from "./backoff.ts";
import type { Credentials } from "./credentials.ts";
import { type Dialect, version1, version2 } from "./dialect.ts";
import { type Introduction, introduce } from "./introduction.ts";
import { type Message, parseMessage } from "./message.ts";
import { type Ask, openRequests } from "./requests.ts";

export type LinkState =
  | { readonly at: "idle" }
  | { readonly at: "connecting" }
  | { readonly at: "live" } // Introduced: what is sent now is sent as this user.
  | { readonly at: "lost"; readonly why: string; readonly retryInMs: number }
  // Trying again by itself would not help. The code is the server's, or empty.
  | { readonly at: "refused"; readonly why: string; readonly code: string };

type LinkOptions = {
  readonly url: string;
  readonly changed: (state: LinkState) => void;
  readonly heard: (message: Message) => void;
  readonly frame: (direction: "in" | "out", text: string) => void;
  /** A token to come back with, instead of the password. */
  readonly token: (name: string, token: string) => void;
};

export type Link = {
  enter(credentials: Credentials): void;
  leave(): void;
  readonly send: (command: string, data: unknown) => void;
  /** For accounts: version 1 numbers no request. */
  readonly ask: Ask;
  /** What is wrong with it, if it could not be sent. */
  sendRaw(text: string): string | undefined;
};

export function openLink({ url, changed, heard, frame, token: keep }: LinkOptions): Link {
  let credentials: Credentials | undefined;
  let dialect: Dialect = version1;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let live = false;
  const requests = openRequests();

  function connect(): void {
    clearTimeout(timer);
    requests.forget();
    changed({ at: "connecting" });
    const fresh = new WebSocket(url, dialect.subprotocol);
    fresh.binaryType = "arraybuffer";
    socket = fresh;
    fresh.onmessage = ({ data }) => {
      if (socket === fresh) receive(data);
    };
    fresh.onclose = ({ code, reason }) => {
      if (socket === fresh) lost(code, reason);
    };
  }

  function receive(data: string | ArrayBuffer): void {
    frame("in", dialect.show(data));
    const message = parseMessage(dialect.read(data));
    if (message?.command === "idyou" && !live && credentials !== undefined) {
      introduce(credentials, introduction);
    }
    if (message !== undefined && !requests.settle(message)) heard(message);
  }

  const send = (command: string, data: unknown): void => void put(dialect.write({ command, data }));
  const ask: Ask = (command, data, answered) => {
    put(dialect.write({ command, data, request: requests.begin(answered) }));
  };

  const introduction: Introduction = {
    send,
    ask,
    /** Whoever has nothing to come back with has to sign in again. */
    entered(next) {
      credentials = next;
      live = true;
      if (next?.as === "member" && next.proof.by === "token") keep(next.name, next.proof.token);
      changed({ at: "live" });
      // A server that accepts and at once closes again is not a success.
      timer = setTimeout(() => (attempt = 0), STEADY_MS);
    },
    refused: ({ code, message }) => refuse(message, code),
  };

  /** Whatever would have proven the name is forgotten. */
  function refuse(why: string, code: string): void {
    drop();
    credentials = undefined;
    changed({ at: "refused", why, code });
  }

  function lost(code: number, reason: string): void {
    drop();
    const { why, retry } = endingOf(code, reason);
    if (!retry || credentials === undefined) return refuse(why, reason);
    const retryInMs = retryDelayMs(attempt++, Math.random());
    timer = setTimeout(connect, retryInMs);
    changed({ at: "lost", why, retryInMs });
  }

  function drop(): void {
    clearTimeout(timer);
    timer = undefined;
    live = false;
    const old = socket;
    socket = undefined;
    old?.close(1000);
  }

  // The network is back: no reason to wait any longer.
  addEventListener("online", () => {
    const waits = credentials !== undefined && socket === undefined && timer !== undefined;
    if (waits && !document.hidden) connect();
  });

  function put(bytes: string | Uint8Array<ArrayBuffer>): boolean {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(bytes);
    frame("out", dialect.show(bytes));
    return true;
  }

  return {
    enter(as) {
      drop();
      credentials = as;
      dialect = as.as === "guest" ? version1 : version2;
      attempt = 0;
      connect();
    },
    leave() {
      drop();
      credentials = undefined;
      changed({ at: "idle" });
    },
    send,
    ask,
    sendRaw(text) {
      const bytes = dialect.copy(text);
      if (bytes === undefined) return NOT_JSON;
      return put(bytes) ? undefined : NOT_CONNECTED;
    },
  };
}

const NOT_JSON = "Version 2 sends msgpack: only JSON can be put into it.";
const NOT_CONNECTED = "Sign in first: there is no connection to send it on.";
const STEADY_MS = 3_000;
