import type { UserId } from "@roundhouse/kernel";
import { Stage } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { accountOf, BOUNDS, Client } from "./client.contract.ts";
import { scrp } from "./protocol.ts";

const ana = { user_id: "ana", user_password: "a secret" };
const attached = {
  on: "attached",
  user: "ana" as UserId,
  resumed: undefined,
  account: accountOf(),
} as const;
/** The longest one: four bytes of UTF-8 for a character, two units in memory. */
const long = { room_id: "pit", message: "🚂".repeat(4_096) };

describe("what waits behind a log-in", () => {
  it("is bounded by its size: what is too much is refused, what is small still waits", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    for (let count = 0; count < 5; count++) client.says("SEND_ROOM_MESSAGE", long);
    expect(client.hearsShort()).toEqual([999, 999]); // Each is a good 16 KiB, of 64.
    client.says("GET_TIME");
    expect(client.hears()).toEqual([]);
    client.answered(attached);
    expect(client.hearsShort()).toEqual([900, 900]);
    expect(client.asksShort()).toEqual(["logIn", "say", "say", "say"]);
  });

  it("makes room again when its turn has come", () => {
    const client = new Client();
    for (let round = 0; round < 10; round++) {
      client.says("LOG_IN", ana);
      for (let count = 0; count < 3; count++) client.says("SEND_ROOM_MESSAGE", long);
      client.answered({ on: "refused", code: "password_wrong", facts: {} });
      expect(client.hearsShort()).toEqual([403, 250, 250, 250]);
    }
  });
});

describe("what a stranger must not ask", () => {
  it("waits for its turn to be told so, however long it is: nothing of it is kept", () => {
    const client = new Client();
    client.says("SIGN_UP", { ...ana, user_nickname: "Ana" });
    for (let count = 0; count < 255; count++) client.says("SEND_ROOM_MESSAGE", long);
    client.says("LOG_IN", ana);
    expect(client.hears()).toEqual([]);
    client.answered({ on: "done" });
    expect(client.hearsShort()).toEqual([900, ...new Array<number>(255).fill(250)]);
    client.answered(attached);
    expect(client.hearsShort()).toEqual([900]);
  });

  it("is asked all the same behind a log-in that waits itself", () => {
    const client = new Client();
    client.says("SIGN_UP", { ...ana, user_nickname: "Ana" });
    client.says("LOG_IN", ana);
    client.says("SEND_ROOM_MESSAGE", long);
    client.answered({ on: "done" });
    client.answered(attached);
    expect(client.hearsShort()).toEqual([900, 900]);
    expect(client.asksShort()).toEqual(["signUp", "logIn", "say"]);
  });

  it("is refused behind a log-out, in its turn", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.answered(attached);
    client.isRenewed = false;
    client.says("LOG_OUT");
    for (let count = 0; count < 20; count++) client.says("SEND_ROOM_MESSAGE", long);
    expect(client.hearsShort()).toEqual([900, 900]);
    client.renew();
    expect(client.hearsShort()).toEqual(new Array<number>(20).fill(250));
  });
});

describe("what waits on all connections together", () => {
  it("stays below 16 MiB and a little for each, which is enough for whoever asks little", () => {
    const stage = new Stage({ protocols: [scrp(BOUNDS)] });
    const sayer = () => {
      const { socket } = stage.connect();
      const say = (method: string, fields: object) =>
        socket.says(JSON.stringify({ req_id: 7, method, ...fields }));
      say("LOG_IN", ana);
      return { socket, say };
    };
    const many = Array.from({ length: 600 }, sayer);
    for (const { say } of many) for (let n = 0; n < 4; n++) say("SEND_ROOM_MESSAGE", long);
    expect(stage.gateway.heldBytes).toBeGreaterThan(16 * 1_048_576);
    expect(stage.gateway.heldBytes).toBeLessThan(16 * 1_048_576 + 65_536);

    const modest = sayer();
    modest.say("ENTER_ROOM", { room_id: "pit" });
    modest.say("SEND_ROOM_MESSAGE", { room_id: "pit", message: "hello" });
    expect(modest.socket.received).toEqual([]);
    modest.say("SEND_ROOM_MESSAGE", long);
    expect(modest.socket.received.map(String)).toEqual([expect.stringContaining('"err":999')]);

    for (const { socket } of many) socket.leaves(true);
    modest.say("SEND_ROOM_MESSAGE", long);
    expect(modest.socket.received).toHaveLength(1);
    modest.socket.leaves(true);
    expect(stage.gateway.heldBytes).toBe(0);
  });
});
