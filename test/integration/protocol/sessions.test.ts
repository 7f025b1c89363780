/** A second connection of the same user: decision 7, in its three settings. */
import { describe, expect, it } from "vitest";
import { house, isKnown, join } from "../house.ts";

describe("SESSIONS=many", () => {
  const inn = house({ SESSIONS_PER_USER_MAX: 3 });

  it("keeps every connection, up to a bound", async () => {
    const tabs = [await inn.enterAs("ana"), await inn.enterAs("ana"), await inn.enterAs("ana")];
    const fourth = await inn.enter();
    fourth.say("idme", "ana");
    await fourth.expectError("session_limit");
    expect(await fourth.end()).toEqual({ code: 4411, reason: "session_limit" });
    await tabs[0]?.leave();
    await inn.enterAs("ana");
    expect(tabs.map(({ closed }) => closed)).toEqual([
      { code: 1000, reason: "" },
      undefined,
      undefined,
    ]);
  });
});

describe("SESSIONS=replace", () => {
  const inn = house({ SESSIONS: "replace" });

  it("closes the older connection with its own code; nobody sees a change", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ana"]);
    const older = await inn.enterAs("ana");
    const newer = await inn.enterAs("ana");
    await older.expectError("session_replaced");
    expect(await older.end()).toEqual({ code: 4409, reason: "session_replaced" });
    await watcher.expectStatus("ana", "online");
    await newer.leave();
    await watcher.expectStatus("ana", "offline");
    expect(await watcher.statuses("ana", 3)).toEqual(["offline", "online", "offline"]);
  });

  it("gives up the older one's seats", async () => {
    const older = await inn.sit("ben", "den");
    await inn.enterAs("ben");
    await older.end();
    const { rooms } = (await inn.server.ask("/rooms")) as { rooms: readonly unknown[] };
    expect(rooms).toEqual([]);
  });

  it("leaves game connections beside the presence alone", async () => {
    const game = await inn.enter();
    await join(game, "den", { self: "cal" });
    const older = await inn.enterAs("cal");
    const second = await inn.enter();
    await join(second, "den", { self: "cal" });
    const newer = await inn.enterAs("cal");
    await older.end();
    game.act("den", { x: 1 });
    await second.until(() => second.actionsIn("den")[0], "an action");
    await isKnown(newer, "cal");
    expect([game.closed, second.closed, newer.closed]).toEqual([undefined, undefined, undefined]);
  });

  it("holds for a game connection that becomes a presence", async () => {
    const older = await inn.enterAs("dee");
    const game = await inn.enter();
    await join(game, "den", { self: "dee" });
    game.say("idme", "dee");
    expect(await older.end()).toEqual({ code: 4409, reason: "session_replaced" });
    await isKnown(game, "dee");
  });
});

describe("SESSIONS=refuse", () => {
  const inn = house({ SESSIONS: "refuse" });

  it("closes the newer connection, as the original did, and lets the next in once it is free", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ana"]);
    const older = await inn.enterAs("ana");
    const newer = await inn.enter();
    newer.say("idme", "ana");
    await newer.expectError("session_refused");
    expect(await newer.end()).toEqual({ code: 4409, reason: "session_refused" });
    await isKnown(older, "ana");
    await older.leave();
    await watcher.expectStatus("ana", "offline");
    await inn.enterAs("ana");
    await watcher.expectStatus("ana", "online");
    expect(await watcher.statuses("ana", 4)).toEqual(["offline", "online", "offline", "online"]);
  });

  it("leaves game connections beside the presence alone", async () => {
    const presence = await inn.enterAs("ben");
    const game = await inn.enter();
    await join(game, "den", { self: "ben" });
    await isKnown(presence, "ben");
    expect(game.closed).toBeUndefined();
  });

  it("cannot be gone round by a game connection that becomes a presence", async () => {
    const presence = await inn.enterAs("cal");
    const game = await inn.enter();
    await join(game, "den", { self: "cal" });
    game.say("idme", "cal");
    await game.expectError("session_refused");
    await isKnown(presence, "cal");
  });
});
