import type { RoomId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

describe("signing up", () => {
  it("makes an account under the name, which outlives everything", () => {
    const village = new Village();
    expect(village.signUp("ana", "a hash")).toBe("done");
    expect(village.account("ana")).toEqual({
      born: 1,
      since: village.desks[0]?.now,
      proof: { hash: "a hash", turn: 1 },
      nickname: "ANA",
      description: "",
      friends: [],
      requests: [],
      rooms: [],
      isBanned: false,
    });
    village.restart();
    expect(village.logIn("ana")).toBe("attached");
  });

  it("is refused where somebody has the name", () => {
    const village = new Village();
    village.signUp("ana", "the first");
    expect(village.signUp("ana", "the second")).toBe("account_taken");
    expect(village.account("ana").proof?.hash).toBe("the first");
  });

  it("is refused when the store is full", () => {
    const village = new Village();
    village.deskOf("ana").isFull = true;
    expect(village.signUp("ana")).toBe("records_full");
    expect(village.account("ana")).toEqual({});
  });

  it("takes a name that an operator guards for an operator alone", () => {
    const village = new Village();
    village.append({ on: "guard", user: id("ana"), guarded: true });
    expect(village.signUp("ana")).toBe("account_taken");
    const signUp = { on: "signUp", hash: "h", nickname: "Ana" } as const;
    expect(village.order("ana", signUp)).toEqual({ on: "done" });
    expect(village.order("ana", signUp)).toMatchObject({ on: "refused", code: "account_taken" });
  });

  it("sends guests of that name away, lost ones too, and lets nobody in without a proof", () => {
    const village = new Village();
    village.attach("ana", { session: "guest", means: "idme" });
    village.attach("ana", { session: "lost", means: "idme", resume: SECRET });
    village.logOut("ana", "lost", "lost");
    village.attach("ana", { session: "token", means: "idme", proven: true });
    village.signUp("ana");
    expect(village.told.get("guest")?.at(-1)).toEqual({ on: "ended", code: "token_missing" });
    expect(village.attach("ana", { session: "lost", means: "idme", resume: SECRET })).toBe(
      "token_missing",
    );
    expect(village.attach("ana", { session: "late", means: "idme" })).toBe("token_missing");
    const stays = village.deskOf("ana").state.users.get(id("ana"))?.stays ?? [];
    expect(stays.map(({ session }) => session)).toEqual(["token"]);
  });

  it("counts, and gives each account a number that nothing else has", () => {
    const village = new Village({}, 3);
    const names = ["ana", "ben", "carl", "dora", "emil", "fay"];
    for (const name of names) village.signUp(name);
    const born = names.map((name) => village.account(name).born);
    expect(new Set(born).size).toBe(names.length);
    expect(village.desks.map(({ records }) => records.get("shard") ?? NONE)).toMatchObject(
      village.desks.map(({ records }) => ({
        accounts: [...records.keys()].filter((key) => key.startsWith("account/")).length,
      })),
    );
  });

  it("never gives a number twice, whoever owns the shard and whatever crashed", () => {
    const village = new Village();
    const born: unknown[] = [];
    for (const name of ["ana", "ben", "carl", "dora", "emil", "fay"]) {
      village.signUp(name);
      born.push(village.account(name).born);
      if (born.length % 2 === 0) village.succeed(0);
      else village.restart();
    }
    expect(new Set(born).size).toBe(born.length);
  });
});

describe("a new password", () => {
  it("takes the place of the old one, which was checked a moment ago", () => {
    const village = new Village();
    village.enter("ana");
    expect(village.ask("ana", { on: "setPassword", hash: "new", turn: 1 })).toBe("done");
    expect(village.account("ana").proof).toEqual({ hash: "new", turn: 2 });
  });

  it("is refused when the old one was changed meanwhile, or not checked at all", () => {
    const village = new Village();
    village.enter("ana");
    village.ask("ana", { on: "setPassword", hash: "new", turn: 1 });
    expect(village.ask("ana", { on: "setPassword", hash: "newer", turn: 1 })).toBe(
      "password_wrong",
    );
    expect(village.ask("ana", { on: "setPassword", hash: "newer" })).toBe("password_wrong");
    expect(village.account("ana").proof).toEqual({ hash: "new", turn: 2 });
  });

  it("is an operator's to give without the old one", () => {
    const village = new Village();
    village.signUp("ana");
    expect(village.order("ana", { on: "setPassword", hash: "new" })).toEqual({ on: "done" });
    expect(village.account("ana").proof).toEqual({ hash: "new", turn: 2 });
    expect(village.order("nobody", { on: "setPassword", hash: "new" })).toMatchObject({
      code: "account_unknown",
    });
  });

  it("ends all sessions when an operator gives it, those that could be resumed too", () => {
    const village = new Village();
    village.enter("ana");
    village.attach("ana", { session: "page", means: "idme", proven: true });
    village.attach("ana", { session: "lost", means: "idme", proven: true, resume: SECRET });
    village.logOut("ana", "lost", "lost");
    village.order("ana", { on: "setPassword", hash: "new" });
    const ended = { on: "ended", code: "password_replaced" };
    expect(["ana", "page"].map((it) => village.told.get(it)?.at(-1))).toEqual([ended, ended]);
    expect(village.deskOf("ana").state.users.get(id("ana"))?.stays ?? []).toEqual([]);
    const vouched = { born: village.account("ana").born ?? 0, turn: 1 };
    expect(village.attach("ana", { means: "idme", proven: true, vouched })).toBe("token_invalid");
  });

  it("ends no session when a user changes it", () => {
    const village = new Village();
    village.enter("ana");
    village.attach("ana", { session: "page", means: "idme", proven: true });
    village.ask("ana", { on: "setPassword", hash: "new", turn: 1 });
    const stays = village.deskOf("ana").state.users.get(id("ana"))?.stays ?? [];
    expect(stays.map(({ session }) => session)).toEqual(["ana", "page"]);
  });

  it("forgets the wrong attempts that came from the same address", () => {
    const village = new Village();
    village.enter("ana");
    const credentials = { on: "credentials", address: "::1" } as const;
    for (let tries = 0; tries < 5; tries++) village.ask("ana", credentials);
    village.ask("ana", { on: "setPassword", hash: "new", turn: 1, address: "::1" });
    expect(village.ask("ana", credentials)).toBe("credentials");
  });
});

describe("deleting an account", () => {
  it("leaves nothing of it behind, and no room in memory", () => {
    const village = new Village();
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    village.append({ on: "invited", user: id("ana"), room: PIT, from: id("ben") });
    village.logOut("ana");
    village.ask("ben", { on: "whisper", friend: id("ana"), text: "are you there?" });
    village.logIn("ana");
    expect(village.ask("ana", { on: "deleteAccount", turn: 1 })).toBe("done");
    const left = [...village.deskOf("ana").records.keys()].filter((key) => key.endsWith("/ana"));
    expect(left).toEqual([]);
    expect([...village.deskOf("ana").state.users.keys()]).toEqual(["ben"]);
  });

  it("answers who asked first, then ends all of its sessions", () => {
    const village = new Village();
    village.enter("ana");
    village.logIn("ana", { session: "page", means: "idme" });
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    const ended = { on: "ended", code: "account_deleted" };
    expect(village.told.get("ana")?.slice(-2)).toMatchObject([{ on: "done" }, ended]);
    expect(village.told.get("page")?.at(-1)).toEqual(ended);
  });

  it("is refused without the present password", () => {
    const village = new Village();
    village.enter("ana");
    expect(village.ask("ana", { on: "deleteAccount" })).toBe("password_wrong");
    expect(village.ask("ana", { on: "deleteAccount", turn: 2 })).toBe("password_wrong");
  });

  it("is an operator's to do, once", () => {
    const village = new Village();
    village.enter("ana");
    expect(village.order("ana", { on: "deleteAccount" })).toEqual({ on: "done" });
    expect(village.told.get("ana")?.at(-1)).toEqual({ on: "ended", code: "account_deleted" });
    expect(village.order("ana", { on: "deleteAccount" })).toMatchObject({
      code: "account_unknown",
    });
  });

  it("gives the name free for somebody else, who is nobody's friend", () => {
    const village = new Village();
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    const born = village.account("ana").born;
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    village.enter("ana");
    expect(village.account("ana")).toMatchObject({ friends: [], description: "" });
    expect(village.account("ana").born).not.toBe(born);
    expect(village.friends("ben")).toEqual([]);
    expect(village.deskOf("ana").records.get("shard")).toMatchObject({ accounts: 2 });
  });

  it("tells its friends, once each", () => {
    const village = new Village({}, 3);
    village.enter("ana", "ben", "carl");
    village.befriend("ana", "ben");
    village.befriend("carl", "ana");
    village.logOut("carl");
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    village.logIn("carl");
    const told = { on: "unfriended", user: "ana", why: "deleted" };
    expect(village.notices("ben").at(-1)).toEqual(told);
    expect(village.notices("carl").at(-1)).toEqual(told);
  });
});

describe("what an account is called", () => {
  it("is its user's to change, a part at a time", () => {
    const village = new Village();
    village.enter("ana");
    expect(village.ask("ana", { on: "describe", nickname: "Ännchen" })).toBe("done");
    expect(village.ask("ana", { on: "describe", description: "here" })).toBe("done");
    expect(village.account("ana")).toMatchObject({ nickname: "Ännchen", description: "here" });
  });

  it("is told to the gateways of those who watch, when it is new", () => {
    const village = new Village();
    village.enter("ana");
    village.desks[0]?.batch([{ on: "watch", users: [id("ana")] }], "gate1");
    village.ask("ana", { on: "describe", nickname: "Ännchen" });
    village.ask("ana", { on: "describe", nickname: "Ännchen", description: "" });
    const told = village.items.filter((item) => item.to === "about");
    expect(told).toEqual([{ to: "about", user: "ana", nickname: "Ännchen" }]);
  });
});

describe("a banned account", () => {
  it("ends its sessions, and may not come back before it is let in again", () => {
    const village = new Village();
    village.enter("ana");
    expect(village.order("ana", { on: "ban", isBanned: true })).toEqual({ on: "done" });
    expect(village.told.get("ana")?.at(-1)).toEqual({ on: "ended", code: "account_banned" });
    expect(village.logIn("ana")).toBe("account_banned");
    expect(village.attach("ana", { means: "idme", proven: true })).toBe("account_banned");
    village.order("ana", { on: "ban", isBanned: false });
    expect(village.logIn("ana")).toBe("attached");
  });

  it("is an operator's to ban, if there is one", () => {
    const village = new Village();
    village.enter("ana", "ben");
    expect(village.ask("ana", { on: "ban", isBanned: true }, "ben")).toBe("rights_missing");
    expect(village.order("nobody", { on: "ban", isBanned: true })).toMatchObject({
      code: "account_unknown",
    });
  });
});

const PIT = "pit" as RoomId;
const SECRET = "a secret that is long enough";
const NONE = { accounts: 0 };
const id = (name: string): UserId => name as UserId;
