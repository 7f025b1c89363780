/** The connection to the server: opens, introduces itself, and comes back when it was lost. */
import { endingOf, retryDelayMs } from "./backoff.ts";
import { type Message, parseMessage } from "./message.ts";

export type LinkState =
  | { readonly at: "idle" }
  | { readonly at: "connecting" }
  | { readonly at: "live" } // Introduced: what is sent now is sent as this user.
  | { readonly at: "lost"; readonly why: string; readonly retryInMs: number }
  | { readonly at: "refused"; readonly why: string }; // Trying again by itself would not help.

export type Credentials = { readonly name: string; readonly token: string };

type LinkOptions = {
  readonly url: string;
  readonly changed: (state: LinkState) => void;
  readonly heard: (message: Message) => void;
  readonly frame: (direction: "in" | "out", text: string) => void;
};

export type Link = {
  enter(credentials: Credentials): void;
  leave(): void;
  send(command: string, data: unknown): boolean;
  sendRaw(text: string): boolean;
};

export function openLink({ url, changed, heard, frame }: LinkOptions): Link {
  let credentials: Credentials | undefined;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let live = false;

  function connect(): void {
    clearTimeout(timer);
    changed({ at: "connecting" });
    const fresh = new WebSocket(url, "turntable");
    socket = fresh;
    fresh.onmessage = ({ data }) => {
      if (socket === fresh && typeof data === "string") receive(data);
    };
    fresh.onclose = ({ code, reason }) => {
      if (socket === fresh) lost(code, reason);
    };
  }

  function receive(text: string): void {
    frame("in", text);
    const message = parseMessage(text);
    if (message?.command === "idyou" && !live) introduce();
    if (message !== undefined) heard(message);
  }

  function introduce(): void {
    if (credentials === undefined) return;
    const { name, token } = credentials;
    live = true;
    link.send("idme", token === "" ? name : { id: name, token });
    changed({ at: "live" });
    // A server that accepts and at once closes again is not a success.
    timer = setTimeout(() => (attempt = 0), STEADY_MS);
  }

  function lost(code: number, reason: string): void {
    clearTimeout(timer);
    socket = undefined;
    live = false;
    const { why, retry } = endingOf(code, reason);
    if (!retry) return changed({ at: "refused", why });
    const retryInMs = retryDelayMs(attempt++, Math.random());
    timer = setTimeout(connect, retryInMs);
    changed({ at: "lost", why, retryInMs });
  }

  // The network is back, or somebody looks at the page again: no reason to wait any longer.
  function hurry(): void {
    const waiting = credentials !== undefined && socket === undefined && timer !== undefined;
    if (waiting && !document.hidden) connect();
  }
  addEventListener("online", hurry);

  const link: Link = {
    enter(as) {
      link.leave();
      credentials = as;
      attempt = 0;
      connect();
    },
    leave() {
      clearTimeout(timer);
      timer = undefined;
      credentials = undefined;
      live = false;
      const old = socket;
      socket = undefined;
      old?.close(1000);
      changed({ at: "idle" });
    },
    send: (command, data) => link.sendRaw(JSON.stringify({ command, data })),
    sendRaw(text) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      frame("out", text);
      return true;
    },
  };
  return link;
}

const STEADY_MS = 3_000;
