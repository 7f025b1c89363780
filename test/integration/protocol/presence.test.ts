/** Who is there: decisions 7, 8, 9, 11 and 14, and the extensions of 17 that concern presence. */
import { describe, expect, it } from "vitest";
import { house, join } from "../house.ts";

const inn = house({ THERE_MAX: 5 });

describe("subscribe (decision 8)", () => {
  it("is answered with one message that has every id, those who are offline too", async () => {
    await inn.enterAs("ana");
    await inn.sit("ben", "parlour");
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ana", "ben", "nobody"]);
    const snapshot = await watcher.expect("userchange");
    expect(snapshot).toEqual({ ana: "online", ben: "busy", nobody: "offline" });
    expect(watcher.heard.map(({ command }) => command)).toEqual(["idyou", "userchange"]);
  });

  it("takes a thousand ids at once, of all shards, and answers them in one message", async () => {
    const users = Array.from({ length: 1000 }, (_, n) => `user ${n}`);
    await inn.enterAs("user 17");
    const watcher = await inn.enter();
    watcher.say("subscribe", users);
    const snapshot = await watcher.expect("userchange");
    expect(Object.keys(snapshot)).toEqual(users);
    expect(Object.entries(snapshot).filter(([, status]) => status !== "offline")).toEqual([
      ["user 17", "online"],
    ]);
  });

  it("adds to what is watched already, and an empty list is answered too", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["cal"]);
    watcher.say("subscribe", ["dee"]);
    watcher.say("subscribe", []);
    await watcher.expect("userchange", (data) => Object.keys(data).length === 0);
    await inn.enterAs("cal");
    await inn.enterAs("dee");
    await watcher.expectStatus("cal", "online");
    await watcher.expectStatus("dee", "online");
  });

  it("answers again when asked again, and tells each change once all the same", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["eli"]);
    watcher.say("subscribe", ["eli"]);
    const eli = await inn.enterAs("eli");
    await watcher.expectStatus("eli", "online");
    await eli.leave();
    await watcher.expectStatus("eli", "offline");
    expect(await watcher.statuses("eli", 4)).toEqual(["offline", "offline", "online", "offline"]);
  });

  it("names an id once that was asked for twice", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["flo", "flo"]);
    await watcher.expect("userchange");
    expect(watcher.texts.at(-1)).toBe('{"command":"userchange","data":{"flo":"offline"}}');
  });

  it("ends with the connection", async () => {
    const before = await inn.server.metric("roundhouse_gateway_watched");
    const watcher = await inn.enter();
    watcher.say("subscribe", ["gil", "gus"]);
    await watcher.expect("userchange");
    expect(await inn.server.metric("roundhouse_gateway_watched")).toBe(before + 2);
    await watcher.leave();
    expect(await inn.server.metric("roundhouse_gateway_watched")).toBe(before);
  });
});

describe("status (decision 9)", () => {
  it("changes once per real transition, and nothing else is ever said", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["hal"]);
    await watcher.expectStatus("hal", "offline");
    const presence = await inn.enterAs("hal");
    await join(presence, "room one");
    await join(presence, "room two"); // Still busy: no news.
    presence.say("leavegame", { channel: "room one" });
    presence.say("leavegame", { channel: "room two" });
    await watcher.expectStatus("hal", "online");
    const game = await inn.enter();
    await join(game, "room one", { self: "hal" });
    await watcher.expectStatus("hal", "busy");
    await game.leave();
    await watcher.expectStatus("hal", "online");
    await presence.leave();
    await watcher.expectStatus("hal", "offline");
    await inn.enterAs("hal");
    await watcher.expectStatus("hal", "online");
    expect(await watcher.statuses("hal", 8)).toEqual([
      "offline",
      "online",
      "busy",
      "online",
      "busy",
      "online",
      "offline",
      "online",
    ]);
    expect(watcher.all("userchange").every((data) => Object.keys(data).length === 1)).toBe(true);
  });

  it("goes from busy to offline without a word between when a busy user's connection closes", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ian"]);
    const ian = await inn.sit("ian", "cellar");
    await join(ian, "pantry");
    await watcher.expectStatus("ian", "busy");
    await ian.leave();
    await watcher.expectStatus("ian", "offline");
    await inn.enterAs("ian");
    await watcher.expectStatus("ian", "online");
    expect(await watcher.statuses("ian", 5)).toEqual([
      "offline",
      "online",
      "busy",
      "offline",
      "online",
    ]);
  });

  it("is the same for a connection that breaks without a goodbye", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["jan"]);
    const jan = await inn.sit("jan", "cellar");
    await watcher.expectStatus("jan", "busy");
    jan.drop();
    await watcher.expectStatus("jan", "offline");
    await inn.enterAs("jan");
    await watcher.expectStatus("jan", "online");
    expect(await watcher.statuses("jan", 5)).toEqual([
      "offline",
      "online",
      "busy",
      "offline",
      "online",
    ]);
  });

  it("is one for all tabs of a user (decision 7)", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["kay"]);
    await watcher.expectStatus("kay", "offline");
    const tabs = [await inn.enterAs("kay"), await inn.enterAs("kay"), await inn.enterAs("kay")];
    await join(tabs[1] as (typeof tabs)[number], "den");
    await watcher.expectStatus("kay", "busy");
    await tabs[0]?.leave();
    await tabs[1]?.leave();
    await watcher.expectStatus("kay", "online");
    await tabs[2]?.leave();
    await watcher.expectStatus("kay", "offline");
    expect(await watcher.statuses("kay", 5)).toEqual([
      "offline",
      "online",
      "busy",
      "online",
      "offline",
    ]);
  });

  it("ends when the last tab does, in whichever order tabs and games close", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["lee"]);
    await watcher.expectStatus("lee", "offline");
    const presence = await inn.enterAs("lee");
    const game = await inn.enter();
    await join(game, "loft", { self: "lee" });
    await watcher.expectStatus("lee", "busy");
    await presence.leave(); // The game goes on: still busy.
    await game.leave();
    await watcher.expectStatus("lee", "offline");
    expect(await watcher.statuses("lee", 4)).toEqual(["offline", "online", "busy", "offline"]);
  });

  it("is told to a hundred watchers alike", async () => {
    const watchers = await Promise.all(Array.from({ length: 100 }, () => inn.enter()));
    for (const watcher of watchers) watcher.say("subscribe", ["max"]);
    await Promise.all(watchers.map((watcher) => watcher.expectStatus("max", "offline")));
    const max = await inn.sit("max", "attic");
    await max.leave();
    for (const watcher of watchers) {
      expect(await watcher.statuses("max", 4)).toEqual(["offline", "online", "busy", "offline"]);
    }
  });

  it("cannot be set by a userchange or userbind of a client (decisions 9 and 15)", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ned", "nan"]);
    await watcher.expect("userchange");
    const liar = await inn.enterAs("nan");
    liar.say("userchange", { ned: "online" });
    liar.say("userbind", { user: "ned", channel: "den", bound: true });
    liar.say("userchange", { nan: "busy" });
    liar.say("whothere");
    await liar.expect("there");
    await inn.enterAs("ned");
    await watcher.expectStatus("ned", "online");
    expect(await watcher.statuses("ned", 2)).toEqual(["offline", "online"]);
    expect(await watcher.statuses("nan", 2)).toEqual(["offline", "online"]);
  });
});

