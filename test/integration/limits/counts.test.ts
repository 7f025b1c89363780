/** How much of everything: each limit has its name, and what lies below it goes on. */
import { describe, expect, it } from "vitest";
import { house, isKnown, join } from "../house.ts";

const inn = house({
  SUBSCRIPTIONS_PER_CONNECTION_MAX: 5,
  INVITES_PER_MESSAGE_MAX: 3,
  ACTIONS_PER_MESSAGE_MAX: 4,
  ROOMS_PER_USER_MAX: 2,
  MEMBERS_PER_ROOM_MAX: 2,
});

describe("subscriptions of a connection", () => {
  it("end at the limit; those that are there stay, and what is given back can be used again", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["a", "b", "c", "d"]);
    await watcher.expect("userchange");
    watcher.say("subscribe", ["e", "f"]); // All or nothing.
    await watcher.expectError("subscriptions_limit");
    watcher.say("subscribe", ["a", "b", "e"]); // Two of them are watched already.
    await watcher.expectStatus("e", "offline");
    watcher.say("subscribe", ["f"]);
    await watcher.expectError("subscriptions_limit");
    watcher.say("unsubscribe", ["a"]);
    watcher.say("subscribe", ["f"]);
    await watcher.expectStatus("f", "offline");
    watcher.say("subscribe", ["1", "2", "3", "4", "5", "6"]);
    await watcher.expectError("subscriptions_limit");
    await inn.enterAs("b");
    await watcher.expectStatus("b", "online");
  });
});

describe("invites of a message", () => {
  it("are refused as a whole, the joining too", async () => {
    const ana = await inn.enterAs("ana");
    ana.say("joingame", { channel: "party", invite: ["ana", "b", "c", "d"] });
    await ana.expectError("invites_limit");
    ana.act("party", {});
    await ana.expectError("not_a_member");
    await join(ana, "party", { invite: ["ana", "b", "c"] });
    await ana.expect("invite");
    expect(ana.all("invite")).toHaveLength(1);
  });
});

describe("actions of a message", () => {
  it.each([
    { layout: "compact", space: "" },
    { layout: "spaced", space: " " },
  ])("are refused as a whole, in $layout JSON", async ({ space }) => {
    const ana = await inn.sit("ana", `work ${space}.`);
    const say = (count: number): void => {
      const actions = Array.from({ length: count }, (_, n) => `{"n":${n}}`).join(",");
      ana.sayText(
        `{"command":"game",${space}"data":{"channel":"work ${space}.","actions":[${actions}]}}`,
      );
    };
    say(5);
    await ana.expectError("actions_limit");
    say(4);
    await ana.until(() => ana.actionsIn(`work ${space}.`)[3], "four actions");
    expect(ana.actionsIn(`work ${space}.`)).toHaveLength(4);
  });
});

describe("rooms of a user", () => {
  it("are limited over all connections; the rooms that are there stay", async () => {
    const ana = await inn.sit("kim", "one");
    const tab = await inn.sit("kim", "two");
    ana.say("joingame", { channel: "three" });
    await ana.expectError("rooms_limit");
    await join(tab, "one"); // The same room from another tab is no further room.
    ana.act("three", {});
    await ana.expectError("not_a_member");
    const { rooms } = (await inn.server.ask("/rooms")) as { rooms: readonly { id: string }[] };
    expect(rooms.map(({ id }) => id)).not.toContain("three");
    tab.say("leavegame", { channel: "two" });
    await isKnown(tab, "kim");
    await join(ana, "three");
  });
});

describe("members of a room", () => {
  it("are limited by user; a second tab of a member still comes in, and a freed seat is taken", async () => {
    const ana = await inn.sit("lea", "duel");
    const ben = await inn.sit("ben", "duel");
    const cal = await inn.enterAs("cal");
    cal.say("joingame", { channel: "duel" });
    await cal.expectError("room_full");
    cal.act("duel", { n: "intruder" });
    await cal.expectError("not_a_member");
    await inn.sit("lea", "duel");
    await ben.leave();
    await join(cal, "duel");
    cal.act("duel", { n: 1 });
    await ana.until(() => ana.actionsIn("duel")[0], "an action");
    expect(ana.actionsIn("duel").map(({ n }) => n)).toEqual([1]);
  });

  it("are never more than the limit, however many come at once", async () => {
    const crowd = await Promise.all(Array.from({ length: 20 }, (_, n) => inn.enterAs(`m${n}`)));
    for (const it of crowd) {
      it.say("joingame", { channel: "rush" });
      it.say("game", { channel: "rush", actions: [], from: "everybody" });
    }
    await Promise.all(
      crowd.map((it) => it.until(() => it.all("error")[0] ?? it.all("game")[0], "a word")),
    );
    const inside = crowd.filter((it) => it.all("error").length === 0);
    expect(inside).toHaveLength(2);
    const refused = crowd.filter((it) => it.all("error").some(({ code }) => code === "room_full"));
    expect(refused).toHaveLength(18);
  });
});

it("every refusal was counted under its name", async () => {
  for (const [code, least] of [
    ["subscriptions_limit", 3],
    ["invites_limit", 1],
    ["actions_limit", 2],
    ["rooms_limit", 1],
    ["room_full", 19],
  ] as const) {
    expect(await inn.server.refusals(code), code).toBeGreaterThanOrEqual(least);
  }
});
