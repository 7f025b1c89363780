import type { UserId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { accountOf, BOUNDS, Client, loggedIn } from "./client.contract.ts";

const ana = { user_id: "ana", user_password: "a secret" };
const attached = {
  on: "attached",
  user: "ana" as UserId,
  resumed: undefined,
  account: accountOf(),
} as const;

describe("log-in", () => {
  it("makes the connection the user's, and watches its friends", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    expect(client.asksShort()).toEqual(["logIn"]);
    client.answered({ ...attached, account: accountOf({ friends: ["ben" as UserId] }) });
    expect(client.hears()).toEqual([{ resp_id: 1, err: 900 }]);
    expect(client.asksShort()).toEqual(["watch ben"]);
    client.says("LOG_IN", ana);
    expect(client.hearsShort()).toEqual([251]);
  });

  it("that is refused leaves a stranger, who may try again", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.answered({ on: "refused", code: "password_wrong", facts: {} });
    expect(client.hearsShort()).toEqual([403]);
    client.says("LOG_IN", ana);
    client.answered(attached);
    expect(client.hearsShort()).toEqual([900]);
  });

  it("whose account was lost on the way begins again", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.told({ on: "attached", user: "ana" as UserId, resumed: undefined });
    expect(client.hearsShort()).toEqual([999]);
    expect(client.asksShort()).toEqual(["logIn", "logOut"]);
    expect(client.at).toBe("stranger");
  });

  it("is not undone or repeated by a repair", () => {
    const client = loggedIn();
    client.told({ on: "attached", user: "ana" as UserId, resumed: undefined });
    expect(client.at).toBe("live");
    expect(client.hears()).toEqual([]);
  });

  it("whose session nobody knows is answered, and begins again", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.told({ on: "ended", code: "session_lost" });
    expect(client.hearsShort()).toEqual([999]);
    expect(client.at).toBe("stranger");
  });
});

describe("requests are handled in order", () => {
  it("what is said while a password is checked waits for it", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.says("GET_TIME");
    client.says("CHANGE_USER_NICKNAME", { user_nickname: "Anna" });
    client.says("CHANGE_USER_NICKNAME", { user_nickname: "" });
    expect(client.hears()).toEqual([]);
    expect(client.asksShort()).toEqual(["logIn"]);
    client.answered(attached);
    expect(client.hearsShort()).toEqual([900, 900, 320]);
    expect(client.asksShort()).toEqual(["describe"]);
  });

  it("what was kept is told before what the client said meanwhile is answered", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.says("GET_TIME");
    client.answered({ ...attached, waits: true });
    client.kept({ on: "appointed", room: "pit" as never });
    expect(client.hearsShort()).toEqual([900, "APPOINTED_AS_ADMIN", 900]);
  });

  it("a bad request waits its turn as well", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.says("get_time");
    expect(client.hears()).toEqual([]);
    client.answered(attached);
    expect(client.hearsShort()).toEqual([900, 233]);
  });

  it("what asks different shards runs side by side, and is answered as they answer", () => {
    const client = loggedIn();
    client.sends({ req_id: 10, method: "GET_USER", user_id: "ben" });
    client.sends({ req_id: 10, method: "REMOVE_FRIEND", subject_user_id: "ben" });
    client.answered({ on: "done" });
    expect(client.hears()).toEqual([{ resp_id: 10, err: 900 }]);
    client.answeredAt(2, { on: "refused", code: "account_unknown", facts: {} });
    expect(client.hears()).toMatchObject([{ resp_id: 10, err: 300 }]);
  });

  it("what takes a password waits until all before it is answered", () => {
    const client = loggedIn();
    client.says("REMOVE_FRIEND", { subject_user_id: "ben" });
    client.says("ENTER_ROOM", { room_id: "pit" });
    client.says("SEND_ROOM_MESSAGE", { room_id: "pit", message: "hi" });
    expect(client.asksShort()).toEqual(["removeFriend"]);
    client.answered({ on: "done" });
    expect(client.asksShort()).toEqual(["enter"]);
    client.answered({ on: "done" });
    expect(client.asksShort()).toEqual(["say"]);
  });

  it("of more than 256 that wait each further is refused", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    for (let count = 0; count < 256; count++) client.says("GET_TIME");
    expect(client.hears()).toEqual([]);
    client.sends({ req_id: 999, method: "GET_TIME" });
    expect(client.hears()).toEqual([
      { resp_id: 999, err: 999, reason: "Too many requests wait; wait for their answers." },
    ]);
    client.answered(attached);
    expect(client.hears()).toHaveLength(257);
  });

  it("of more than 256 that run the next waits", () => {
    const client = loggedIn();
    for (let count = 0; count < 257; count++) client.says("RECEIVE_MESSAGE");
    expect(client.asks()).toHaveLength(256);
    client.answered({ on: "mail", notices: [] });
    expect(client.asks()).toHaveLength(1);
  });

  it("an answer that nobody waits for is not passed on", () => {
    const client = loggedIn();
    client.answeredAt(400, { on: "done" });
    client.told({ on: "refused", code: "room_removed", facts: {} });
    client.told({ on: "done" });
    expect(client.hears()).toEqual([]);
  });

  it("an answer that was lost is given up after a minute, with the next request", () => {
    const client = loggedIn();
    client.says("CHANGE_USER_NICKNAME", { user_nickname: "Anna" });
    client.now += 59_999;
    client.says("GET_TIME");
    expect(client.hearsShort()).toEqual([900]);
    client.now += 1;
    client.says("GET_TIME");
    expect(client.hearsShort()).toEqual([999, 900]);
  });

  it("what may wait in line for a password is given up after five, and lets others wait so long", () => {
    const client = loggedIn();
    client.says("ENTER_ROOM", { room_id: "pit" });
    client.says("GET_TIME");
    client.now += 299_999;
    client.says("GET_TIME");
    expect(client.hears()).toEqual([]);
    client.now += 1;
    client.says("GET_TIME");
    expect(client.hearsShort()).toEqual([999, 900, 900, 900]);
  });

  it("a log-in whose answer was lost begins again: who knows whether it is logged in", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.passes(299_999);
    expect(client.hears()).toEqual([]);
    client.passes(1);
    expect(client.hearsShort()).toEqual([999]);
    expect(client.asksShort()).toEqual(["logIn", "logOut"]);
    expect(client.at).toBe("stranger");
  });
});

