/** Version 2 beside version 1 (decision 19): two wires, one room. */
import { describe, expect, it } from "vitest";
import type { Client } from "../client.ts";
import { house } from "../house.ts";

const inn = house();
const V2 = { subprotocols: ["turntable.v2"] };

const asking = async (client: Client, command: string, data: unknown, request: number) => {
  client.sayPacked(command, data, request);
  return client.until(() => client.heard.find((it) => it.request === request), `answer ${request}`);
};

/** A version 2 connection with a name. */
const enter = async (user: string): Promise<Client> => {
  const client = await inn.enter(V2);
  expect(client.subprotocol).toBe("turntable.v2");
  expect((await asking(client, "idme", user, 1)).command).toBe("ok");
  return client;
};

describe("a room with both versions in it", () => {
  it("has one order for all, in which version 2 hears every number", async () => {
    const old = await inn.enterAs("old");
    const ana = await enter("ana");
    await asking(ana, "joingame", { channel: "den", invite: ["old"] }, 2);
    expect(await old.expect("invite")).toEqual({ channel: "den", user: "old" });
    old.say("joingame", { channel: "den" });
    await ana.expect("joined", ({ user }) => user === "old");
    for (let n = 0; n < 50; n++) {
      ana.sayPacked("game", { channel: "den", actions: [{ n, data: { deep: [n] } }] });
      old.act("den", { n, data: { deep: [n] } });
    }
    for (const client of [ana, old]) {
      await client.until(() => client.actionsIn("den")[99], "a hundred actions");
    }
    expect(ana.actionsIn("den")).toEqual(old.actionsIn("den"));
    await old.leave();
    await ana.expect("left", ({ user }) => user === "old");
    const numbers = ana.heard.flatMap(({ command, data }) => {
      if (!["game", "joined", "left"].includes(command)) return [];
      const actions = (data["actions"] ?? [0]) as readonly unknown[];
      return actions.map((_, index) => Number(data["seq"]) + index);
    });
    expect(numbers).toEqual(numbers.map((_, index) => Number(numbers[0]) + index));
    // Version 1 was told nothing but what its page documents.
    expect(new Set(old.heard.map(({ command }) => command))).toEqual(
      new Set(["idyou", "userchange", "invite", "game"]),
    );
  });

  it("tells watchers of both the same", async () => {
    const watchers = [await inn.enter(), await inn.enter(V2)] as const;
    watchers[0].say("subscribe", ["ben", "__proto__"]);
    watchers[1].sayPacked("subscribe", ["ben", "cal"]);
    for (const watcher of watchers) await watcher.expectStatus("ben", "offline");
    const ben = await enter("ben");
    await asking(ben, "joingame", { channel: "loft" }, 2);
    await ben.leave();
    for (const watcher of watchers) {
      expect(await watcher.statuses("ben", 4)).toEqual(["offline", "online", "busy", "offline"]);
    }
  });
});

describe("a numbered request", () => {
  it("is answered under its number, also when it is refused", async () => {
    const ana = await enter("eve");
    const acted = await asking(ana, "game", { channel: "nowhere", actions: [{}] }, 7);
    expect(acted).toMatchObject({ command: "error", data: { code: "not_a_member" } });
    expect(await asking(ana, "fly", {}, 8)).toMatchObject({ data: { code: "command_unknown" } });
    expect(await asking(ana, "subscribe", "x", 9)).toMatchObject({
      data: { code: "field_invalid" },
    });
    await asking(ana, "joingame", { channel: "nook" }, 10);
    const accepted = await asking(ana, "game", { channel: "nook", actions: [{ n: 1 }] }, 11);
    const heard = await ana.expect("game");
    expect(accepted).toMatchObject({ command: "ok", data: { seq: heard["seq"] } });
    await asking(ana, "history", { channel: "nook", after: 0 }, 12);
    expect(ana.actionsIn("nook").map(({ n }) => n)).toEqual([1, 1]);
  });
});

describe("what is no msgpack array", () => {
  const nested = (levels: number): Buffer => Buffer.alloc(levels, 0x91);
  it.each([
    { what: "nothing", bytes: Buffer.alloc(0) },
    { what: "a byte nobody uses", bytes: Buffer.from([0xc1]) },
    { what: "a number", bytes: Buffer.from([5]) },
    { what: "a text", bytes: Buffer.from([0xa1, 0x61]) },
    { what: "half an array", bytes: Buffer.from([0x92, 0xa4]) },
    { what: "an array of four billion", bytes: Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]) },
    {
      what: "arrays of sixteen million in each other",
      bytes: Buffer.from(
        Array.from({ length: 1_000 }, () => [0xdd, 0x00, 0xff, 0xff, 0xff]).flat(),
      ),
    },
    { what: "sixty thousand arrays in each other", bytes: nested(60_000) },
    { what: "an extension", bytes: Buffer.from([0xd4, 0x72, 0x40]) },
    { what: "something behind the array", bytes: Buffer.from([0x91, 0x01, 0x91, 0x01]) },
  ])("is answered and the connection goes on: $what", async ({ bytes }) => {
    const client = await inn.enter(V2);
    client.sayBytes(bytes);
    const error = await client.expect("error");
    expect(["frame_malformed", "command_unknown"]).toContain(error["code"]);
    await asking(client, "whothere", null, 3);
    expect(client.closed).toBeUndefined();
  });

  it("is a text frame too", async () => {
    const client = await inn.enter(V2);
    client.sayText('{"command":"whothere"}');
    await client.expectError("frame_unexpected");
  });
});
