import type { RoomId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

describe("logging in", () => {
  it("tells who one is: name, friends, rooms and requests", () => {
    const village = new Village();
    village.enter("ana", "ben", "carl");
    village.befriend("ana", "ben");
    village.ask("carl", { on: "askFriend", friend: id("ana"), text: "hello" });
    village.logIn("ana", { session: "again" });
    const told = village.told.get("again")?.find(({ on }) => on === "attached");
    expect(told).toMatchObject({
      on: "attached",
      user: "ana",
      account: {
        born: village.account("ana").born,
        nickname: "ANA",
        description: "",
        friends: ["ben"],
        rooms: [],
        requests: [{ request: expect.stringMatching(/^f\d+$/), from: "carl", text: "hello" }],
      },
    });
  });

  it("tells nothing of an account to a guest, who has none", () => {
    const village = new Village();
    village.attach("ana", { means: "idme" });
    expect(village.told.get("ana")?.[0]).not.toHaveProperty("account");
  });

  it("is refused when the password that was checked is not the present one", () => {
    const village = new Village();
    village.signUp("ana");
    const { born = 0 } = village.account("ana");
    const with_ = (turn: number, life = born) => {
      return village.attach("ana", {
        proven: true,
        credentials: { born: life, turn, address: "::1" },
      });
    };
    village.order("ana", { on: "setPassword", hash: "new" });
    expect([with_(1), with_(2, born + 1), with_(2)]).toEqual([
      "password_wrong",
      "password_wrong",
      "attached",
    ]);
    village.order("ana", { on: "deleteAccount" });
    expect(with_(2)).toBe("password_wrong");
  });

  it("is refused without an account", () => {
    const village = new Village();
    expect(village.attach("ana", { proven: true })).toBe("account_unknown");
  });

  it("ends the session on another device, whatever the rule for presences, even at the limit", () => {
    const village = new Village({ sessionsPerUserMax: 1, sessions: "refuse" });
    village.signUp("ana");
    village.logIn("ana", { session: "phone" });
    expect(village.logIn("ana", { session: "laptop" })).toBe("attached");
    expect(village.told.get("phone")?.at(-1)).toEqual({ on: "ended", code: "session_replaced" });
    expect(sessions(village)).toEqual(["laptop"]);
  });

  it("stands beside sessions of other protocols, up to the limit", () => {
    const village = new Village({ sessionsPerUserMax: 2 });
    village.signUp("ana");
    village.logIn("ana", { session: "page", means: "idme" });
    village.logIn("ana");
    expect(sessions(village)).toEqual(["page", "ana"]);
    expect(village.attach("ana", { session: "third", means: "idme", proven: true })).toBe(
      "session_limit",
    );
  });

  it("makes online, and no room makes whoever logged in busy", () => {
    const village = new Village();
    village.enter("ana");
    const { born = 0 } = village.account("ana");
    const create = { on: "create", room: PIT, born, title: "The pit", access: "public" } as const;
    expect(village.ask("ana", create)).toBe("done");
    expect(statusOf(village)).toBe("online");
    village.logIn("ana", { session: "page", means: "idme" });
    village.ask("ana", { on: "join", room: PIT, invite: [] }, "page");
    expect(statusOf(village)).toBe("busy");
  });

  it("keeps nobody in memory who has logged out", () => {
    const village = new Village();
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    for (const name of ["ana", "ben"]) village.logOut(name);
    village.ask("ana", { on: "profile" }, "door");
    village.ask("ana", { on: "credentials", address: "::1" }, "door");
    const { state } = village.deskOf("ana");
    expect([state.users.size, state.loaded.size, state.due.size]).toEqual([0, 0, 0]);
  });
});

describe("credentials", () => {
  it("are told to the gateway, which checks the password", () => {
    const village = new Village();
    village.signUp("ana", "a hash");
    village.ask("ana", CREDENTIALS, "door");
    expect(village.told.get("door")?.[0]).toMatchObject({
      on: "credentials",
      born: village.account("ana").born,
      proof: { hash: "a hash", turn: 1 },
    });
  });

  it("look alike where there is no account, and attempts count there too", () => {
    const village = new Village();
    const answers = [1, 2, 3, 4, 5, 6].map(() => village.ask("nobody", CREDENTIALS, "door"));
    expect(answers).toEqual([...Array(5).fill("credentials"), "attempts_exceeded"]);
    expect(village.told.get("door")?.[0]).toMatchObject({ born: 0, proof: undefined });
  });

  it("are refused after five wrong ones within a minute, for that name and address alone", () => {
    const village = new Village();
    village.signUp("ana");
    for (let tries = 0; tries < 5; tries++) village.ask("ana", CREDENTIALS, "door");
    expect(village.ask("ana", CREDENTIALS, "door")).toBe("attempts_exceeded");
    expect(village.ask("ben", CREDENTIALS, "door")).toBe("credentials");
    expect(village.ask("ana", { ...CREDENTIALS, address: "::2" }, "door")).toBe("credentials");
    village.passes(60_000);
    expect(village.ask("ana", CREDENTIALS, "door")).toBe("credentials");
  });

  it("are forgiven by the right one", () => {
    const village = new Village();
    village.signUp("ana");
    for (let logIns = 0; logIns < 20; logIns++) expect(village.logIn("ana")).toBe("attached");
  });

  it("are no operator's to have", () => {
    const village = new Village();
    village.signUp("ana");
    expect(village.order("ana", CREDENTIALS)).toMatchObject({ code: "rights_missing" });
  });
});

describe("a profile", () => {
  it("is anybody's to see, with the time of the last log-off", () => {
    const village = new Village();
    village.enter("ana");
    village.ask("ana", { on: "describe", description: "here" });
    const since = village.desks[0]?.now ?? 0;
    village.passes(5000);
    const profile = () => {
      village.ask("ana", { on: "profile" }, "door");
      return village.told.get("door")?.at(-1);
    };
    const shown = { user: "ana", nickname: "ANA", description: "here", since };
    expect(profile()).toMatchObject({ on: "profile", profile: { ...shown, seenAt: since } });
    village.logOut("ana");
    village.passes(5000);
    expect(profile()).toMatchObject({ profile: { ...shown, seenAt: since + 5000 } });
    expect(village.ask("nobody", { on: "profile" }, "door")).toBe("account_unknown");
  });

  it("knows of a log-off only when the last session is over", () => {
    const village = new Village({ resumeMs: 1000 });
    village.enter("ana");
    village.logIn("ana", { session: "page", means: "idme", resume: SECRET });
    village.logOut("ana");
    expect(village.record("seen/ana", "ana")).toBeUndefined();
    village.logOut("ana", "lost", "page");
    village.passes(1000);
    expect(village.record("seen/ana", "ana")).toEqual({ at: village.desks[0]?.now });
  });

  it("is of no guest", () => {
    const village = new Village();
    village.attach("ana", { means: "idme" });
    village.logOut("ana");
    expect(village.record("seen/ana", "ana")).toBeUndefined();
  });
});

describe("an operator who asks who somebody is", () => {
  it("sees of a registered name what there is, in numbers", () => {
    const village = new Village();
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    village.logOut("ana");
    village.ask("ben", { on: "whisper", friend: id("ana"), text: "hello" });
    village.append({ on: "who", user: id("ana"), request: 1 });
    village.append({ on: "who", user: id("nobody"), request: 2 });
    village.settle();
    const { born } = village.account("ana");
    const counts = { friends: 1, rooms: 0, mail: 1 };
    const account = { born, turn: 1, nickname: "ANA", isBanned: false, ...counts };
    expect(village.answers[0]).toMatchObject({ on: "who", user: { status: "offline", account } });
    expect(village.answers[1]).not.toHaveProperty("user.account");
  });
});

describe("an export", () => {
  it("is everything that is kept but the password, for an operator", () => {
    const village = new Village();
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    village.logOut("ana");
    village.ask("ben", { on: "whisper", friend: id("ana"), text: "hello" });
    const { proof: _, ...account } = village.account("ana");
    expect(village.order("ana", { on: "export" })).toMatchObject({
      on: "exported",
      account: { user: "ana", account, mail: [{ on: "whispered", text: "hello" }] },
    });
    expect(JSON.stringify(village.answers)).not.toContain("hash");
    expect(village.ask("ana", { on: "export" }, "ben")).toBe("rights_missing");
    expect(village.order("nobody", { on: "export" })).toMatchObject({ code: "account_unknown" });
  });
});

describe("what is asked in somebody's name", () => {
  const asked = [
    { on: "setPassword", hash: "h", turn: 1 },
    { on: "deleteAccount", turn: 1 },
    { on: "describe", nickname: "Ana" },
    { on: "askFriend", friend: "ben" as UserId, text: "" },
    { on: "answerFriend", id: 1, how: "approve" },
    { on: "removeFriend", friend: "ben" as UserId },
    { on: "whisper", friend: "ben" as UserId, text: "hello" },
    { on: "mail" },
  ] as const;

  it.each(asked)("is refused to whom is not logged in: $on", (wish) => {
    const village = new Village();
    village.enter("ana", "ben");
    expect(village.ask("ana", wish, "stranger")).toBe("not_logged_in");
  });

  it.each(asked)(
    "is not done for who came after: $on on its way when the name was given up",
    (wish) => {
      const village = new Village();
      village.enter("ana", "ben");
      village.ask("ana", { on: "deleteAccount", turn: 1 });
      village.signUp("ana");
      const before = village.account("ana");
      village.ask("ana", wish);
      expect(village.account("ana")).toEqual(before);
    },
  );

  it("is not done for a session that a token proved before there was an account", () => {
    const village = new Village();
    village.attach("ana", { means: "idme", proven: true });
    village.signUp("ana");
    expect(village.ask("ana", { on: "describe", nickname: "mine" })).toBe("not_logged_in");
  });

  it.each(asked.filter(({ on }) => on !== "setPassword" && on !== "deleteAccount"))(
    "is no operator's to do: $on",
    (wish) => {
      const village = new Village();
      village.enter("ana", "ben");
      expect(village.order("ana", wish)).toMatchObject({ code: "rights_missing" });
    },
  );
});

const CREDENTIALS = { on: "credentials", address: "::1" } as const;
const PIT = "pit" as RoomId;
const SECRET = "a secret that is long enough";
const id = (name: string): UserId => name as UserId;
const stateOf = (village: Village) => village.deskOf("ana").state.users.get(id("ana"));
const statusOf = (village: Village) => stateOf(village)?.status;
const sessions = (village: Village) => stateOf(village)?.stays.map(({ session }) => session);