describe("log-out", () => {
  it("is answered, ends the session, and leaves a stranger with another one", () => {
    const client = loggedIn();
    client.says("LOG_OUT");
    expect(client.hears()).toEqual([{ resp_id: 2, err: 900 }]);
    expect(client.asksShort()).toEqual(["logOut"]);
    client.says("CHANGE_USER_NICKNAME", { user_nickname: "Anna" });
    expect(client.hearsShort()).toEqual([250]);
    client.says("LOG_IN", ana);
    expect(client.asks()).toMatchObject([{ errand: { attach: { session: "gate-2" } } }]);
  });

  it("waits for what was asked before", () => {
    const client = loggedIn();
    client.says("REMOVE_FRIEND", { subject_user_id: "ben" });
    client.says("LOG_OUT");
    expect(client.asksShort()).toEqual(["removeFriend"]);
    client.answered({ on: "done" });
    expect(client.hearsShort()).toEqual([900, 900]);
    expect(client.asksShort()).toEqual(["logOut"]);
  });

  it("what is said before the next session is there waits for it", () => {
    const client = loggedIn();
    client.isRenewed = false;
    client.says("LOG_OUT");
    client.says("LOG_IN", ana);
    expect(client.asksShort()).toEqual(["logOut"]);
    client.renew();
    expect(client.asksShort()).toEqual(["logIn"]);
  });

  it("the deletion of the user is one", () => {
    const client = loggedIn();
    client.says("DELETE_USER", { user_password: "a secret" });
    client.answered({ on: "done" });
    expect(client.hearsShort()).toEqual([900]);
    expect(client.asksShort()).toEqual(["deleteAccount", "logOut"]);
  });

  it("pushes begin at 1 again", () => {
    const client = loggedIn();
    client.noticed({ on: "appointed", room: "pit" as never });
    client.says("LOG_OUT");
    client.says("LOG_IN", ana);
    client.answered(attached);
    client.hears();
    client.noticed({ on: "deposed", room: "pit" as never });
    expect(client.hears()).toEqual([{ push_id: 1, method: "REMOVED_AS_ADMIN", room_id: "pit" }]);
  });
});

describe("forced log-off", () => {
  it("says why, and the connection stays a stranger's", () => {
    const client = loggedIn({ friends: ["ben"] });
    client.told({ on: "ended", code: "session_replaced" });
    expect(client.hears()).toEqual([
      {
        push_id: 1,
        method: "FORCED_TO_LOGGED_OFF",
        reason: "You logged in over another connection.",
      },
    ]);
    expect(client.asksShort()).toEqual(["logOut"]);
    client.changes("ben", "offline", "online");
    expect(client.hears()).toEqual([]);
    client.says("LOG_IN", ana);
    expect(client.asksShort()).toEqual(["logIn"]);
  });

  it.each([
    ["account_banned", "Ask the operator: this account is banned."],
    ["account_deleted", "The account was deleted."],
  ] as const)("tells %s", (code, reason) => {
    const client = loggedIn();
    client.told({ on: "ended", code });
    expect(client.hears()).toMatchObject([{ method: "FORCED_TO_LOGGED_OFF", reason }]);
  });

  it("first answers what was asked: nobody knows what came of it", () => {
    const client = loggedIn();
    client.says("ENTER_ROOM", { room_id: "pit" });
    client.says("SEND_ROOM_MESSAGE", { room_id: "pit", message: "hi" });
    client.told({ on: "ended", code: "session_replaced" });
    expect(client.hearsShort()).toEqual([999, "FORCED_TO_LOGGED_OFF", 250]);
  });
});

