/** Invites: decisions 10 and 15, also over a restart and a crash of the server. */
import { afterEach, describe, expect, it } from "vitest";
import { type Client, connect } from "../client.ts";
import { polled } from "../condition.ts";
import { house, isKnown, join } from "../house.ts";
import { newFolder, removeFolders, type Server, startServer } from "../server.ts";

const inn = house({ INVITES_QUEUED_MAX: 3 });

/** How many invites wait for a user; the answer comes from the user's shard, after its disk. */
const waiting = async (server: Server, user: string): Promise<number> => {
  const seen = (await server.ask(`/who?user=${encodeURIComponent(user)}`)) as { invites: number };
  return seen.invites;
};

const channelsOf = (client: Client): readonly unknown[] => {
  return client.all("invite").map(({ channel }) => channel);
};

describe("an invite (decision 10)", () => {
  it("reaches a user who is there, on every presence connection, and has two fields", async () => {
    const tabs = [await inn.enterAs("ben"), await inn.enterAs("ben")];
    const ana = await inn.enterAs("ana");
    await join(ana, "den", { invite: ["ben"] });
    for (const tab of tabs) {
      expect(await tab.expect("invite")).toEqual({ channel: "den", user: "ben" });
    }
    expect(await waiting(inn.server, "ben")).toBe(0);
  });

  it("waits for one who is offline, and comes right after idme", async () => {
    const ana = await inn.enterAs("ana");
    await join(ana, "den", { invite: ["cal", "dee"] });
    await polled(
      () => waiting(inn.server, "cal"),
      (invites) => invites === 1,
    );
    const cal = await inn.enter();
    cal.say("idme", "cal");
    cal.say("whothere"); // The gateway answers this at once, the shard's words come when they do.
    await cal.expect("invite");
    expect(cal.all("invite")).toEqual([{ channel: "den", user: "cal" }]);
    const others = cal.heard.filter(({ command }) => command !== "there");
    expect(others.map(({ command }) => command)).toEqual(["idyou", "invite"]);
    // Delivered once: the next connection hears nothing of it.
    const again = await inn.enterAs("cal");
    await join(again, "den");
    expect(again.all("invite")).toEqual([]);
    expect(await waiting(inn.server, "dee")).toBe(1);
  });

  it("is not for a connection that only plays", async () => {
    const game = await inn.enter();
    await join(game, "elsewhere", { self: "eve" });
    const ana = await inn.enterAs("ana");
    await join(ana, "den", { invite: ["eve"] });
    await polled(
      () => waiting(inn.server, "eve"),
      (invites) => invites === 1,
    );
    game.say("idme", "eve"); // Now it is a presence as well.
    expect(await game.expect("invite")).toEqual({ channel: "den", user: "eve" });
  });

  it("of more than the queue holds the oldest is dropped", async () => {
    const ana = await inn.enterAs("ana");
    for (const channel of ["r1", "r2", "r3", "r4", "r5"]) {
      await join(ana, channel, { invite: ["fay"] });
    }
    // The last one reaches another user of the same order: all five are through.
    await join(ana, "r6", { invite: ["ana"] });
    await ana.expect("invite");
    await polled(
      async () => (await inn.server.ask("/who?user=fay")) as { invites: number },
      ({ invites }) => invites === 3,
    );
    const fay = await inn.enterAs("fay");
    expect(channelsOf(fay)).toEqual(["r3", "r4", "r5"]);
  });

  it("may go to oneself and to members", async () => {
    const ben = await inn.sit("ben", "den");
    const ana = await inn.enterAs("ana");
    await join(ana, "den", { invite: ["ana", "ben"] });
    expect(await ana.expect("invite")).toEqual({ channel: "den", user: "ana" });
    expect(await ben.expect("invite")).toEqual({ channel: "den", user: "ben" });
  });

  it("may be sent later by a member, and by nobody else (decision 15)", async () => {
    const ben = await inn.enterAs("ben");
    const ana = await inn.sit("ana", "den");
    const stranger = await inn.enterAs("cy");
    stranger.say("invite", { channel: "den", user: "ben" });
    await stranger.expectError("not_a_member");
    ana.say("invite", { channel: "den", user: "ben" });
    await ben.expect("invite");
    expect(ben.all("invite")).toEqual([{ channel: "den", user: "ben" }]);
  });
});

describe("invites that wait", () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop("SIGKILL");
    removeFolders();
  });
  const started = async (settings: Parameters<typeof startServer>[0]): Promise<Server> => {
    const server = await startServer(settings);
    servers.push(server);
    return server;
  };

  it.each(["SIGTERM", "SIGKILL"] as const)("outlive a %s of the server", async (signal) => {
    const DATA_DIR = newFolder();
    const first = await started({ DATA_DIR });
    const ana = await connect(first.address);
    ana.say("idme", "ana");
    for (const channel of ["den", "loft"]) await join(ana, channel, { invite: ["gil", "gus"] });
    for (const user of ["gil", "gus"]) {
      await polled(
        () => waiting(first, user),
        (invites) => invites === 2,
      );
    }
    await first.stop(signal);

    const second = await started({ DATA_DIR });
    const gil = await connect(second.address);
    gil.say("idme", "gil");
    await isKnown(gil, "gil");
    expect(channelsOf(gil)).toEqual(["den", "loft"]);
    await second.stop("SIGKILL");

    // What was delivered is gone for good, what was not still waits.
    const third = await started({ DATA_DIR });
    expect(await waiting(third, "gil")).toBe(0);
    expect(await waiting(third, "gus")).toBe(2);
    expect(await third.stop()).toEqual({ code: 0, signal: null });
  });

  it("do not wait at all with INVITES_QUEUED_MAX=0", async () => {
    const server = await started({ INVITES_QUEUED_MAX: 0 });
    const ana = await connect(server.address);
    ana.say("idme", "ana");
    for (let n = 0; n < 5; n++) await join(ana, `room ${n}`, { invite: ["hal"] });
    await join(ana, "last", { invite: ["ana"] });
    await ana.expect("invite");
    expect(await waiting(server, "hal")).toBe(0);
  });
});
