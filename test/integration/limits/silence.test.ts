/** Who says nothing and who answers nothing. These tests wait for the server's own clock. */
import { describe, expect, it } from "vitest";
import { house } from "../house.ts";

describe("IDENTIFY_MS", () => {
  const inn = house({ IDENTIFY_MS: 1_000 });

  it("ends a connection that neither says a name nor asks anything; nobody else", async () => {
    const silent = await inn.enter();
    const watcher = await inn.enter();
    const named = await inn.enterAs("ana");
    const guest = await inn.enter();
    const babbler = await inn.enter();
    watcher.say("subscribe", ["ana"]);
    guest.say("whothere");
    babbler.sayText("what is this?"); // Nonsense is no name.
    await silent.expectError("identity_too_slow");
    expect(await silent.end()).toEqual({ code: 4408, reason: "identity_too_slow" });
    expect(await babbler.end()).toEqual({ code: 4408, reason: "identity_too_slow" });
    // A later one's time has run out as well: theirs would have long ago.
    const second = await inn.enter();
    await second.end();
    expect([watcher.closed, named.closed, guest.closed]).toEqual([undefined, undefined, undefined]);
    expect(await inn.server.refusals("identity_too_slow")).toBe(3);
  });
});

describe("SILENCE_SECONDS", () => {
  const inn = house({ SILENCE_SECONDS: 8 });

  it("ends a connection whose peer answers no pings: its user goes offline, others stay", {
    timeout: 40_000,
  }, async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ana", "ben"]);
    const deaf = await inn.enterAs("ana", { answersPings: false });
    const quiet = await inn.enterAs("ben");
    await watcher.expectStatus("ana", "online");
    await watcher.until(
      () => (watcher.statusesOf("ana").length === 3 ? true : undefined),
      "ana goes offline",
      30_000,
    );
    await deaf.end();
    expect(await watcher.statuses("ana", 3)).toEqual(["offline", "online", "offline"]);
    expect(await watcher.statuses("ben", 2)).toEqual(["offline", "online"]);
    expect(quiet.pings).toBeGreaterThan(0);
    expect(quiet.closed).toBeUndefined();
  });
});
