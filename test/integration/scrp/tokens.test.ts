/** AUTH=token: an account's password is a proof as good as a token, and nobody else exists. */
import { describe, expect, it } from "vitest";
import { house } from "../house.ts";
import { account } from "./scrp-client.ts";

const settings = { AUTH: "token", JWT_SECRET: "a secret of more than thirty-two bytes" };

describe("with AUTH=token and SIGN_UP=open", () => {
  const inn = house({ ...settings, SIGN_UP: "open" });

  it("accounts are made and used by their password", async () => {
    const ana = await inn.signIn("ana");
    await ana.get("CREATE_ROOM", { room_id: "den", room_nickname: "Den", room_access: 0 });
    const ben = await inn.signIn("ben");
    await ben.get("ENTER_ROOM", { room_id: "den" });
    await ben.get("SEND_ROOM_MESSAGE", { room_id: "den", message: "hello" });
    expect((await ana.push("NEW_ROOM_MESSAGE"))["sender_id"]).toBe("ben");
  });

  it("a name without an account gets in nowhere", async () => {
    const nobody = await inn.dial();
    expect((await nobody.ask("LOG_IN", account("nobody"))).err).toBe(403);
    const guest = await inn.enter();
    guest.say("idme", "nobody");
    expect(await guest.end()).toEqual({ code: 4401, reason: "token_missing" });
  });

  it("an account is on turntable who its token says, and meets the other protocol there", async () => {
    const made = await inn.server.tell("token", "cal");
    const cal = await inn.sit("cal", "pit", { token: made.out.trim() });
    const dee = await inn.signIn("dee");
    await dee.get("CREATE_ROOM", { room_id: "hut", room_nickname: "Hut", room_access: 0 });
    cal.say("joingame", { channel: "hut" });
    await dee.push("USER_ENTER_ROOM", ({ user_id }) => user_id === "cal");
    await dee.get("SEND_ROOM_MESSAGE", { room_id: "hut", message: "hello" });
    await cal.expect("game", (data) => JSON.stringify(data).includes('"text":"hello"'));
  });
});

describe("with AUTH=token alone", () => {
  const inn = house(settings);

  it("no stranger takes a name by signing up, in whatever protocol", async () => {
    const stranger = await inn.dial();
    const answer = await stranger.ask("SIGN_UP", { ...account("john_42"), user_nickname: "John" });
    expect(answer).toMatchObject({ err: 801, reason: "Ask the operator for an account." });
    const wrong = await stranger.ask("SIGN_UP", { ...account("no name"), user_nickname: "John" });
    expect(wrong.err).toBe(300);
    expect((await stranger.ask("LOG_IN", account("john_42"))).err).toBe(403);
    const other = await inn.enter({ subprotocols: ["turntable.v2"] });
    other.sayPacked("signup", { id: "john_42", password: "a secret" });
    expect(await other.expect("error")).toMatchObject({ code: "sign_up_closed" });
  });

  it("the operator makes accounts, which log in", async () => {
    const { user_password: password } = account("ana");
    const made = await fetch(`${inn.server.admin}/users`, {
      method: "POST",
      headers: { "x-roundhouse": "1", "content-type": "application/json" },
      body: JSON.stringify({ user: "ana", password, nickname: "Ana" }),
    });
    expect(made.ok).toBe(true);
    const ana = await inn.dial();
    expect((await ana.ask("LOG_IN", account("ana"))).err).toBe(900);
    expect(inn.server.run.out).toContain("SIGN_UP=closed: only operators make accounts");
  });
});