describe("who never logs in", () => {
  it("is sent away at the deadline, and told so", () => {
    const client = new Client();
    client.passes(BOUNDS.identifyMs - 1);
    expect(client.hears()).toEqual([]);
    client.passes(1);
    expect(client.hears()).toEqual([
      { resp_id: 0, err: 250, reason: "Connect again and log in soon." },
    ]);
    expect(client.asks()).toEqual([{ to: "close", why: "identity_too_slow" }]);
    client.says("GET_TIME");
    expect(client.hears()).toEqual([]);
  });

  it("has a minute behind every request that makes sense, and none behind one that does not", () => {
    const client = new Client();
    client.says("SIGN_UP", { ...ana, user_nickname: "Ana" });
    client.answered({ on: "done" });
    client.passes(59_999);
    expect(client.at).toBe("stranger");
    client.says("get_time");
    client.passes(1);
    expect(client.at).toBe("over");
  });

  it("is not sent away while the password is checked", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.passes(50_000);
    expect(client.at).toBe("stranger");
    client.answered({ on: "refused", code: "password_wrong", facts: {} });
    client.passes(59_999);
    expect(client.at).toBe("stranger");
    client.passes(1);
    expect(client.at).toBe("over");
  });

  it("is not sent away when a sign-up is answered late, or never", () => {
    const client = new Client();
    client.says("SIGN_UP", { ...ana, user_nickname: "Ana" });
    client.passes(299_999);
    expect(client.hears()).toEqual([]);
    client.passes(1);
    expect(client.hearsShort()).toEqual([999]);
    client.passes(59_999);
    expect(client.at).toBe("stranger");
    client.passes(1);
    expect(client.at).toBe("over");
  });

  it("is sent away a minute after a log-out, too", () => {
    const client = loggedIn();
    client.passes(1_000_000);
    expect(client.at).toBe("live");
    client.says("LOG_OUT");
    client.passes(59_999);
    expect(client.at).toBe("stranger");
    client.passes(1);
    expect(client.at).toBe("over");
  });
});

describe("what makes no sense", () => {
  it("is answered under its number if it has one, and the connection stays", () => {
    const client = new Client();
    client.sends([]);
    client.sends({ req_id: 3, method: "FLY" });
    client.sends({ req_id: "3", method: "GET_TIME" });
    expect(client.hears()).toMatchObject([
      { resp_id: 0, err: 233 },
      { resp_id: 3, err: 233 },
      { resp_id: 0, err: 233 },
    ]);
    client.says("GET_TIME");
    expect(client.hearsShort()).toEqual([900]);
  });

  it("and what comes too fast is told so", () => {
    const client = new Client();
    client.input({ on: "garbled", code: "rate_exceeded", facts: {} });
    expect(client.hears()).toEqual([{ resp_id: 0, err: 999, reason: "Send more slowly." }]);
  });
});

describe("the sign that kept notices came", () => {
  const kept = [{ on: "appointed", room: "pit" as never }] as const;

  it("goes out once, with the first request behind them", () => {
    const client = loggedIn({ kept });
    client.says("GET_TIME");
    client.says("GET_TIME");
    expect(client.asks()).toEqual([
      { to: "account", command: { on: "heed", user: "ana", session: "gate-1" } },
    ]);
  });

  it("is not taken from what was said before", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.says("GET_TIME");
    client.says("GET_TIME");
    client.answered({ ...attached, waits: true });
    client.kept(...kept);
    expect(client.asksShort()).toEqual(["logIn"]);
    client.says("GET_TIME");
    expect(client.asksShort()).toEqual(["heed"]);
  });

  it("is not needed by who fetches the mail", () => {
    const client = loggedIn({ kept });
    client.says("RECEIVE_MESSAGE");
    client.says("GET_TIME");
    expect(client.asksShort()).toEqual(["mail"]);
  });

  it("is not needed either by who asked for the mail in the same breath as the log-in", () => {
    const client = new Client();
    client.says("LOG_IN", ana);
    client.says("GET_TIME");
    client.says("RECEIVE_MESSAGE");
    client.answered({ ...attached, waits: true });
    client.kept(...kept);
    client.says("GET_TIME");
    expect(client.asksShort()).toEqual(["logIn", "mail"]);
  });

  it("is not given where nothing was kept", () => {
    const client = loggedIn();
    client.says("GET_TIME");
    expect(client.asks()).toEqual([]);
  });
});
