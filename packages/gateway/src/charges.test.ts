// What a message costs beside itself, seen by who sends it.
import { type Actor, Stage } from "@roundhouse/testkit";
import { beforeEach, expect, it } from "vitest";

let stage: Stage;
let ana: Actor;

beforeEach(() => {
  // Two seconds' worth may come at once: forty messages.
  stage = new Stage({ limits: { messagesPerSecondMax: 20, messageBytesMax: 1_000_000 } });
  ana = stage.connect();
});

const echo = (bytes: number) => ({ to: "send", reply: { on: "echo", text: "x".repeat(bytes) } });
/** How many of a hundred small messages are answered. */
function answered(): number {
  for (let n = 0; n < 100; n++) ana.asks(echo(1));
  return ana.heard().filter((it) => (it as { on: string }).on === "echo").length;
}

it("a small message costs itself", () => {
  expect(answered()).toBe(40);
});

it("each 4 KiB of a message cost one more", () => {
  ana.asks(echo(30 * 4_096));
  ana.heard();
  expect(answered()).toBe(40 - 31);
});

it("so does what makes no sense, and what is too long to be read", () => {
  ana.socket.says("x".repeat(30 * 4_096));
  ana.heard();
  expect(answered()).toBe(40 - 31);
});

it("words cost one more for each ten for whom they are kept", () => {
  ana.asks({ to: "identify", attach: { user: "ana", means: "idme" } });
  const told = { on: "sent", id: 1, at: 0, request: 1 } as const;
  stage.tell(ana.session, told);
  stage.tell(ana.session, { ...told, kept: 305 });
  ana.heard();
  expect(answered()).toBe(40 - 1 - 30);
});
