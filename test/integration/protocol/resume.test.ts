/** Coming back: `idme {id, resume, seen}` of decision 17, and what it keeps. */
import { describe, expect, it } from "vitest";
import type { Client } from "../client.ts";
import { polled } from "../condition.ts";
import { house, isKnown, join } from "../house.ts";

const SECRET = "a secret of the client's own";

/** The last number that a client has seen in a channel. */
const seenIn = (client: Client, channel: string): number => {
  const last = client.all("game").findLast((data) => data["channel"] === channel);
  const actions = (last?.["actions"] ?? []) as readonly unknown[];
  return Number(last?.["seq"] ?? 0) + Math.max(1, actions.length) - 1;
};

const numbers = (client: Client, channel: string): readonly unknown[] => {
  return client.actionsIn(channel).map(({ n }) => n);
};

describe("a session that is resumed", () => {
  const inn = house({ HISTORY_EVENTS_MAX: 50 });

  /** Ana, who may come back, and ben, who stays, in a channel. */
  const couple = async (channel: string) => {
    const ana = await inn.sit("ana", channel, { resume: `${SECRET} ${channel}` });
    const ben = await inn.sit("ben", channel);
    return { ana, ben, resume: `${SECRET} ${channel}` };
  };

  it("keeps its seat, and what it missed comes exactly once and in order", async () => {
    const { ana, ben, resume } = await couple("den");
    for (let n = 0; n < 10; n++) ben.act("den", { n });
    await ana.until(() => ana.actionsIn("den")[9], "ten actions");
    const seen = seenIn(ana, "den");
    ana.drop();
    for (let n = 10; n < 30; n++) ben.act("den", { n });
    await ben.until(() => ben.actionsIn("den")[29], "thirty actions");
    const back = await inn.enterAs("ana", { resume, seen: { den: seen } });
    for (let n = 30; n < 40; n++) ben.act("den", { n });
    back.act("den", { n: 40 }); // It may speak without joining again.
    await back.until(() => back.actionsIn("den").find(({ n }) => n === 40), "its own action");
    expect(back.all("resumed")).toEqual([{ channels: ["den"] }]);
    expect(numbers(back, "den").toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 31 }, (_, n) => n + 10),
    );
    // Word for word what the one who stayed has heard, from there on.
    await ben.until(() => ben.actionsIn("den")[40], "everything");
    expect(back.actionsIn("den")).toEqual(ben.actionsIn("den").slice(10));
    expect(back.all("gap")).toEqual([]);
  });

  it("whatever is said while it comes back is heard once: in the replay or after it", async () => {
    const { ana, ben, resume } = await couple("race");
    for (let round = 0, n = 0; round < 5; round++) {
      const before = round === 0 ? ana : undefined;
      before?.drop();
      const start = n;
      const seen = seenIn(ben, "race");
      for (let more = 0; more < 5; more++) ben.act("race", { n: n++ });
      const coming = inn.enterAs("ana", { resume, seen: { race: seen } });
      for (let more = 0; more < 10; more++) ben.act("race", { n: n++ });
      const back = await coming;
      for (let more = 0; more < 5; more++) ben.act("race", { n: n++ });
      await back.until(
        () => (numbers(back, "race").includes(n - 1) ? true : undefined),
        "the last",
      );
      expect(numbers(back, "race")).toEqual(Array.from({ length: 20 }, (_, at) => start + at));
      await ben.until(() => (numbers(ben, "race").includes(n - 1) ? true : undefined), "the last");
      back.drop();
    }
  });

  it("without `seen` nothing is replayed", async () => {
    const { ana, ben, resume } = await couple("fresh");
    ana.drop();
    ben.act("fresh", { n: 1 });
    await ben.until(() => ben.actionsIn("fresh")[0], "an action");
    const back = await inn.enterAs("ana", { resume });
    ben.act("fresh", { n: 2 });
    await back.until(() => back.actionsIn("fresh")[0], "an action");
    expect(numbers(back, "fresh")).toEqual([2]);
  });

  it("says how much is lost when the history no longer reaches back", async () => {
    const { ana, ben, resume } = await couple("long");
    const seen = seenIn(ana, "long");
    ana.drop();
    for (let n = 0; n < 80; n++) ben.act("long", { n });
    await ben.until(() => ben.actionsIn("long")[79], "eighty actions");
    const back = await inn.enterAs("ana", { resume, seen: { long: seen } });
    ben.act("long", { n: 80 });
    await back.until(() => (numbers(back, "long").includes(80) ? true : undefined), "the last");
    const heard = numbers(back, "long");
    expect(heard).toEqual(Array.from({ length: 51 }, (_, n) => n + 30));
    // Ben's own joining took a number as well, and the first thirty actions did.
    const [gap] = back.all("gap");
    expect(gap?.["channel"]).toBe("long");
    const first = back.all("game")[0];
    expect(gap?.["lost"]).toBe(Number(first?.["seq"]) - seen - 1);
    const commands = back.heard.map(({ command }) => command);
    expect(commands.slice(0, 4)).toEqual(["idyou", "resumed", "gap", "game"]);
  });

  it("tells nobody in the room or among the watchers of the room's other members", async () => {
    const { ana, ben, resume } = await couple("calm");
    const noise = ben.heard.length;
    ana.drop();
    await polled(
      async () => (await inn.server.ask("/who?user=ana")) as { sessions: { connected: boolean }[] },
      ({ sessions }) => sessions.some(({ connected }) => !connected),
    );
    const back = await inn.enterAs("ana", { resume });
    ben.act("calm", { n: 1 });
    await back.until(() => back.actionsIn("calm")[0], "an action");
    await ben.until(() => ben.actionsIn("calm")[0], "an action");
    expect(ben.heard.slice(noise).map(({ command }) => command)).toEqual(["game"]);
  });

  it("closes a half-open former connection with 4410, which hears nothing more", async () => {
    const { ana, ben, resume } = await couple("half");
    const seen = seenIn(ana, "half");
    const back = await inn.enterAs("ana", { resume, seen: { half: seen } });
    await ana.expectError("session_resumed");
    expect(await ana.end()).toEqual({ code: 4410, reason: "session_resumed" });
    ben.act("half", { n: 1 });
    await back.until(() => back.actionsIn("half")[0], "an action");
    expect(numbers(back, "half")).toEqual([1]);
    expect(numbers(ana, "half")).toEqual([]);
    // The closing of the old one did not take the seat of the new one.
    back.act("half", { n: 2 });
    await ben.until(() => ben.actionsIn("half")[1], "two actions");
    expect(back.all("error")).toEqual([]);
  });

  it("with another secret is a new session without a seat; the old one keeps waiting", async () => {
    const { ana, ben, resume } = await couple("wrong");
    ana.drop();
    const thief = await inn.enterAs("ana", { resume: "not the secret of ana" });
    expect(thief.all("resumed")).toEqual([{ channels: [] }]);
    thief.act("wrong", { n: "stolen" });
    await thief.expectError("not_a_member");
    const other = await inn.enterAs("eve", { resume });
    expect(other.all("resumed")).toEqual([{ channels: [] }]);
    const back = await inn.enterAs("ana", { resume });
    expect(back.all("resumed")).toEqual([{ channels: ["wrong"] }]);
    ben.act("wrong", { n: 1 });
    await back.until(() => back.actionsIn("wrong")[0], "an action");
  });

  it("keeps several channels, each from what was seen of it", async () => {
    const { ana, ben, resume } = await couple("one");
    await join(ana, "two");
    await join(ben, "two");
    const seen = { one: seenIn(ben, "one"), two: seenIn(ben, "two") };
    ana.drop();
    for (const n of [1, 2]) ben.act("one", { n });
    for (const n of [3, 4, 5]) ben.act("two", { n });
    await ben.until(() => ben.actionsIn("two")[2], "all");
    const back = await inn.enterAs("ana", { resume, seen });
    await back.until(() => back.actionsIn("two")[2] && back.actionsIn("one")[1], "what it missed");
    expect(numbers(back, "one")).toEqual([1, 2]);
    expect(numbers(back, "two")).toEqual([3, 4, 5]);
  });

  it("is over at once when its user says goodbye", async () => {
    const { ana, resume } = await couple("bye");
    await ana.leave();
    const back = await inn.enterAs("ana", { resume });
    expect(back.all("resumed")).toEqual([{ channels: [] }]);
    back.act("bye", { n: 1 });
    await back.expectError("not_a_member");
  });

  it.each(["too short", "x".repeat(129), 5, {}, null])(
    "refuses %j as a secret, and the connection goes on",
    async (resume) => {
      const client = await inn.enter();
      client.say("idme", { id: "ana", resume });
      await client.expectError("resume_secret_invalid");
      client.say("idme", { id: "ana", resume: "x".repeat(16) });
      await client.expect("resumed");
    },
  );
});