describe("what a client may ask for (decision 17)", () => {
  it("away is the user's own word, stronger than what is concluded, until it is taken back", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["oda"]);
    const oda = await inn.enterAs("oda");
    oda.say("status", "away");
    await watcher.expectStatus("oda", "away");
    await join(oda, "nook");
    oda.say("status", "away");
    oda.say("status", "online");
    await watcher.expectStatus("oda", "busy");
    oda.say("leavegame", { channel: "nook" });
    await watcher.expectStatus("oda", "online");
    expect(await watcher.statuses("oda", 5)).toEqual([
      "offline",
      "online",
      "away",
      "busy",
      "online",
    ]);
  });

  it("away is forgotten with the last connection", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["pam"]);
    const pam = await inn.enterAs("pam");
    pam.say("status", "away");
    await watcher.expectStatus("pam", "away");
    await pam.leave();
    await inn.enterAs("pam");
    await watcher.expectStatus("pam", "online");
    expect(await watcher.statuses("pam", 5)).toEqual([
      "offline",
      "online",
      "away",
      "offline",
      "online",
    ]);
  });

  it("unsubscribe ends the news of some and keeps those of others", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["quy", "ray"]);
    await watcher.expect("userchange");
    watcher.say("unsubscribe", ["quy", "never asked for"]);
    await inn.enterAs("quy");
    await inn.enterAs("ray");
    await watcher.expectStatus("ray", "online");
    watcher.say("subscribe", ["quy"]);
    await watcher.expectStatus("quy", "online");
    expect(await watcher.statuses("quy", 2)).toEqual(["offline", "online"]);
  });

  it("subscribe after an unsubscribe in one breath tells the truth", async () => {
    const watcher = await inn.enter();
    for (let round = 0; round < 20; round++) {
      watcher.say("subscribe", ["sam"]);
      watcher.say("unsubscribe", ["sam"]);
    }
    watcher.say("subscribe", ["sam"]);
    const sam = await inn.enterAs("sam");
    await watcher.expectStatus("sam", "online");
    await sam.leave();
    await watcher.expectStatus("sam", "offline");
    expect(watcher.all("userchange").filter((data) => Object.keys(data).length !== 1)).toEqual([]);
  });
});

describe("whothere (decision 14)", () => {
  it("names who is connected, each once", async () => {
    await inn.enterAs("tia");
    await inn.enterAs("tia");
    const client = await inn.enterAs("tom");
    client.say("whothere");
    const there = (await client.expect("there")) as unknown as string[];
    expect([...there].sort()).toEqual(["tia", "tom"]);
  });

  it("may be asked by a bare string, as the original does", async () => {
    const client = await inn.enterAs("uma");
    client.sayText('"whothere"');
    expect(await client.expect("there")).toEqual(["uma"]);
  });

  it("names only so many", async () => {
    for (let n = 0; n < 9; n++) await inn.enterAs(`guest ${n}`);
    const client = await inn.enter();
    client.say("whothere");
    expect(await client.expect("there")).toHaveLength(5);
  });
});
