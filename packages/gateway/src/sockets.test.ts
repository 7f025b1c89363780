import { once } from "node:events";
import { type GatewayId, ok, silentLog, systemClock } from "@roundhouse/kernel";
import type { AnyProtocol } from "@roundhouse/protocol";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { Gateway } from "./gateway.ts";
import { openSockets } from "./sockets.ts";

/** Says nothing, and breaks on one word. */
const brittle: AnyProtocol = {
  name: "brittle",
  carrier: { over: "websocket", subprotocol: "brittle", isDefault: true, frames: "text" },
  hears: "alike",
  decode: (frame) => {
    if (frame === "break") throw new Error("a bug of ours");
    return ok(frame);
  },
  encode: (reply) => reply,
  open: () => [undefined, []],
  step: (_state, input) => {
    return [undefined, input.on === "said" ? [{ to: "send", reply: "heard" }] : []];
  },
  broadcast: () => [],
  presence: () => "",
};

const limits = {
  connectionsMax: 0,
  connectionsPerAddressMax: 0,
  messagesPerSecondMax: 0,
  addressRateFactor: 1,
  softBytes: 1_000,
  hardBytes: 10_000,
  slowMs: 1_000,
  thereMax: 1,
  signUpsPerMinuteMax: 0,
  wrongPasswordsPerMinuteMax: 30,
  subscriptionsMax: 1,
  messageBytesMax: 1_000,
};

describe("a bug that one connection meets", () => {
  it("ends that connection with 1011, and no other", async () => {
    const gateway = new Gateway({
      id: "gate" as GatewayId,
      shards: 1,
      bus: { append: () => ok(undefined), hear: () => () => {} },
      protocols: [brittle],
      identity: { isDemanded: false, prove: () => {} },
      passwords: { hash: () => () => {}, check: () => () => {} },
      limits,
      clock: systemClock,
      log: silentLog,
    });
    const sockets = await openSockets({
      gateway,
      clock: systemClock,
      host: "127.0.0.1",
      port: 0,
      allowedOrigins: [],
      trustForwardedFor: false,
      messageBytesMax: 1_000,
      silenceSeconds: 8,
      backlogHardBytes: 10_000,
      pages: new Map(),
      topology: () => ({}),
    });
    const enter = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`ws://127.0.0.1:${sockets.port}/`);
      await once(socket, "open");
      return socket;
    };
    const [unlucky, other] = [await enter(), await enter()];
    unlucky.send("break");
    const [code, reason] = await once(unlucky, "close");
    expect([code, String(reason)]).toEqual([1011, "internal"]);
    other.send("hello");
    const [answer] = await once(other, "message");
    expect(String(answer)).toBe("heard");
    expect(gateway.stats.refusals.get("internal")).toBe(1);
    gateway.close();
    sockets.stopListening();
  });
});