describe("a resume window of a second", () => {
  const inn = house({ RESUME_MS: 1_000 });

  it("keeps seat and silence until it ends, and then the seat is given up", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ana"]);
    const ana = await inn.sit("ana", "den", { resume: SECRET });
    ana.drop();
    await watcher.expectStatus("ana", "offline");
    const rooms = async () => (await inn.server.ask("/rooms")) as { rooms: readonly unknown[] };
    expect((await rooms()).rooms).toHaveLength(1); // The seat is still there.
    await polled(rooms, (it) => it.rooms.length === 0);
    const back = await inn.enterAs("ana", { resume: SECRET });
    expect(back.all("resumed")).toEqual([{ channels: [] }]);
    await isKnown(back, "ana");
    await watcher.expectStatus("ana", "online");
    expect(await watcher.statuses("ana", 5)).toEqual([
      "offline",
      "online",
      "busy",
      "offline",
      "online",
    ]);
  });
});

describe("a presence grace", () => {
  const inn = house({ PRESENCE_GRACE_MS: 1_500 });

  it("keeps a quick reconnect quiet, and tells of a long absence once", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["ana"]);
    const ana = await inn.sit("ana", "den", { resume: SECRET });
    await watcher.expectStatus("ana", "busy");
    ana.drop();
    const back = await inn.enterAs("ana", { resume: SECRET });
    back.drop();
    await watcher.expectStatus("ana", "offline");
    expect(await watcher.statuses("ana", 4)).toEqual(["offline", "online", "busy", "offline"]);
  });
});
