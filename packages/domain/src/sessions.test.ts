import { scene, seconds } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

const SECRET = "ana's own secret, long enough";

describe("a second connection that says idme under the same name", () => {
  it("stays beside the first with SESSIONS=many", () => {
    const lobby = scene({ rules: { sessions: "many" } });
    const [first, second] = lobby.enter("ana", "ana");
    expect([first.isConnected, second.isConnected]).toEqual([true, true]);
    expect(lobby.who("ana").sessions).toHaveLength(2);
  });

  it("takes the place of the first with SESSIONS=replace, and nobody is told", () => {
    const lobby = scene({ rules: { sessions: "replace" } });
    const [ben, first] = lobby.enter("ben", "ana");
    ben.watches("ana");
    const [second] = lobby.enter("ana");
    expect(first.closedBy).toEqual({ why: "session_replaced", code: 4409 });
    expect(second.isConnected).toBe(true);
    expect(ben.wasTold()).toEqual(["ana is online"]);
  });

  it("takes also the seats of the first away with SESSIONS=replace", () => {
    const lobby = scene({ rules: { sessions: "replace" } });
    const [first] = lobby.enter("ana");
    first.joins("pit");
    lobby.enter("ana");
    expect(lobby.rooms()).toEqual([]);
    expect(lobby.who("ana").status).toBe("online");
  });

  it("is closed with SESSIONS=refuse, and the first stays", () => {
    const lobby = scene({ rules: { sessions: "refuse" } });
    const [first] = lobby.enter("ana");
    const second = lobby.connect("ana");
    second.identifies();
    expect(second.wasTold()).toEqual(["idyou", "error session_refused"]);
    expect(second.closedBy).toEqual({ why: "session_refused", code: 4409 });
    expect(first.isConnected).toBe(true);
    expect(lobby.who("ana").sessions).toHaveLength(1);
  });

  it("is welcome with SESSIONS=refuse after the first has gone", () => {
    const lobby = scene({ rules: { sessions: "refuse" } });
    const [first] = lobby.enter("ana");
    first.drops();
    const [second] = lobby.enter("ana");
    expect(second.isConnected).toBe(true);
  });

  it("is welcome with SESSIONS=refuse while the first is only waiting to be resumed", () => {
    const lobby = scene({ rules: { sessions: "refuse" } });
    const first = lobby.connect("ana");
    first.identifies({ resume: SECRET });
    first.joins("pit");
    first.drops();
    const [second] = lobby.enter("ana");
    expect(second.isConnected).toBe(true);
    expect(lobby.rooms()).toEqual([]); // The session that waited has ended.
  });
});

describe.each(["replace", "refuse"] as const)(
  "a game's own connection, SESSIONS=%s",
  (sessions) => {
    it("stands beside the presence", () => {
      const lobby = scene({ rules: { sessions } });
      const [presence] = lobby.enter("ana");
      const game = lobby.connect("ana");
      game.joins("pit", { self: "ana" });
      const another = lobby.connect("ana");
      another.joins("hall", { self: "ana" });
      expect([presence, game, another].map((it) => it.isConnected)).toEqual([true, true, true]);
      expect(lobby.who("ana")).toMatchObject({ status: "busy" });
    });

    it("does not keep the presence from coming later", () => {
      const lobby = scene({ rules: { sessions } });
      const game = lobby.connect("ana");
      game.joins("pit", { self: "ana" });
      const [presence] = lobby.enter("ana");
      expect([presence.isConnected, game.isConnected]).toEqual([true, true]);
    });
  },
);

describe("a game's connection that becomes the presence as well", () => {
  it("keeps its seats", () => {
    const lobby = scene();
    const [ben] = lobby.enter("ben");
    ben.watches("ana");
    const ana = lobby.connect("ana");
    ana.joins("pit", { self: "ana" });
    ana.identifies();
    expect(lobby.room("pit")).toMatchObject({ members: 1, seq: 1 });
    expect(lobby.who("ana").sessions).toHaveLength(1);
    expect(ben.wasTold()).toEqual(["ana is offline", "ana is online", "ana is busy"]);
  });

  it("is refused as a presence with SESSIONS=refuse where there is one", () => {
    const lobby = scene({ rules: { sessions: "refuse" } });
    lobby.enter("ana");
    const game = lobby.connect("ana");
    game.joins("pit", { self: "ana" });
    game.identifies();
    expect(game.wasTold()).toEqual(["idyou", "error session_refused"]);
    expect(lobby.room("pit")).toMatchObject({ members: 1 });
  });

  it("may ask again once the presence has gone", () => {
    const lobby = scene({ rules: { sessions: "refuse" } });
    const [presence, ben] = lobby.enter("ana", "ben");
    const game = lobby.connect("ana");
    game.joins("pit", { self: "ana" });
    game.identifies();
    presence.goes();
    game.identifies();
    game.frames();
    ben.joins("den", { invite: ["ana"] });
    expect(game.wasTold()).toEqual(["invited to den"]);
  });

  it("replaces the presence with SESSIONS=replace", () => {
    const lobby = scene({ rules: { sessions: "replace" } });
    const [presence] = lobby.enter("ana");
    const game = lobby.connect("ana");
    game.joins("pit", { self: "ana" });
    game.identifies();
    expect(presence.closedBy?.why).toBe("session_replaced");
    expect(game.isConnected).toBe(true);
    expect(lobby.who("ana")).toMatchObject({ status: "busy" });
  });
});

describe("the number of a user's sessions", () => {
  it("is bounded: one more is refused and closed", () => {
    const lobby = scene({ rules: { sessionsPerUserMax: 2 } });
    const kept = lobby.enter("ana", "ana");
    const third = lobby.connect("ana");
    third.identifies();
    expect(third.closedBy).toEqual({ why: "session_limit", code: 4411 });
    expect(kept.every((it) => it.isConnected)).toBe(true);
  });

  it("has room again when one has gone", () => {
    const lobby = scene({ rules: { sessionsPerUserMax: 1 } });
    const [first] = lobby.enter("ana");
    first.goes();
    const [second] = lobby.enter("ana");
    expect(second.isConnected).toBe(true);
  });

  it("counts sessions that wait to be resumed, which may still come back", () => {
    const lobby = scene({ rules: { sessionsPerUserMax: 1, resumeMs: seconds(30) } });
    const ana = lobby.connect("ana");
    ana.identifies({ resume: SECRET });
    ana.drops();
    const other = lobby.connect("ana");
    other.identifies();
    expect(other.closedBy?.why).toBe("session_limit");
    ana.returns({ resume: SECRET });
    expect(ana.isConnected).toBe(true);
  });
});
